// A scenario's text into the plan of a world: the door of the language.
//
// The one idea: everything that can be wrong with a user's text is found here, all of it at once and with its place. What comes
// out needs no further question: names are components, texts are figures, steps are programs.
import {
  currentQuotas,
  get,
  noFiles,
  parseDocument,
  quotasOf2020,
  templateLimits,
  templateOf,
  textOf,
  type Node,
  type Parameter,
  type Template,
  type TemplateQuotas,
} from '../cfn/index.ts'
import { Problems } from '../diag/problem.ts'
import type { Source, Span } from '../diag/span.ts'
import type { Action, ServiceDef } from '../model/contract.ts'
import type { WorldPlan } from '../model/plan.ts'
import type { Draft, ReadFile } from '../infer/index.ts'
import { readActions } from './actions.ts'
import { readAssumptions } from './assumptions.ts'
import { Definitions } from './definitions.ts'
import { inferScenario } from './inference.ts'
import { readAsked, readExpectations, readMeasures, type Expectation, type Measure } from './expectations.ts'
import { readFaults } from './faults.ts'
import { compileSteps, type StepContext } from './handler.ts'
import { nearest } from '../diag/suggest.ts'
import { shownParameters } from './parameter-groups.ts'
import { findPlaces, textsOf, type FileReader } from './places.ts'
import { callsOf } from '../infer/index.ts'
import { checkLints } from '../lint/check.ts'
import { sceneOf } from '../lint/scene.ts'
import { registry } from './registry.ts'
import { quotaByName, readResources, type NotSimulated, type Resources } from './resources.ts'
import { listSettings, scalesOf, settingsOf, withSettings, type Setting, type Settings } from './settings.ts'
import { readQuotas, readSimulation, type Guards, type SimulationSection } from './simulation.ts'
import { KeyTables } from './values.ts'
import { readWorkloads } from './workloads.ts'
import type { ComponentPlan } from '../model/plan.ts'
import type { Program } from '../parts/program.ts'

export type { FileReader }

export interface LoadOptions {
  /** Values of the template's parameters, of workloads' scales and of quotas (`settings.ts`), over those of the scenario. */
  readonly parameters?: ReadonlyMap<string, string>
  readonly files?: FileReader
  readonly seed?: string
  /** µs. */
  readonly duration?: number
  /** Values to be measured beside the expectations: `p99(Api.Latency)`. */
  readonly measures?: readonly string[]
  /** Expectations beside those of the scenario, after which they come. */
  readonly expect?: readonly string[]
}

/** A parameter of the template with its value, and what its declaration says about others. */
export interface ScenarioParameter {
  readonly name: string
  /** As in CloudFormation: `Number`, `String`, … */
  readonly type: string
  readonly description: string | undefined
  /** The heading and the words under which the template's author wants it shown. */
  readonly group: string | undefined
  readonly label: string | undefined
  readonly value: string
  /** The value without anything from outside: the scenario's, else the template's default. */
  readonly initial: string
  readonly min: number | undefined
  readonly max: number | undefined
  readonly allowed: readonly string[] | undefined
}

export interface Scenario {
  readonly name: string
  readonly description: string | undefined
  readonly plan: WorldPlan
  readonly guards: Guards
  readonly expectations: readonly Expectation[]
  readonly measures: readonly Measure[]
  readonly notSimulated: readonly NotSimulated[]
  readonly parameters: readonly ScenarioParameter[]
  /** What can be set beside them. */
  readonly settings: readonly Setting[]
  /** By component: the text that describes it, from its name to its last property. What nobody wrote has none. */
  readonly places: ReadonlyMap<string, Span>
  /** What the scenario did not say and was assumed instead, one line each. */
  readonly inferred: readonly string[]
  /** What was inferred, where the scenario says nothing of load and handlers. */
  readonly draft?: Draft
  /** Nothing but a template: no `Simulation` anywhere. */
  readonly isBare: boolean
}

/** What a scenario says beside its template. */
interface Said {
  readonly simulation: Node | undefined
  /** The same, functions unresolved. */
  readonly raw: Node | undefined
  readonly settings: Settings
}

/** Most characters of all data files together, counted as often as they are read. */
const DATA_MAX = 64 * 1_048_576

/** Reads a scenario. Undefined when there is no plan to be made; what is wrong is in `problems`. */
export function loadScenario(source: Source, options: LoadOptions, problems: Problems): Scenario | undefined {
  return problems.during(() => load(source, options, problems))
}

function load(source: Source, options: LoadOptions, problems: Problems): Scenario | undefined {
  const root = parseDocument(source, problems, templateLimits)
  if (root === undefined) return undefined
  const files = options.files ?? noFiles
  const places = findPlaces(root, files, problems)
  if (places === undefined) return undefined
  const { simulation } = places
  const given = textsOf(simulation, 'Parameters', problems)
  const settings = settingsOf(options.parameters ?? new Map())
  const parameters = new Map([...given, ...settings.parameters])
  const template = templateOf(
    places.template,
    {
      ...{ parameters, files, stacks: places.stacks, dummies: true },
      ssm: textsOf(simulation, 'SsmParameters', problems),
      quotas: templateQuotas(simulation),
      ...(places.path === undefined ? {} : { path: places.path }),
    },
    problems,
  )
  if (template === undefined) return undefined
  const resolved = simulation === undefined ? undefined : template.resolve(simulation)
  const description = textOf(get(root, 'Description') ?? get(places.template, 'Description'))
  const said = { simulation: resolved, raw: simulation, settings }
  const made = plan(source, description, template, said, options, files, problems)
  return made === undefined ? undefined : { ...made, parameters: parametersOf(template, given) }
}

function plan(
  source: Source,
  description: string | undefined,
  template: Template,
  { simulation, raw, settings }: Said,
  options: LoadOptions,
  files: FileReader,
  problems: Problems,
): Omit<Scenario, 'parameters'> | undefined {
  const own = readSimulation(simulation, problems, options.duration)
  const written = withSettings(own, settings, problems)
  const notSimulated: NotSimulated[] = []
  const meant = (text: string): string | undefined =>
    template.resources.has(text) ? text : template.resourceAt(text)?.logicalId
  const definitions = new Definitions(written, registry.operations, meant)
  const note = (line: NotSimulated): number => notSimulated.push(line)
  const resources = readResources(template, written, registry, problems, note, definitions)
  const { duration } = written
  let data = 0
  const lines: string[] = []
  const onto = new Map<string, Readonly<Record<string, readonly Action[]>>>()
  const context: StepContext = {
    problems,
    component: (text) => resources.component(text),
    account: (action) => {
      const def = registry.accounts.get(action)
      return def === undefined ? undefined : resources.components.find((component) => component.def === def)
    },
    only: (action) => {
      const found = resources.components.filter(({ def }) => Object.hasOwn(def.ops, action))
      return found.length === 1 ? found[0] : undefined
    },
    definition: (value) => definitions.placeOf(value),
    noteOnto: (component, other, action) => {
      const known = onto.get(component) ?? {}
      onto.set(component, { ...known, [other]: [...new Set([...(known[other] ?? []), action])].sort() })
    },
    operations: registry.operations,
    notSimulated: (message, span) => notSimulated.push({ message, span }),
    noteInferred: (line) => lines.push(line),
    stepSpans: new Map(),
    keys: new KeyTables(),
    readFile: (path, span) => {
      const file = files.read(path, 'data')
      if (file.ok) {
        data += file.value.length
        if (data <= DATA_MAX) return file.value
        problems.error('file-too-large', `the files of this scenario have more than ${DATA_MAX / 1_048_576} MB`, span, {
          label: 'each place that names a file counts it once more',
        })
        return undefined
      }
      problems.error('unreadable-file', file.message, span, { label: file.help })
      return undefined
    },
  }
  const saysNothing = [written.workloads, written.handlers, written.actions].every((part) => part.length === 0)
  const isWhole = resources.components.every((component) => component.complete)
  const readFile = textFrom(files)
  const inferred =
    saysNothing && isWhole
      ? inferScenario(template, resources, registry, readFile, written, problems, context)
      : undefined
  const section = inferred === undefined ? written : { ...written, ...inferred.section }
  lines.push(...(inferred?.lines ?? []))
  const components = withHandlers(resources, section, context, lines)
  const workloads = readWorkloads(section, resources, context, duration, scalesOf(section, settings, problems))
  const operator = readActions(section, context, duration)
  const assumptions = readAssumptions(section, resources, problems)
  const faults = readFaults(section, resources, problems, duration)
  const nameable = { resources, workloads: [...workloads, ...operator], handlers: components }
  const expectations = [
    ...readExpectations(section, nameable, problems),
    ...readAsked(options.expect ?? [], section, nameable, problems),
  ]
  const measures = readMeasures(options.measures ?? [], section, nameable, problems)
  checkQuotas(section, problems)
  if (problems.hasErrors) return undefined
  const scene = sceneOf({
    template,
    profile: section.profile,
    components,
    workloads,
    workloadSpans: new Map(written.workloads.map((workload) => [workload.name, workload.span])),
    stepSpans: context.stepSpans,
    handlers: new Set(written.handlers.map((handler) => handler.name)),
    calls: inferred?.calls ?? callsOf(template, readFile),
    quota: quotaByName(section, registry),
  })
  checkLints(scene, source, template, problems)
  const all = [...components, ...workloads, ...operator].map((component) => ({
    ...component,
    ...(onto.has(component.name) ? { config: { ...component.config, Onto: onto.get(component.name) } } : {}),
    assumptions: assumptions(component),
  }))
  return {
    name: source.name,
    description,
    plan: {
      seed: options.seed ?? section.seed,
      profile: section.profile,
      quotas: Object.fromEntries(section.quotas.map((quota) => [quota.name, quota.value])),
      prices: section.prices,
      apiLimits: section.apiLimits.map(({ action, perSecond }) => ({
        action,
        rate: perSecond,
        burst: Math.max(1, perSecond),
      })),
      components: all,
      faults,
      startsAt: section.startsAt,
      duration,
      warmUp: section.warmUp,
      cuts: [
        ...expectations.flatMap((expectation) => expectation.cuts),
        ...measures.flatMap(({ ast }) => [ast.during?.from, ast.during?.to].filter((cut) => cut !== undefined)),
      ],
    },
    guards: section.guards,
    settings: listSettings(
      { section: { ...section, quotas: own.quotas }, simulation: raw },
      all,
      section.quotas,
      registry,
    ),
    expectations,
    measures,
    notSimulated,
    places: placesOf(template, written),
    inferred: lines,
    isBare: simulation === undefined,
    ...(inferred === undefined ? {} : { draft: inferred.draft }),
  }
}

/** A file beside the template, if it can be read: one that cannot is no mistake of whoever runs a bare template. */
function textFrom(files: FileReader): ReadFile {
  return (path) => {
    const file = files.read(path, 'data')
    return file.ok ? file.value : undefined
  }
}

function parametersOf(template: Template, given: ReadonlyMap<string, string>): ScenarioParameter[] {
  const shownAs = shownParameters(template.metadata, [...template.parameters.keys()])
  return [...shownAs].map(([name, { group, label }]) => {
    const parameter = template.parameters.get(name)!
    return {
      name,
      group,
      label,
      type: parameter.type,
      description: parameter.description,
      value: shown(parameter, parameter.text),
      initial: shown(parameter, given.get(parameter.name) ?? parameter.defaultText ?? parameter.text),
      min: parameter.minValue,
      max: parameter.maxValue,
      allowed: parameter.allowedValues,
    }
  })
}

/** What is not to be echoed is not shown. */
function shown(parameter: Parameter, text: string): string {
  return parameter.noEcho ? '****' : text
}

function placesOf(template: Template, section: SimulationSection): Map<string, Span> {
  const places = new Map<string, Span>()
  const add = (name: string, key: Span, whole: Span): void => {
    if (key.source === whole.source) places.set(name, { ...key, end: Math.max(key.end, whole.end) })
  }
  for (const { logicalId, keySpan, span } of template.resources.values()) add(logicalId, keySpan, span)
  for (const { name, span, node } of section.workloads) add(name, span, node.span)
  return places
}

/** The components of the template with their compiled programs. */
function withHandlers(
  resources: Resources,
  section: SimulationSection,
  context: StepContext,
  inferred: string[],
): ComponentPlan[] {
  const handlers = new Map(section.handlers.map((handler) => [handler.name, handler]))
  const handled = resources.components.filter((component) => isHandled(component.def))
  const versions = versionHandlers(section, handled, context)
  for (const { name, span } of section.handlers) {
    if (handled.some((component) => component.name === name) || versions.known.has(name)) continue
    const near = nearest(
      name,
      handled.map((component) => component.name),
    )
    const names = handled.map((component) => `\`${component.name}\``).join(', ')
    const other = resources.component(name)
    const what = other === undefined ? 'no function of this template' : `${other.def.type}, which takes no handler`
    context.problems.error('unknown-handler', `\`${name}\` is ${what}`, span, {
      label:
        near === undefined ? (names === '' ? 'it has none' : `possible are ${names}`) : `did you mean \`${near}\`?`,
    })
  }
  const empty = handled
    .filter(({ name, def }) => !handlers.has(name) && def.handled !== 'workers')
    .map((component) => component.name)
  if (empty.length > 0)
    inferred.push(`no handler for ${empty.join(', ')}: ${empty.length === 1 ? 'it succeeds' : 'they succeed'} at once`)
  return resources.components.map(({ name, def, config, dimensionValue }) => {
    const handler = handlers.get(name)
    const program =
      handler === undefined || !isHandled(def) ? undefined : compileSteps(handler.node, 'handler', context, true)
    return {
      name,
      type: def.type,
      def,
      // The template's own `Handler` is the name of an entry point, and whatever else a stranger wrote there.
      config: isHandled(def) ? { ...config, Handler: program, ...versions.of(name) } : config,
      ...(dimensionValue === undefined ? {} : { dimensionValue }),
    }
  })
}

function isHandled({ handled }: ServiceDef): boolean {
  return handled !== undefined
}

/** `Name@2`: what a version of a function does that is published while the scenario runs, or stands in the template. */
function versionHandlers(
  section: SimulationSection,
  handled: readonly { readonly name: string; readonly def: ServiceDef }[],
  context: StepContext,
): { readonly known: ReadonlySet<string>; of(name: string): { readonly VersionHandlers?: readonly object[] } } {
  const known = new Set<string>()
  const programs = new Map<string, { readonly number: number; readonly program: Program }[]>()
  for (const { name, node } of section.handlers) {
    const [, own, digits] = /^(.+)@([1-9][0-9]{0,5})$/.exec(name) ?? []
    if (own === undefined || !handled.some(({ name: other, def }) => other === own && def.handled === 'versions'))
      continue
    known.add(name)
    const program = compileSteps(node, `handler@${digits}`, context, true)
    programs.set(own, [...(programs.get(own) ?? []), { number: Number(digits), program }])
  }
  return {
    known,
    of: (name) => {
      const own = programs.get(name)
      return own === undefined ? {} : { VersionHandlers: own }
    },
  }
}

/** How large templates may be: needed before they are read, so what is wrong with the section is told later. */
function templateQuotas(simulation: Node | undefined): TemplateQuotas {
  const { profile, quotas } = readQuotas(get(simulation, 'Quotas'), new Problems())
  const made: Record<string, number> = { ...(profile === 'notes-2020' ? quotasOf2020 : currentQuotas) }
  for (const { name, value } of quotas) {
    const own = name.startsWith(templatePrefix) ? name.slice(templatePrefix.length) : ''
    if (Object.hasOwn(made, own)) made[own] = value
  }
  return made as unknown as TemplateQuotas
}

const templatePrefix = 'cloudformation.'

function checkQuotas(section: SimulationSection, problems: Problems): void {
  const known = new Set(
    registry.defs.flatMap((def) =>
      Object.keys(def.quotas).map((name) => `${def.type.split('::')[1]!.toLowerCase()}.${name}`),
    ),
  )
  for (const name of Object.keys(currentQuotas)) known.add(templatePrefix + name)
  for (const { name, span } of section.quotas) {
    if (known.has(name)) continue
    const near = nearest(name, known)
    const label =
      near === undefined ? 'see `hotshard explain TYPE` for the figures of a type' : `did you mean \`${near}\`?`
    problems.error(
      'unknown-quota',
      `\`${name}\` is not a quota`,
      span,
      span === undefined ? { help: label } : { label },
    )
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
