// A template's text into what CloudFormation would deploy: parameters, resources without functions, outputs, all with their places.
//
// The one idea: the order is AWS's own. Language extensions and the SAM transform rewrite the tree first, conditions then decide
// which resources exist, and only then are the functions of the remaining ones resolved against made-up physical ids.
import type { Problems } from '../diag/problem.ts'
import type { Source, Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import { parseDocument, templateLimits } from './document.ts'
import { expandLoops } from './language-extensions.ts'
import { at, Dict, entries, get, isMap, items, scalar, stringOf, textOf } from './node.ts'
import type { Entry, Node } from './node.ts'
import { readParameters } from './parameters.ts'
import type { Parameter } from './parameters.ts'
import type { ResourceAt } from './physical.ts'
import { checkRules } from './rules.ts'
import { transformServerless } from './sam/transform.ts'
import { TemplateScope } from './scope.ts'
import type { Stack } from './scope.ts'

export interface TemplateOptions {
  readonly parameters: ReadonlyMap<string, string>
  /** Values of SSM parameters by name; a missing one is made up, with a note. */
  readonly ssm?: ReadonlyMap<string, string>
  /** Values that other stacks export, by export name; a missing one is made up, with a note. */
  readonly imports?: ReadonlyMap<string, string>
  /** Make up values of parameters that have neither a value nor a default, so that any template runs. */
  readonly dummies?: boolean
  /** Default us-east-1. */
  readonly region?: string
  /** Twelve digits; default 123456789012. */
  readonly account?: string
  /** Default `stack`. */
  readonly stackName?: string
}

export interface CfnResource {
  readonly logicalId: string
  readonly type: string
  /** A map without functions. */
  readonly properties: Dict
  readonly span: Span
  readonly keySpan: Span
  /** The name of the condition under which the resource exists; it held. */
  readonly condition?: string
  /** Logical ids from `DependsOn`, those of absent resources left out. */
  readonly dependsOn: readonly string[]
  /** Logical ids that the resource's functions name, and those of `DependsOn`. */
  readonly references: readonly string[]
  readonly metadata?: Node
  readonly creationPolicy?: Node
  readonly updatePolicy?: Node
  readonly deletionPolicy?: string
  readonly updateReplacePolicy?: string
  /** The logical id of the SAM resource that this one was made from. */
  readonly origin?: string
}

export interface Output {
  readonly name: string
  readonly value: Node
  readonly description?: string
  readonly exportName?: string
  readonly span: Span
}

export interface Template {
  readonly source: Source
  /** The tree as its author wrote it: functions, loops and SAM resources unresolved. */
  readonly written: Dict
  readonly description?: string
  readonly parameters: ReadonlyMap<string, Parameter>
  /** Every resource that exists, in the template's order; made ones stand behind the one they were made from. */
  readonly resources: ReadonlyMap<string, CfnResource>
  readonly outputs: ReadonlyMap<string, Output>
  readonly conditions: ReadonlyMap<string, boolean>
  /** The `Metadata` section, functions unresolved. */
  readonly metadata?: Node
  /** The `Simulation` section or `Metadata.Simulation`, functions unresolved. */
  readonly simulation?: Node
  /** The node without functions, read against this template; absent values (AWS::NoValue) become null. */
  resolve(node: Node): Node
  /** The resource that a resolved text (name, ARN, URL, integration URI) belongs to; `type` decides between equal names. */
  resourceAt(text: string, type?: string): ResourceAt | undefined
}

const sections = [
  ...[
    'AWSTemplateFormatVersion',
    'Description',
    'Metadata',
    'Parameters',
    'Rules',
    'Mappings',
    'Conditions',
    'Transform',
  ],
  ...['Resources', 'Outputs', 'Globals', 'Hooks', 'Simulation'],
]

/** AWS's quota of resources per template (500 since October 2020). */
const mostResources = 500

const mapSections = [
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
  'Globals',
  'Simulation',
]

/** Reads a template. Undefined when the text has no tree or no resources to speak of; what is wrong is in `problems`. */
export function loadTemplate(source: Source, options: TemplateOptions, problems: Problems): Template | undefined {
  return problems.during(() => {
    const root = parseDocument(source, problems, templateLimits)
    return root === undefined ? undefined : templateOf(root, options, problems)
  })
}

/** As `loadTemplate`, for a tree that was parsed already. */
export function templateOf(root: Node, options: TemplateOptions, problems: Problems): Template | undefined {
  if (!isMap(root)) {
    problems.error('wrong-type', 'a template is a map of sections, at least `Resources`', root.span)
    return undefined
  }
  if (!checkSections(root, problems)) return undefined

  const stack: Stack = {
    region: options.region ?? 'us-east-1',
    account: options.account ?? '123456789012',
    partition: 'aws',
    urlSuffix: 'amazonaws.com',
    stackName: options.stackName ?? 'stack',
  }
  const inputs = {
    given: options.parameters,
    ssm: options.ssm ?? new Map<string, string>(),
    dummies: options.dummies ?? false,
    ...stack,
  }
  checkMappings(get(root, 'Mappings'), problems)
  const parameters = readParameters(get(root, 'Parameters'), inputs, problems)
  const expanded = expandLoops(root, parameters, problems)
  const written = {
    resources: get(expanded, 'Resources') as Dict,
    conditions: get(expanded, 'Conditions'),
    outputs: get(expanded, 'Outputs'),
    globals: get(expanded, 'Globals'),
  }
  checkResources(written.resources, problems)
  const isServerless = transforms(root).some((name) => name === 'AWS::Serverless-2016-10-31')
  if (!isServerless) refuseServerless(written.resources, root, problems)
  const sam = transformServerless(written, { parameters, region: stack.region, partition: stack.partition }, problems)

  const count = sam.resources.pairs.size
  if (count > mostResources) {
    problems.error(
      'too-many-resources',
      `a template has at most ${mostResources} resources, not ${count}`,
      written.resources.span,
    )
    return undefined
  }
  const scope = new TemplateScope(
    stack,
    parameters,
    get(root, 'Mappings'),
    sam.conditions,
    sam.resources,
    options,
    problems,
  )
  checkRules(get(root, 'Rules'), scope.intrinsics)
  const resources = new Map<string, CfnResource>()
  for (const entry of entries(sam.resources)) {
    const resource = readResource(entry, scope, sam.origins, problems)
    if (resource !== undefined) resources.set(entry.key, resource)
  }
  scope.rememberAll()
  reportCycles(resources, problems)
  const description = textOf(get(root, 'Description'))
  const metadata = get(root, 'Metadata')
  const simulation = get(root, 'Simulation') ?? at(root, 'Metadata', 'Simulation')
  return {
    source: root.span.source,
    written: root,
    ...(description === undefined ? {} : { description }),
    parameters,
    resources,
    outputs: readOutputs(sam.outputs, scope, problems),
    conditions: scope.conditionTruths(),
    ...(metadata === undefined ? {} : { metadata }),
    ...(simulation === undefined ? {} : { simulation }),
    resolve: (node) => scope.intrinsics.resolve(node) ?? scalar(null, node.span),
    resourceAt: (text, type) => scope.physical.resourceAt(text, type),
  }
}

function checkSections(root: Dict, problems: Problems): boolean {
  for (const entry of entries(root)) {
    if (!sections.includes(entry.key)) {
      const near = nearest(entry.key, sections)
      problems.error('unknown-section', `\`${entry.key}\` is not a section of a template`, entry.keySpan, {
        help:
          near === undefined
            ? `sections are ${sections.map((name) => `\`${name}\``).join(', ')}`
            : `did you mean \`${near}\`?`,
      })
    } else if (mapSections.includes(entry.key) && !isMap(entry.value)) {
      problems.error('wrong-type', `the section \`${entry.key}\` is a map`, entry.keySpan)
    }
  }
  const both = at(root, 'Metadata', 'Simulation')
  if (both !== undefined && root.pairs.has('Simulation')) {
    problems.error(
      'two-simulations',
      'the simulation stands both in `Simulation` and in `Metadata`',
      root.pairs.get('Simulation')?.keySpan,
      {
        also: [{ span: both.span, label: 'and here' }],
      },
    )
  }
  const resources = get(root, 'Resources')
  if (resources === undefined) problems.error('no-resources', 'a template has a `Resources` section', root.span)
  return isMap(resources)
}

/** A mapping holds texts and lists of texts under two levels of keys; it is fixed before anything can be computed. */
function checkMappings(mappings: Node | undefined, problems: Problems): void {
  for (const { value: top } of entries(mappings)) {
    for (const { value: second } of entries(top)) {
      for (const { key, keySpan, value } of entries(second)) {
        if (!isMap(value)) continue
        problems.error('mapping-value', `\`${key}\` in a mapping is a text or a list, not a map or function`, keySpan)
      }
    }
  }
}

const resourceAttributes = [
  ...[
    'Type',
    'Properties',
    'DependsOn',
    'Condition',
    'DeletionPolicy',
    'UpdateReplacePolicy',
    'CreationPolicy',
    'UpdatePolicy',
  ],
  ...['Metadata', 'Connectors', 'IgnoreGlobals', 'Version', 'Description'],
]

function checkResources(resources: Dict, problems: Problems): void {
  for (const { key, keySpan, value } of entries(resources)) {
    if (!/^[A-Za-z0-9]{1,255}$/.test(key)) {
      problems.error('logical-id', `\`${key}\` is not a logical id; it has 1 to 255 letters and digits`, keySpan)
    }
    if (!isMap(value)) {
      problems.error('wrong-type', `the resource \`${key}\` is a map with at least a \`Type\``, value.span)
      continue
    }
    const type = get(value, 'Type')
    if (type === undefined) problems.error('resource-without-type', `the resource \`${key}\` has no \`Type\``, keySpan)
    else if (stringOf(type) === undefined) {
      problems.note('not-simulated', `the type of \`${key}\` is not a text; the resource is left out`, type.span)
    } else if (!/^(Custom::[\w@-]{1,60}|[A-Za-z0-9]+(::[A-Za-z0-9]+){2,3})$/.test(stringOf(type) ?? '')) {
      const help = 'a type has the form `AWS::<product>::<data-type>` or `Custom::<name>`'
      problems.error('resource-type', `\`${stringOf(type)}\` is not the type of a resource`, type.span, { help })
    }
    // The SAM transform passes over attributes that it does not know; CloudFormation does not.
    const isServerless = stringOf(type)?.startsWith('AWS::Serverless::') ?? false
    for (const attribute of entries(value)) {
      if (resourceAttributes.includes(attribute.key)) continue
      const near = nearest(attribute.key, resourceAttributes)
      problems[isServerless ? 'warning' : 'error'](
        'unknown-resource-attribute',
        `\`${attribute.key}\` is not an attribute of a resource`,
        attribute.keySpan,
        {
          help: near === undefined ? 'settings of the resource stand under `Properties`' : `did you mean \`${near}\`?`,
        },
      )
    }
    const properties = get(value, 'Properties')
    if (properties !== undefined && !isMap(properties) && textOf(properties) !== undefined) {
      problems.error('wrong-type', `the properties of \`${key}\` are a map`, properties.span)
    }
  }
}

function transforms(root: Dict): readonly string[] {
  const node = get(root, 'Transform')
  return [node, ...items(node)].map(stringOf).filter((name) => name !== undefined)
}

function refuseServerless(resources: Dict, root: Dict, problems: Problems): void {
  for (const { key, value } of entries(resources)) {
    const type = get(value, 'Type')
    if (!stringOf(type)?.startsWith('AWS::Serverless::')) continue
    problems.error(
      'transform-missing',
      `\`${key}\` needs the SAM transform, which this template does not name`,
      type?.span ?? root.span,
      {
        help: 'add `Transform: AWS::Serverless-2016-10-31`',
      },
    )
    return
  }
}

function readResource(
  entry: Entry,
  scope: TemplateScope,
  origins: ReadonlyMap<string, string>,
  problems: Problems,
): CfnResource | undefined {
  const { key: logicalId, keySpan, value: node } = entry
  const type = stringOf(get(node, 'Type'))
  if (type === undefined || !scope.exists(logicalId)) return undefined
  const resolveAttribute = (name: string): Node | undefined => {
    const written = get(node, name)
    return written === undefined ? undefined : scope.resolveFor(logicalId, written)
  }
  const properties = resolveAttribute('Properties')
  const dependsOn = readDependsOn(get(node, 'DependsOn'), logicalId, scope, problems)
  const condition = stringOf(get(node, 'Condition'))
  const origin = origins.get(logicalId)
  const updatePolicy = resolveAttribute('UpdatePolicy')
  const creationPolicy = resolveAttribute('CreationPolicy')
  const metadata = get(node, 'Metadata')
  const deletionPolicy = textOf(resolveAttribute('DeletionPolicy'))
  const updateReplacePolicy = textOf(resolveAttribute('UpdateReplacePolicy'))
  return {
    ...{ logicalId, type, span: node.span, keySpan, dependsOn },
    properties: isMap(properties) ? properties : new Dict(new Map(), node.span),
    references: [...new Set([...scope.referencesOf(logicalId), ...dependsOn])],
    ...(condition === undefined ? {} : { condition }),
    ...(origin === undefined ? {} : { origin }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(creationPolicy === undefined ? {} : { creationPolicy }),
    ...(updatePolicy === undefined ? {} : { updatePolicy }),
    ...(deletionPolicy === undefined ? {} : { deletionPolicy }),
    ...(updateReplacePolicy === undefined ? {} : { updateReplacePolicy }),
  }
}

function readDependsOn(
  node: Node | undefined,
  logicalId: string,
  scope: TemplateScope,
  problems: Problems,
): readonly string[] {
  const named: string[] = []
  for (const each of node === undefined ? [] : node.kind === 'list' ? node.items : [node]) {
    const name = stringOf(each)
    if (name !== undefined && scope.isDeclared(name)) {
      if (scope.exists(name)) named.push(name)
      continue
    }
    const near = name === undefined ? undefined : nearest(name, scope.names('resource'))
    const help = near === undefined ? undefined : { help: `did you mean \`${near}\`?` }
    problems.error(
      'unknown-dependency',
      `\`${logicalId}\` depends on \`${name ?? ''}\`, which is not a resource of this template`,
      each.span,
      help,
    )
  }
  return named
}

function readOutputs(section: Node | undefined, scope: TemplateScope, problems: Problems): Map<string, Output> {
  const outputs = new Map<string, Output>()
  for (const { key: name, keySpan, value: node } of entries(section)) {
    const condition = get(node, 'Condition')
    const written = get(node, 'Value')
    if (condition !== undefined && !scope.intrinsics.isTrue(conditionCall(condition))) continue
    if (written === undefined) {
      problems.error('output-without-value', `the output \`${name}\` has no \`Value\``, keySpan)
      continue
    }
    const value = scope.intrinsics.resolve(written)
    if (value === undefined) continue
    const description = textOf(get(node, 'Description'))
    const exported = at(node, 'Export', 'Name')
    const exportName = exported === undefined ? undefined : textOf(scope.intrinsics.resolve(exported))
    outputs.set(name, {
      ...{ name, value, span: node.span },
      ...(description === undefined ? {} : { description }),
      ...(exportName === undefined ? {} : { exportName }),
    })
  }
  return outputs
}

/** `{ Condition: name }` around a name. */
export function conditionCall(name: Node): Dict {
  return new Dict(new Map([['Condition', { key: 'Condition', keySpan: name.span, value: name }]]), name.span)
}

/** Reports each cycle of references once, with its path (CFN-R30). */
function reportCycles(resources: ReadonlyMap<string, CfnResource>, problems: Problems): void {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (logicalId: string): void => {
    const start = path.indexOf(logicalId)
    if (start >= 0) {
      const cycle = path.slice(start)
      const shown = [...cycle, logicalId].map((id) => `\`${id}\``).join(' → ')
      problems.error(
        'circular-dependency',
        `circular dependency between resources: ${shown}`,
        resources.get(logicalId)?.keySpan,
      )
      return
    }
    const resource = resources.get(logicalId)
    if (resource === undefined || done.has(logicalId)) return
    path.push(logicalId)
    for (const next of resource.references) visit(next)
    path.pop()
    done.add(logicalId)
  }
  for (const logicalId of resources.keys()) visit(logicalId)
}
