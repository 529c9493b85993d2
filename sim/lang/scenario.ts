// A scenario's text into the plan of a world: the door of the language.
//
// The one idea: everything that can be wrong with a user's text is found here, all of it at once and with its place. What comes
// out needs no further question: names are components, texts are figures, steps are programs.
import { Dict, entries, get, isMap, parseDocument, templateLimits, templateOf, textOf, withMembers, type Node, type Template } from '../cfn/index.ts'
import type { Problems } from '../diag/problem.ts'
import type { Source, Span } from '../diag/span.ts'
import type { WorldPlan } from '../model/plan.ts'
import { readActions } from './actions.ts'
import { readAssumptions } from './assumptions.ts'
import { defaultWorkloads } from './defaults.ts'
import { readExpectations, type Expectation } from './expectations.ts'
import { readFaults } from './faults.ts'
import { compileSteps, type StepContext } from './handler.ts'
import { nearest } from '../diag/suggest.ts'
import { registry } from './registry.ts'
import { readResources, type Resources } from './resources.ts'
import { readSimulation, type Guards, type SimulationSection } from './simulation.ts'
import { readWorkloads } from './workloads.ts'
import type { ComponentPlan } from '../model/plan.ts'

/** Gives the text of a file named in a scenario, or says why not. */
export interface FileReader {
  read(
    path: string,
    kind: 'template' | 'data',
  ):
    | { readonly ok: true; readonly value: string }
    | { readonly ok: false; readonly message: string; readonly help: string }
}

export interface LoadOptions {
  /** Values of the template's parameters, over those that the scenario gives. */
  readonly parameters?: ReadonlyMap<string, string>
  readonly files?: FileReader
  readonly seed?: string
  /** µs. */
  readonly duration?: number
}

export interface Scenario {
  readonly name: string
  readonly description: string | undefined
  readonly plan: WorldPlan
  readonly guards: Guards
  readonly expectations: readonly Expectation[]
  readonly notSimulated: readonly { readonly message: string; readonly span: Span | undefined }[]
  readonly parameters: readonly { readonly name: string; readonly value: string }[]
  /** What the scenario did not say and was assumed instead, one line each. */
  readonly inferred: readonly string[]
}

const NO_FILES: FileReader = {
  read: (path) => ({ ok: false, message: `\`${path}\` cannot be read`, help: 'this scenario has no folder' }),
}

/** Reads a scenario. Undefined when there is no plan to be made; what is wrong is in `problems`. */
export function loadScenario(source: Source, options: LoadOptions, problems: Problems): Scenario | undefined {
  const root = parseDocument(source, problems, templateLimits)
  if (root === undefined) return undefined
  const written = get(root, 'Simulation') ?? get(get(root, 'Metadata'), 'Simulation')
  const files = options.files ?? NO_FILES
  const named = written === undefined ? undefined : get(written, 'Template')
  const templateRoot = named === undefined ? root : readTemplateFile(named, files, problems)
  if (templateRoot === undefined) return undefined
  const added = get(written, 'Resources')
  const withAdded = added === undefined ? templateRoot : addResources(templateRoot, added, problems)
  const parameters = new Map([...textsOf(written, 'Parameters'), ...(options.parameters ?? [])])
  const template = templateOf(
    withAdded,
    { parameters, ssm: textsOf(written, 'SsmParameters'), dummies: true },
    problems,
  )
  if (template === undefined) return undefined
  const resolved = written === undefined ? undefined : template.resolve(written)
  const description = textOf(get(root, 'Description') ?? get(templateRoot, 'Description'))
  return plan(source.name, description, template, resolved, options, files, problems)
}

/** The tree of the file that `Template` names. */
function readTemplateFile(node: Node, files: FileReader, problems: Problems): Node | undefined {
  const path = textOf(node)
  if (path === undefined) problems.error('wrong-type', '`Template` is not a path', node.span)
  else {
    const file = files.read(path, 'template')
    if (file.ok) return parseDocument({ name: path, text: file.value }, problems, templateLimits)
    problems.error('unreadable-file', file.message, node.span, { label: file.help })
  }
  return undefined
}

/** The template with the simulator's own resources of `Simulation.Resources` beside its own: origins that are no AWS service. */
function addResources(root: Node, added: Node, problems: Problems): Node {
  const own = get(root, 'Resources')
  if (!isMap(root) || !isMap(own)) return root
  const pairs = new Map(own.pairs)
  for (const entry of entries(added)) {
    const type = textOf(get(entry.value, 'Type')) ?? ''
    if (!type.startsWith('Sim::')) problems.error('wrong-type', `\`${entry.key}\` is \`${type}\``, entry.keySpan, { label: 'only `Sim::` types are added here; AWS resources belong into the template' })
    else if (pairs.has(entry.key)) problems.error('name-taken', `the template has a resource \`${entry.key}\` already`, entry.keySpan)
    else pairs.set(entry.key, entry)
  }
  return withMembers(root, { Resources: new Dict(pairs, own.span) })
}

/** A member of the section that must be known before the template is read: names to texts. */
function textsOf(simulation: Node | undefined, member: string): ReadonlyMap<string, string> {
  const made = new Map<string, string>()
  for (const { key, value } of entries(get(simulation, member))) {
    const text = value.kind === 'list' ? value.items.map((item) => textOf(item) ?? '').join(',') : textOf(value)
    if (text !== undefined) made.set(key, text)
  }
  return made
}

function plan(
  name: string,
  description: string | undefined,
  template: Template,
  simulation: Node | undefined,
  options: LoadOptions,
  files: FileReader,
  problems: Problems,
): Scenario | undefined {
  const section = readSimulation(simulation, problems)
  const notSimulated: { message: string; span: Span | undefined }[] = []
  const note = (message: string, span: Span | undefined): void => void notSimulated.push({ message, span })
  const resources = readResources(template, section, registry, problems, note)
  const duration = options.duration ?? section.duration
  const context: StepContext = {
    problems,
    component: (text) => resources.component(text),
    account: (action) => {
      const def = registry.accounts.get(action)
      return def === undefined ? undefined : resources.components.find((component) => component.def === def)
    },
    operations: registry.operations,
    notSimulated: note,
    readFile: (path, span) => {
      const file = files.read(path, 'data')
      if (file.ok) return file.value
      problems.error('unreadable-file', file.message, span, { label: file.help })
      return undefined
    },
  }
  const inferred: string[] = []
  const components = withHandlers(resources, section, context, inferred)
  const written = readWorkloads(section, resources, context, duration)
  const workloads =
    section.workloads.length > 0 || simulation !== undefined ? written : defaultWorkloads(resources, inferred)
  const operator = readActions(section, context, duration)
  const assumptions = readAssumptions(section, resources, problems)
  const faults = readFaults(section, resources, problems, duration)
  const expectations = readExpectations(section, resources, [...workloads, ...operator], components, problems)
  checkQuotas(section, problems)
  if (problems.hasErrors) return undefined
  const all = [...components, ...workloads, ...operator].map((component) => ({
    ...component,
    assumptions: assumptions(component),
  }))
  return {
    name,
    description,
    plan: {
      seed: options.seed ?? section.seed,
      profile: section.profile,
      quotas: Object.fromEntries(section.quotas.map((quota) => [quota.name, quota.value])),
      apiLimits: section.apiLimits.map(({ action, perSecond }) => ({
        action,
        rate: perSecond,
        burst: Math.max(1, perSecond),
      })),
      components: all,
      faults,
      duration,
      warmUp: Math.min(section.warmUp, duration),
      cuts: expectations.flatMap((expectation) => expectation.cuts),
    },
    guards: section.guards,
    expectations,
    notSimulated,
    parameters: [...template.parameters.values()].map((parameter) => ({ name: parameter.name, value: parameter.text })),
    inferred,
  }
}

/** The components of the template with their compiled programs. */
function withHandlers(
  resources: Resources,
  section: SimulationSection,
  context: StepContext,
  inferred: string[],
): ComponentPlan[] {
  const handlers = new Map(section.handlers.map((handler) => [handler.name, handler]))
  const handled = resources.components.filter((component) => component.def.handled === true)
  for (const { name, span } of section.handlers) {
    if (handled.some((component) => component.name === name)) continue
    const near = nearest(
      name,
      handled.map((component) => component.name),
    )
    const names = handled.map((component) => `\`${component.name}\``).join(', ')
    context.problems.error('unknown-handler', `\`${name}\` is no function of this template`, span, {
      label:
        near === undefined ? (names === '' ? 'it has none' : `possible are ${names}`) : `did you mean \`${near}\`?`,
    })
  }
  const empty = handled.filter((component) => !handlers.has(component.name)).map((component) => component.name)
  if (empty.length > 0)
    inferred.push(`no handler for ${empty.join(', ')}: ${empty.length === 1 ? 'it succeeds' : 'they succeed'} at once`)
  return resources.components.map(({ name, def, config, dimensionValue }) => {
    const handler = handlers.get(name)
    const program =
      handler === undefined || def.handled !== true ? undefined : compileSteps(handler.node, 'handler', context)
    return {
      name,
      type: def.type,
      def,
      config: program === undefined ? config : { ...config, Handler: program },
      ...(dimensionValue === undefined ? {} : { dimensionValue }),
    }
  })
}

function checkQuotas(section: SimulationSection, problems: Problems): void {
  const known = new Set(
    registry.defs.flatMap((def) =>
      Object.keys(def.quotas).map((name) => `${def.type.split('::')[1]!.toLowerCase()}.${name}`),
    ),
  )
  for (const { name, span } of section.quotas) {
    if (known.has(name)) continue
    const near = nearest(name, known)
    problems.error('unknown-quota', `\`${name}\` is not a quota`, span, {
      label: near === undefined ? 'see `hotshard explain TYPE` for the figures of a type' : `did you mean \`${near}\`?`,
    })
  }
  for (const { action, span } of section.apiLimits) {
    if (registry.operations.has(action)) continue
    const near = nearest(action, registry.operations.keys())
    problems.error(
      'unknown-action',
      `\`${action}\` is not an operation that is known here`,
      span,
      near === undefined ? {} : { label: `did you mean \`${near}\`?` },
    )
  }
}
