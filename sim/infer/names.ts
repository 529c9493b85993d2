// Which resource of the template a text belongs to: names, URLs, ARNs, patterns of ARNs.
import { build, entries, get, items, textOf, type CfnResource, type Node, type Template } from '../cfn/index.ts'

/** Types whose ARN a pattern may stand for, and what gives it. */
const ARNS: ReadonlyMap<string, 'Arn' | 'Ref'> = new Map([
  ['AWS::DynamoDB::Table', 'Arn'],
  ['AWS::DynamoDB::GlobalTable', 'Arn'],
  ['AWS::SQS::Queue', 'Arn'],
  ['AWS::SNS::Topic', 'Ref'],
  ['AWS::Lambda::Function', 'Arn'],
  ['AWS::StepFunctions::StateMachine', 'Ref'],
  ['AWS::Events::EventBus', 'Arn'],
  ['AWS::Kinesis::Stream', 'Arn'],
  ['AWS::KinesisFirehose::DeliveryStream', 'Arn'],
  ['AWS::S3::Bucket', 'Arn'],
])
const LONGEST_TEXT = 2048
/** Patterns of ARNs that are looked into; more than any account's policies hold about one stack. */
const MOST_PATTERNS = 1000

export class Names {
  readonly template: Template
  private readonly found = new Map<string, readonly CfnResource[]>()
  private readonly arns: readonly { readonly logicalId: string; readonly arn: string }[]

  constructor(template: Template) {
    this.template = template
    this.arns = [...template.resources.values()].flatMap(({ logicalId, type, span }) => {
      const by = ARNS.get(type)
      if (by === undefined) return []
      const call = by === 'Ref' ? { Ref: logicalId } : { 'Fn::GetAtt': [logicalId, by] }
      const arn = textOf(template.resolve(build(call, span)))
      return arn === undefined ? [] : [{ logicalId, arn }]
    })
  }

  /** The resource of a name, URL or ARN; an alias or a version leads to its function. `type` decides between equal names. */
  at(text: string, type?: string): CfnResource | undefined {
    if (text === '' || text.length > LONGEST_TEXT) return undefined
    const { template } = this
    const found = template.resourceAt(text, type) ?? (type === undefined ? undefined : template.resourceAt(text))
    return this.behind(template.resources.get(found?.logicalId ?? '') ?? this.byHost(text))
  }

  /** The resources that the `Resource` of a policy's statement covers. A lone `*` covers none: it names nothing. */
  covered(pattern: string): readonly CfnResource[] {
    const known = this.found.get(pattern)
    if (known !== undefined) return known
    if (pattern === '*' || pattern.length > LONGEST_TEXT || this.found.size >= MOST_PATTERNS) return []
    const covered = this.look(pattern)
    this.found.set(pattern, covered)
    return covered
  }

  private look(pattern: string): readonly CfnResource[] {
    const parameter = /:parameter\/?(.+)$/.exec(pattern)?.[1]
    if (parameter !== undefined && pattern.includes(':ssm:')) {
      const named = this.at(`/${parameter}`, 'AWS::SSM::Parameter') ?? this.at(parameter, 'AWS::SSM::Parameter')
      if (named?.type === 'AWS::SSM::Parameter') return [named]
    }
    const found = this.at(pattern.replace(/[/:]?\*+$/, ''))
    if (found !== undefined) return [found]
    // `arn:aws:sqs:*:*:*` says no more than `*`.
    const name = pattern.split(':').slice(5).join(':')
    if (!pattern.includes('*') || /^[*:/]*$/.test(name.replace(/^(table|function|stream)[/:]/, ''))) return []
    return this.arns
      .filter(({ arn }) => globs(pattern, arn))
      .map(({ logicalId }) => this.template.resources.get(logicalId)!)
  }

  private behind(resource: CfnResource | undefined): CfnResource | undefined {
    if (resource === undefined || !/^AWS::Lambda::(Alias|Version)$/.test(resource.type)) return resource
    const name = textOf(get(resource.properties, 'FunctionName'))
    const found = name === undefined ? undefined : this.template.resourceAt(name, 'AWS::Lambda::Function')
    return this.template.resources.get(found?.logicalId ?? '') ?? resource
  }

  /** The load balancer or API whose host stands in an address. */
  private byHost(text: string): CfnResource | undefined {
    const host = /^[a-z]{2,5}:\/\/([^/:?#]+)/.exec(text)?.[1]
    const found = host === undefined ? undefined : this.template.resourceAt(host)
    return this.template.resources.get(found?.logicalId ?? '')
  }
}

/** Whether a text fits a pattern in which `*` stands for anything; linear, for patterns are a stranger's. */
export function globs(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  const last = parts.length - 1
  if (last === 0) return pattern === text
  if (!text.startsWith(parts[0]!)) return false
  let at = parts[0]!.length
  for (const part of parts.slice(1, last)) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - at >= parts[last]!.length && text.endsWith(parts[last]!)
}

/** A value that may stand alone or in a list. */
export function listed(node: Node | undefined): readonly Node[] {
  if (node === undefined) return []
  return node.kind === 'list' ? items(node) : [node]
}

/** Every text below a node, with the path of keys that leads to it; as deep as documents are read. */
export function textsIn(node: Node, path: readonly string[] = []): readonly TextAt[] {
  if (node.kind === 'scalar') return typeof node.value === 'string' ? [{ path, node }] : []
  if (node.kind === 'list') return node.items.flatMap((item) => textsIn(item, path))
  return entries(node).flatMap(({ key, value }) => textsIn(value, [...path, key]))
}

export interface TextAt {
  readonly path: readonly string[]
  readonly node: Node
}
