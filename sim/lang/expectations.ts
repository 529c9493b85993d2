// `Simulation.Expect`: each expectation read, and its names looked up among the resources before anything runs.
import { kindOf } from './fields.ts'
import type { Problems } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import { isScalar, textOf, type Node } from '../cfn/index.ts'
import type { CwUnit, ServiceDef } from '../model/contract.ts'
import type { ComponentPlan } from '../model/plan.ts'
import type { Program } from '../parts/program.ts'
import { API_FAULTS } from '../parts/api-faults.ts'
import { mismatchOf } from './dimensions.ts'
import {
  parseExpectation,
  parseMeasure,
  type Expectation as Ast,
  type Formula,
  type Measure as MeasureAst,
  type Measured,
  type Name,
} from './expectation.ts'
import { reportFlaw } from './outcome.ts'
import type { Resources } from './resources.ts'
import { registry } from './registry.ts'
import type { SimulationSection } from './simulation.ts'

export interface Expectation {
  readonly text: string
  readonly ast: Ast
  readonly span: Span
  /** Moments (µs) at which its window begins and ends. */
  readonly cuts: readonly number[]
}

/** A value that somebody asks of the run beside its expectations. */
export interface Measure {
  readonly text: string
  readonly ast: MeasureAst
}

/** Everything in a scenario that an expectation or a measure may name. */
export interface Nameable {
  readonly resources: Resources
  readonly workloads: readonly ComponentPlan[]
  readonly handlers: readonly ComponentPlan[]
}

interface Known {
  readonly name: string
  readonly def: ServiceDef
}

/** The expectations of the section. */
export function readExpectations(section: SimulationSection, nameable: Nameable, problems: Problems): Expectation[] {
  const names = namesOf(section, nameable)
  return section.expect.flatMap((node) => {
    const text = isScalar(node) ? textOf(node) : undefined
    if (text === undefined) {
      problems.error('wrong-type', `an expectation is ${kindOf(node)}, not a text`, node.span, {
        label: 'such as `p99(Api.Latency) < 300 ms`',
      })
      return []
    }
    return checked(text, names, node.span, offsetOf(node, text), section, problems)
  })
}

/** Expectations from outside of the scenario: each is its own source, which has no place in a file. */
export function readAsked(
  texts: readonly string[],
  section: SimulationSection,
  nameable: Nameable,
  problems: Problems,
): Expectation[] {
  const names = namesOf(section, nameable)
  return texts.flatMap((text) => {
    const span = { source: { name: 'expectation', text, beside: true as const }, start: 0, end: text.length }
    return checked(text, names, span, span, section, problems)
  })
}

/** One expectation, read and looked up. `place` is where its very text stands, if it does. */
function checked(
  text: string,
  names: Lookup,
  span: Span,
  place: Span | undefined,
  section: SimulationSection,
  problems: Problems,
): Expectation[] {
  const parsed = parseExpectation(text)
  if (!parsed.ok) {
    reportFlaw(problems, parsed, place ?? span, place !== undefined)
    return []
  }
  new Names(names, span, place, problems).check(parsed.value)
  const { during } = parsed.value
  if ((during?.from ?? 0) >= section.duration)
    problems.warning('never-happens', 'the window begins after the end of the run', span)
  const cuts = during === undefined ? [] : [during.from, during.to].filter((cut) => cut !== undefined)
  return [{ text: text.trim(), ast: parsed.value, span, cuts }]
}

/** Measures that are asked for from outside: what is wrong with one is told with its text as the source. */
export function readMeasures(
  texts: readonly string[],
  section: SimulationSection,
  nameable: Nameable,
  problems: Problems,
): Measure[] {
  const names = namesOf(section, nameable)
  return texts.flatMap((text) => {
    const span = { source: { name: '--measure', text }, start: 0, end: text.length }
    const parsed = parseMeasure(text)
    if (!parsed.ok) {
      reportFlaw(problems, parsed, span)
      return []
    }
    new Names(names, span, span, problems).formula(parsed.value.formula)
    return [{ text: text.trim(), ast: parsed.value }]
  })
}

/** Names that can be looked up. */
interface Lookup {
  readonly known: ReadonlyMap<string, Known>
  /** Workloads with a mistake of their own. */
  readonly faulty: ReadonlySet<string>
  readonly custom: ReadonlyMap<string, ReadonlySet<string>>
  readonly errors: ReadonlySet<string>
}

function namesOf(section: SimulationSection, { resources, workloads, handlers }: Nameable): Lookup {
  const known = new Map<string, Known>(
    [...resources.components, ...workloads].map((component) => [component.name, component]),
  )
  return {
    known,
    faulty: new Set(section.workloads.map((workload) => workload.name).filter((name) => !known.has(name))),
    custom: customMetrics(handlers),
    errors: knownErrors([...handlers, ...workloads]),
  }
}

/** Custom metrics that the handlers emit: names by namespace. */
function customMetrics(components: readonly ComponentPlan[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const { config } of components) {
    for (const instruction of (config['Handler'] as Program | undefined)?.code ?? []) {
      if (instruction.op !== 'metric') continue
      found.set(instruction.namespace, (found.get(instruction.namespace) ?? new Set()).add(instruction.name))
    }
  }
  return found
}

/** Every exception that something in the scenario can raise. */
function knownErrors(components: readonly ComponentPlan[]): ReadonlySet<string> {
  const found = new Set(['ThrottlingException', 'AccessDeniedException', 'UnauthorizedOperation', 'DryRunOperation'])
  for (const { error } of Object.values(API_FAULTS)) found.add(error)
  for (const def of registry.defs)
    for (const op of Object.values(def.ops)) for (const name of op.errors ?? []) found.add(name)
  for (const { config } of components)
    for (const instruction of (config['Handler'] as Program | undefined)?.code ?? [])
      if (instruction.op === 'fail') found.add(instruction.error)
  return found
}

class Names {
  private readonly names: Lookup
  private readonly whole: Span
  private readonly place: Span | undefined
  private readonly problems: Problems

  constructor(names: Lookup, whole: Span, place: Span | undefined, problems: Problems) {
    this.names = names
    this.whole = whole
    this.place = place
    this.problems = problems
  }

  check(ast: Ast): void {
    if (ast.kind === 'compare') {
      this.formula(ast.left)
      this.formula(ast.right)
      const mismatch = mismatchOf(ast, (measured) => this.unitOf(measured))
      if (mismatch !== undefined) this.problems.error('unlike-quantities', mismatch.message, this.span(mismatch.at))
      return
    }
    const name = ast.kind === 'alarm' ? ast.alarm : ast.resource
    const component = this.component(name)
    if (ast.kind === 'alarm' && component !== undefined && !component.def.type.startsWith('AWS::CloudWatch::')) {
      this.problems.error('wrong-resource', `\`${name.text}\` is ${component.def.type}, not an alarm`, this.span(name))
    }
  }

  formula(formula: Formula): void {
    switch (formula.kind) {
      case 'binary':
        this.formula(formula.left)
        this.formula(formula.right)
        return
      case 'metric':
        this.metric(formula.resource, formula.metric)
        return
      case 'errors':
        if (formula.resource !== undefined) this.component(formula.resource)
        this.error(formula.error)
        return
      case 'cost':
        if (formula.resource !== undefined) this.component(formula.resource)
        return
      case 'quantity':
    }
  }

  private metric(resource: Name, metric: Name): void {
    const custom = this.names.custom.get(resource.text)
    if (custom !== undefined && custom.has(metric.text)) return
    const component = this.component(resource)
    if (component === undefined || Object.hasOwn(component.def.metrics, metric.text) || metric.text === 'Errors') return
    // Measured by those who read from it by a step `Cache`.
    if (metric.text === 'StaleReads' && component.def.caches !== undefined) return
    const near = nearest(metric.text, Object.keys(component.def.metrics))
    const possible = Object.keys(component.def.metrics)
      .map((name) => `\`${name}\``)
      .join(', ')
    this.problems.error(
      'unknown-metric',
      `\`${metric.text}\` is not a metric of ${component.def.type}`,
      this.span(metric),
      { label: near === undefined ? `possible are ${possible}` : `did you mean \`${near}\`?` },
    )
  }

  private unitOf({ resource, metric }: Measured): CwUnit | undefined {
    if (this.names.custom.get(resource.text)?.has(metric.text) === true) return undefined
    const metrics = this.names.known.get(resource.text)?.def.metrics ?? {}
    return Object.hasOwn(metrics, metric.text) ? metrics[metric.text]!.unit : undefined
  }

  /** A misspelt exception is never counted, so `== 0` would hold for no reason. */
  private error(name: Name): void {
    if (this.names.errors.has(name.text)) return
    const near = nearest(name.text, this.names.errors)
    const message = `nothing here is known to raise \`${name.text}\``
    if (near === undefined) this.problems.warning('unknown-error', message, this.span(name))
    else this.problems.error('unknown-error', message, this.span(name), { label: `did you mean \`${near}\`?` })
  }

  private component(name: Name): Known | undefined {
    const component = this.names.known.get(name.text)
    if (component !== undefined) return component
    // A workload that has a mistake of its own is known all the same.
    if (this.names.faulty.has(name.text)) return undefined
    const near = nearest(name.text, this.names.known.keys())
    this.problems.error(
      'unknown-resource',
      `\`${name.text}\` is no simulated resource or workload of this scenario`,
      this.span(name),
      near === undefined ? {} : { label: `did you mean \`${near}\`?` },
    )
    return undefined
  }

  private span(at: { readonly start: number; readonly end: number }): Span {
    return this.place === undefined
      ? this.whole
      : { source: this.place.source, start: this.place.start + at.start, end: this.place.start + at.end }
  }
}

/** Where the expectation's text itself stands, when the file writes it as it is. */
function offsetOf(node: Node, text: string): Span | undefined {
  for (const quote of [0, 1]) {
    const start = node.span.start + quote
    if (node.span.source.text.startsWith(text, start))
      return { source: node.span.source, start, end: start + text.length }
  }
  return undefined
}
