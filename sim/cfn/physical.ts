// Physical names, ids, ARNs and URLs: made up from the stack's and the resource's name, the same in every run (CFN-R48).
//
// The one idea: a text that one resource holds about another (a queue URL in an environment variable, an ARN in a policy) can be
// led back to that resource, because every text was made here and is remembered.
import { physicalKinds, usualKind } from './physical-kinds.ts'
import type { PhysicalKind } from './physical-kinds.ts'
import { sha1Hex, uuidOf } from './sha1.ts'

export interface Surroundings {
  readonly region: string
  readonly account: string
  readonly partition: string
  readonly urlSuffix: string
  readonly stackName: string
  /** The ARN of a nested stack, which its parent made. */
  readonly stackId?: string
}

export interface ResourceAt {
  readonly logicalId: string
  /** The attribute whose value the text is; absent for `Ref` and for texts that only contain the resource's ARN. */
  readonly attribute?: string
}

/** A resource as this module needs it: its type and the texts of its properties, resolved on demand. */
export interface Named {
  readonly logicalId: string
  readonly type: string
  property(name: string): string | undefined
  /** From 1: its place among the resources of its type for which `of` gives the same text, by logical id. */
  rankBy(of: (other: Named) => string): number
}

/** Resources by the texts that name them. */
export type PhysicalTexts = Map<string, readonly (ResourceAt & { readonly type: string })[]>

export class PhysicalIds {
  private readonly around: Surroundings
  private readonly prefix: string
  private readonly texts: PhysicalTexts
  private readonly names = new Map<string, string>()
  private readonly hashes = new Map<string, string>()

  /** Several stacks share `texts`; `prefix` stands before the logical ids of this one's. */
  constructor(around: Surroundings, prefix: string, texts: PhysicalTexts) {
    this.around = around
    this.prefix = prefix
    this.texts = texts
  }

  /** What `Ref` gives. */
  ref(resource: Named): string {
    return this.fill(this.kind(resource).ref, resource)
  }

  /** What `Fn::GetAtt` gives: the type's own formula, or a text made of stack, resource and attribute for any other attribute. */
  attribute(resource: Named, attribute: string): string {
    const formula =
      formulaOf(this.kind(resource), attribute) ??
      formulaOf(usualKind(resource.type), attribute) ??
      '{name}-' + attribute.replaceAll('.', '-')
    return this.fill(formula, resource)
  }

  /** Whether the type's own formula gives the attribute; otherwise its value is only a text that stands for it. */
  knows(type: string, attribute: string): boolean {
    const kind = physicalKinds.get(type)
    return kind !== undefined && formulaOf(kind, attribute) !== undefined
  }

  /** The resource's name: its own name property, or `stack-logicalId-HASH` cut to the type's longest name. */
  nameOf(resource: Named): string {
    const known = this.names.get(resource.logicalId)
    if (known !== undefined) return known
    const kind = this.kind(resource)
    const given = kind.name === undefined ? undefined : resource.property(kind.name)
    const name = given ?? this.madeUpName(resource, kind)
    this.names.set(resource.logicalId, name)
    return name
  }

  private madeUpName(resource: Named, kind: PhysicalKind): string {
    const ending = kind.fifo !== undefined && resource.property(kind.fifo) === 'true' ? '.fifo' : ''
    const hash = letters(sha1Hex(`${this.around.stackName}/${resource.logicalId}`), 12)
    const room = (kind.max ?? 64) - hash.length - 1 - ending.length
    const whole = `${`${this.around.stackName}-${resource.logicalId}`.slice(0, room)}-${hash}${ending}`
    return kind.lower ? whole.toLowerCase() : whole
  }

  /** The resource of a type that has the name already. */
  holderOf(name: string, type: string): string | undefined {
    return this.texts.get(name)?.find((each) => each.type === type)?.logicalId
  }

  /** Remembers every text of a resource, for `resourceAt`. */
  remember(resource: Named): void {
    const kind = this.kind(resource)
    const name = this.nameOf(resource)
    this.add(name, resource, undefined)
    if (kind.ref.length > 0 && !/^\{P:\w+\}$/.test(kind.ref) && kind.ref !== '{functionArn}')
      this.add(this.ref(resource), resource, undefined)
    const attributes = { ...usualKind(resource.type).attributes, ...kind.attributes }
    for (const [attribute, formula] of Object.entries(attributes)) {
      if (/\{(name|id|uuid)\}|^\{functionArn\}:/.test(formula))
        this.add(this.fill(formula, resource), resource, attribute)
    }
    if (resource.type === 'AWS::ApiGateway::RestApi') {
      this.add(this.fill('https://{id}.execute-api.{region}.{suffix}', resource), resource, undefined)
    }
    if (/^AWS::ApiGateway(V2)?::(RestApi|Api)$/.test(resource.type)) {
      this.add(this.fill('arn:{partition}:execute-api:{region}:{account}:{id}', resource), resource, undefined)
    }
    if (resource.type === 'AWS::CloudFront::Distribution')
      this.add(this.fill('arn:{partition}:cloudfront::{account}:distribution/{id}', resource), resource, undefined)
    if (resource.type === 'AWS::SQS::Queue') this.add(`${this.around.account}/${name}`, resource, undefined)
  }

  private add(text: string, resource: Named, attribute: string | undefined): void {
    const { type } = resource
    const logicalId = this.prefix + resource.logicalId
    const known = this.texts.get(text) ?? []
    if (known.some((each) => each.logicalId === logicalId)) return
    this.texts.set(text, [...known, attribute === undefined ? { logicalId, type } : { logicalId, type, attribute }])
  }

  /**
   * The resource that a text names: a name, URL, ARN, a part below an ARN (`…/index/x`, `…:alias`, `…/*`) or an API Gateway
   * integration URI around an ARN. `type` (a resource type) decides between resources of one name; else the first in the template.
   */
  resourceAt(text: string, type?: string): ResourceAt | undefined {
    for (const whole of [embeddedArn(text), text]) {
      for (let part = whole; part !== undefined && part.length > 0; part = withoutTail(part)) {
        const found = this.texts.get(part)
        const chosen = type === undefined ? found?.[0] : found?.find((each) => each.type === type)
        if (chosen === undefined) continue
        const { logicalId, attribute } = chosen
        return attribute === undefined || part !== text ? { logicalId } : { logicalId, attribute }
      }
    }
    return undefined
  }

  private kind(resource: Named): PhysicalKind {
    return physicalKinds.get(resource.type) ?? usualKind(resource.type)
  }

  private fill(formula: string, resource: Named): string {
    return formula.replace(/\{(P:)?(\w+)\}/g, (_, isProperty: string | undefined, hole: string) =>
      isProperty ? (resource.property(hole) ?? '') : this.hole(hole, resource),
    )
  }

  private hole(hole: string, resource: Named): string {
    const { region, account, partition, urlSuffix } = this.around
    const kind = this.kind(resource)
    if (hole === 'name') return this.nameOf(resource)
    if (hole === 'region') return region
    if (hole === 'account') return account
    if (hole === 'partition') return partition
    if (hole === 'suffix') return urlSuffix
    if (hole === 'rank') return String(resource.rankBy((other) => this.hole('functionArn', other)))
    if (hole === 'uuid') return uuidOf(this.hashOf(resource, hole))
    if (hole === 'id') {
      const digits = this.hashOf(resource, hole).slice(0, kind.digits ?? 17)
      return `${(kind.id ?? '').replace('{region}', region)}${digits}`
    }
    if (hole !== 'functionArn') return ''
    const fn = resource.property('FunctionName') ?? resource.property('TargetFunctionArn') ?? ''
    return fn.startsWith('arn:') ? fn : `arn:${partition}:lambda:${region}:${account}:function:${fn}`
  }

  /** Hexadecimal digits that stand for a part of a resource; hashed once, for many may refer to one resource. */
  private hashOf({ logicalId }: Named, part: string): string {
    const key = `${this.around.stackName}/${logicalId}/${part}`
    let hash = this.hashes.get(key)
    if (hash === undefined) this.hashes.set(key, (hash = sha1Hex(key)))
    return hash
  }
}

/** The ARN inside `arn:aws:apigateway:…:lambda:path/2015-03-31/functions/ARN/invocations`, or the `account/queue` of an SQS one. */
function embeddedArn(text: string): string | undefined {
  if (!text.startsWith('arn:') || !text.includes(':apigateway:')) return undefined
  const inner = text.indexOf('/arn:')
  if (inner >= 0) return text.slice(inner + 1).replace(/\/invocations$/, '')
  const path = text.indexOf(':path/')
  return path >= 0 ? text.slice(path + ':path/'.length) : undefined
}

/** The text before its last `/` or `:`; nothing when what is left is no longer an ARN's or a URL's resource part. */
function withoutTail(text: string): string | undefined {
  if (!text.startsWith('arn:') && !text.startsWith('https://')) return undefined
  const cut = Math.max(text.lastIndexOf('/'), text.lastIndexOf(':'))
  return cut > 'https://'.length ? text.slice(0, cut) : undefined
}

/** Upper-case letters and digits from hex. */
function letters(hex: string, count: number): string {
  let made = ''
  for (let i = 0; i < count; i++)
    made += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.charAt(Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16) % 36)
  return made
}

/** The formula of an attribute, whose name is the user's own. */
function formulaOf(kind: PhysicalKind, attribute: string): string | undefined {
  return Object.hasOwn(kind.attributes, attribute) ? kind.attributes[attribute] : undefined
}
