// A template's text into what CloudFormation would deploy: parameters, resources without functions, outputs, all with their places.
//
// The one idea: a scenario is a set of stacks, usually of one. Stacks beside the first and stacks nested in any of them put their
// resources into the same map under prefixed names, so that nobody above this folder needs to know of stacks.
import type { Problems } from '../diag/problem.ts'
import type { Source, Span } from '../diag/span.ts'
import { Deployment } from './deployment.ts'
import { parseDocument, templateLimits } from './document.ts'
import { noFiles } from './files.ts'
import type { FileReader } from './files.ts'
import { reportCycles } from './graph.ts'
import { Intrinsics } from './intrinsics.ts'
import { at, get, isMap, scalar, textOf } from './node.ts'
import type { Dict, Node } from './node.ts'
import type { Given, Parameter } from './parameters.ts'
import type { ResourceAt } from './physical.ts'
import { currentQuotas } from './quotas.ts'
import type { TemplateQuotas } from './quotas.ts'
import { AcrossStacks } from './across-stacks.ts'
import { Stack } from './stack.ts'
import type { StackInfo } from './stack.ts'

export interface TemplateOptions {
  /** By name; in several stacks `Stack.Name` is one stack's and `Name` that of every stack which has it. */
  readonly parameters: ReadonlyMap<string, string>
  /** Values of SSM parameters by name; a missing one is made up, with a note. */
  readonly ssm?: ReadonlyMap<string, string>
  /** Values that stacks elsewhere export, by export name; a missing one is made up, with a note. */
  readonly imports?: ReadonlyMap<string, string>
  /** Make up values of parameters that have neither a value nor a default, so that any template runs. */
  readonly dummies?: boolean
  /** Default us-east-1. */
  readonly region?: string
  /** Twelve digits; default 123456789012. */
  readonly account?: string
  /** Default `stack`. */
  readonly stackName?: string
  /** Where nested templates and included files are read; without it there are none. */
  readonly files?: FileReader
  /** The template's own path, relative to the scenario's folder; by default the last part of its source's name. */
  readonly path?: string
  /** Stacks beside this one, whose exports all can import. */
  readonly stacks?: readonly StackSource[]
  /** Default: those of today. */
  readonly quotas?: TemplateQuotas
}

/** A stack beside the scenario's own. */
export interface StackSource {
  readonly name: string
  readonly root: Node
  readonly path: string
  readonly parameters: ReadonlyMap<string, Given>
  /** The place that names it. */
  readonly span: Span
}

export interface CfnResource {
  /** In a stack beside or below the scenario's own with its name before it: `Network.Queue`. */
  readonly logicalId: string
  readonly type: string
  readonly typeSpan: Span
  /** A map without functions. */
  readonly properties: Dict
  /** Names of the properties as they were written, resolved or not; absent where a function stands for all of them. */
  readonly written?: readonly string[]
  /** A macro of its template that is not run and could have rewritten it. */
  readonly macro?: string
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
  readonly description?: string
  readonly parameters: ReadonlyMap<string, Parameter>
  /** Every resource that exists, in the template's order; made and nested ones stand behind the one they come from. */
  readonly resources: ReadonlyMap<string, CfnResource>
  readonly outputs: ReadonlyMap<string, Output>
  readonly conditions: ReadonlyMap<string, boolean>
  /** The stacks beside and below the scenario's own, by the name that prefixes their resources, in the order of deployment. */
  readonly stacks: ReadonlyMap<string, StackInfo>
  /** The `Metadata` section, functions unresolved. */
  readonly metadata?: Node
  /** The `Simulation` section or `Metadata.Simulation`, functions unresolved. */
  readonly simulation?: Node
  /**
   * The node without functions, read against this template; absent values (AWS::NoValue) become null. Names of other stacks'
   * resources may stand in it: `!Ref Network.Queue`, `!GetAtt Network.Queue.Arn`.
   */
  resolve(node: Node): Node
  /** A resource as its author wrote it, functions and what SAM makes of it unresolved; also one that is SAM's alone. */
  writtenOf(logicalId: string): Node | undefined
  /** The resource that a resolved text (name, ARN, URL, integration URI) belongs to; `type` decides between equal names. */
  resourceAt(text: string, type?: string): ResourceAt | undefined
  /** Whether a text is, or was made with, a value that cannot be known here: a secret, another stack's export, a parameter without value. */
  isMadeUp(text: string): boolean
}

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
  const deployment = new Deployment(
    {
      region: options.region ?? 'us-east-1',
      account: options.account ?? '123456789012',
      ...{ partition: 'aws', urlSuffix: 'amazonaws.com' },
      ssm: options.ssm ?? new Map<string, string>(),
      imports: options.imports ?? new Map<string, string>(),
      dummies: options.dummies ?? false,
      files: options.files ?? noFiles,
      quotas: options.quotas ?? currentQuotas,
    },
    problems,
  )
  const own = readOwn(root, options, deployment)
  if (own === undefined) return undefined
  for (const source of options.stacks ?? []) {
    const beside = readBeside(source, options, deployment)
    if (beside === undefined) return undefined
    deployment.top.push(beside)
  }
  return deployed(root, own, deployment, problems)
}

function readOwn(root: Dict, options: TemplateOptions, deployment: Deployment): Stack | undefined {
  const given = new Map<string, Given>()
  const others = options.stacks ?? []
  for (const [name, text] of options.parameters) {
    const stack = others.find((each) => name.startsWith(`${each.name}.`))
    const isTheirs = stack !== undefined || others.some((each) => declares(each.root, name))
    if (!isTheirs || declares(root, name)) given.set(name, { text })
  }
  const own = Stack.read(
    root,
    given,
    {
      prefix: '',
      stackName: options.stackName ?? 'stack',
      path: options.path ?? root.span.source.name.replace(/^.*\//, ''),
      chain: [],
      mayBeEmpty: others.length > 0,
      span: root.span,
    },
    deployment,
  )
  if (own !== undefined) deployment.top.push(own)
  return own
}

function readBeside(source: StackSource, options: TemplateOptions, deployment: Deployment): Stack | undefined {
  const { name, root, path, span } = source
  if (!isMap(root)) {
    deployment.problems.error('wrong-type', `the template of \`${name}\` is no map of sections`, root.span)
    return undefined
  }
  const given = new Map(source.parameters)
  for (const [key, text] of options.parameters) {
    if (key.startsWith(`${name}.`)) given.set(key.slice(name.length + 1), { text })
    else if (declares(root, key)) given.set(key, { text })
  }
  return Stack.read(root, given, { prefix: `${name}.`, stackName: name, path, chain: [], span }, deployment)
}

function declares(root: Node, parameter: string): boolean {
  return at(root, 'Parameters', parameter) !== undefined
}

function deployed(root: Dict, own: Stack, deployment: Deployment, problems: Problems): Template {
  const order = deployment.top
  const resources = new Map<string, CfnResource>()
  const outputs = new Map<string, Output>()
  const parameters = new Map<string, Parameter>()
  for (const stack of order) {
    const { prefix } = stack.standing
    stack.deploy(resources)
    for (const [name, output] of stack.outputs()) outputs.set(prefix + name, { ...output, name: prefix + name })
    for (const [name, parameter] of stack.parameters)
      parameters.set(prefix + name, { ...parameter, name: prefix + name })
  }
  deployment.checkExports()
  reportCycles(resources, problems)
  const stacks = new Map<string, StackInfo>()
  for (const top of deployment.inOrder())
    for (const stack of top.withNested()) if (stack !== own) stacks.set(stack.label, stack.info)
  const description = textOf(get(root, 'Description'))
  const metadata = own.section('Metadata')
  const simulation = get(root, 'Simulation') ?? at(root, 'Metadata', 'Simulation')
  const functions = new Intrinsics(new AcrossStacks(own, deployment), problems)
  return {
    source: root.span.source,
    ...(description === undefined ? {} : { description }),
    parameters,
    resources,
    outputs,
    conditions: own.scope.conditionTruths(),
    stacks,
    ...(metadata === undefined ? {} : { metadata }),
    ...(simulation === undefined ? {} : { simulation }),
    resolve: (node) => functions.resolve(node) ?? scalar(null, node.span),
    writtenOf: (logicalId) => writtenOf(logicalId, deployment),
    resourceAt: (text, type) => own.scope.physical.resourceAt(text, type),
    isMadeUp: (text) => own.scope.isMadeUp(text),
  }
}

function writtenOf(logicalId: string, deployment: Deployment): Node | undefined {
  const cut = logicalId.lastIndexOf('.') + 1
  const stack = deployment.stacks().find((each) => each.standing.prefix === logicalId.slice(0, cut))
  return get(stack?.section('Resources'), logicalId.slice(cut))
}
