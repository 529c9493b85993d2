// What the page knows of a scenario before it runs: nodes, roads, knobs, and the marks that the scenario itself sets.
import { lineColumn, type Span } from '../diag/span.ts'
import type { Scenario, ScenarioParameter } from '../lang/scenario.ts'
import { SCALE_MAX, type Setting } from '../lang/settings.ts'
import type { Quantity } from '../model/contract.ts'
import { leftOutGroups } from '../run/left-out.ts'
import { leftOut } from '../run/report.ts'
import { namespaceOf, ownDimensions, servicePrefix, type World } from '../run/world.ts'
import type { Readings } from './readings.ts'
import { cellsOf } from './readings.ts'
import { viewOf, type Plan } from './roads.ts'
import type { KnobOutline, Mark, NodeOutline, Outline, Reading } from './types.ts'

/** Frames of a run, and the least virtual time of one in µs. */
const FRAMES = 600
const STEP_MIN = 50_000
/** Runs of a repeated action that are marked. */
const ACTION_MARKS_MAX = 200

/** µs of virtual time in one frame: a whole number of ms. */
export function stepOf(duration: number): number {
  return Math.max(STEP_MIN, Math.ceil(duration / FRAMES / 1000) * 1000)
}

export function outlineOf(
  scenario: Scenario,
  world: World,
  plan: Plan,
  readings: Readings,
  perDot: readonly number[],
  fork?: Outline['fork'],
): Outline {
  return {
    name: scenario.name,
    ...(scenario.description === undefined ? {} : { description: scenario.description }),
    seed: String(scenario.plan.seed),
    duration: scenario.plan.duration,
    warmUp: scenario.plan.warmUp,
    nodes: plan.components.map((component, node) => nodeOutline(scenario, world, plan, readings, component, node)),
    roads: plan.roads.map(({ from, to, actions, answers }) => ({ from, to, actions, answers })),
    knobs: [...scenario.parameters.map(knobOf), ...scenario.settings.map(settingOf)],
    marks: [...faultMarks(scenario, world, plan), ...actionMarks(world, plan), ...forkMarks(fork)].sort(
      (a, b) => a.time - b.time,
    ),
    notSimulated: scenario.notSimulated.map(({ message, span }) => ({
      message,
      ...(span === undefined ? {} : { line: lineColumn(span).line }),
    })),
    leftOut: leftOutGroups(scenario.notSimulated.map(leftOut)),
    inferred: scenario.inferred,
    isBare: scenario.isBare,
    ...(fork === undefined ? {} : { fork }),
    step: stepOf(scenario.plan.duration),
    perDot,
  }
}

function nodeOutline(
  scenario: Scenario,
  world: World,
  plan: Plan,
  readings: Readings,
  index: number,
  node: number,
): NodeOutline {
  const component = world.components[index]!
  const view = viewOf(component)
  const detail = view.detail?.(component.config)
  const span = scenario.places.get(component.name)
  const watches = watchedBy(world, plan, index)
  return {
    name: component.name,
    type: component.type,
    family: component.def.family,
    glyph: view.glyph,
    label: detail === undefined ? view.label : `${view.label} · ${detail}`,
    ...(span === undefined ? {} : { place: placeOf(span) }),
    readings: readings.sources[node]!.map(({ name, reading }) => quantity(reading, name)),
    cells: cellsOf(world, index).map(({ name, doc, columns }) => ({
      name,
      doc,
      columns: columns.map((c) => quantity(c, c.name)),
    })),
    ...(watches.length === 0 ? {} : { watches }),
  }
}

function quantity({ unit, doc }: Quantity, name: string): Reading {
  return { name, unit, doc }
}

function placeOf(span: Span): NonNullable<NodeOutline['place']> {
  const { line, endLine, endColumn } = lineColumn(span)
  // A span that ends with a line break ends on the line before.
  return { file: span.source.name, line, endLine: endColumn === 1 && endLine > line ? endLine - 1 : endLine }
}

/** Nodes whose metrics an alarm reads; for what an account shares, the account's resources of that service. */
function watchedBy(world: World, plan: Plan, index: number): number[] {
  const component = world.components[index]!
  const metrics = viewOf(component).watches?.(component.config) ?? []
  const found = world.components.map((other, i) => {
    if (i === index || plan.nodeOf[i]! < 0) return -1
    const { type } = other
    const value = Object.values(ownDimensions(other))[0]
    const isWatched = metrics.some(
      ({ namespace, dimensions }) =>
        namespace === namespaceOf(other) && value !== undefined && dimensions.includes(value),
    )
    const isShared =
      component.def.singleton === true &&
      component.type.startsWith('Sim::') &&
      type.startsWith('AWS::') &&
      servicePrefix(type) === servicePrefix(component.type) &&
      other.def.family === component.def.family
    return isWatched || isShared ? plan.nodeOf[i]! : -1
  })
  return [...new Set(found)].filter((node) => node >= 0).sort((a, b) => a - b)
}

function knobOf(parameter: ScenarioParameter): KnobOutline {
  const { name, description, value, initial, min, max, allowed, group, label } = parameter
  return {
    name,
    kind: 'parameter',
    ...(group === undefined ? {} : { group }),
    ...(label === undefined ? {} : { label }),
    ...(description === undefined ? {} : { description }),
    type: parameter.type === 'Number' ? 'number' : 'text',
    value,
    initial,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(allowed === undefined ? {} : { allowed }),
  }
}

function settingOf({ name, kind, label, doc, unit, value, initial }: Setting): KnobOutline {
  return {
    ...{ name, kind, label, unit, description: doc, type: 'number' },
    value: String(value),
    initial: String(initial),
    min: 0,
    ...(kind === 'workload' ? { max: SCALE_MAX } : {}),
  }
}

function faultMarks({ plan: { faults } }: Scenario, world: World, plan: Plan): Mark[] {
  return faults.map(({ at, until, fault, target }) => ({
    time: at,
    length: until - at,
    kind: 'fault',
    node: target === undefined ? -1 : plan.nodeOf[world.numberOf(target) - 1]!,
    text: target === undefined ? fault : `${fault} on ${target}`,
  }))
}

/** What an operator does, at each of its times. */
function actionMarks(world: World, plan: Plan): Mark[] {
  return world.components.flatMap((component, i) => {
    const actions = viewOf(component).plannedAt?.(component.config, world.plan) ?? []
    return actions.flatMap(({ at, every, until, label }) => {
      const end = Math.min(until ?? Infinity, world.plan.duration)
      const count = every === undefined ? 1 : Math.min(ACTION_MARKS_MAX, Math.max(0, Math.ceil((end - at) / every)))
      return Array.from({ length: count }, (_, n): Mark => ({
        time: at + n * (every ?? 0),
        length: 0,
        kind: 'action',
        node: plan.nodeOf[i]!,
        text: label,
      }))
    })
  })
}

/** Where other values take over. */
function forkMarks(fork: Outline['fork']): Mark[] {
  if (fork === undefined || fork.at === 0) return []
  return [{ time: fork.at, length: 0, kind: 'deployment', node: -1, text: 'the changes begin' }]
}
