// What a scenario that says nothing of load and handlers is given: the inferred draft, read like a section that somebody wrote.
import type { Template } from '../cfn/index.ts'
import { draft, infer, leftLines, sectionOf, summaryOf } from '../infer/index.ts'
import type { Draft, InferredCall, ReadFile, Rooms } from '../infer/index.ts'
import type { Problems } from '../diag/problem.ts'
import type { Action, RunTime } from '../model/contract.ts'
import type { StepContext } from './handler.ts'
import type { Registry } from './registry.ts'
import type { Resources } from './resources.ts'
import { readSimulation, type SimulationSection } from './simulation.ts'

export interface Inferred {
  readonly draft: Draft
  readonly section: Pick<SimulationSection, 'workloads' | 'handlers'>
  readonly calls: readonly InferredCall[]
  /** A few lines for whoever runs it. */
  readonly lines: readonly string[]
}

/** Infers workloads and handlers. Calls that no room answers go on the 'not simulated' list. */
export function inferScenario(
  template: Template,
  resources: Resources,
  registry: Registry,
  readFile: ReadFile,
  run: RunTime,
  problems: Problems,
  { notSimulated }: Pick<StepContext, 'notSimulated'>,
): Inferred {
  const inference = infer(template, readFile)
  const made = draft(template, inference, roomsOf(resources, registry, run))
  for (const { message, span } of leftLines(made)) notSimulated(message, span)
  const { workloads, handlers } = readSimulation(
    sectionOf(made, { source: template.source, start: 0, end: 0 }),
    problems,
  )
  return { draft: made, section: { workloads, handlers }, calls: inference.calls, lines: summaryOf(made) }
}

function roomsOf(resources: Resources, registry: Registry, run: RunTime): Rooms {
  const byName = new Map(resources.components.map((component) => [component.name, component]))
  const component = (logicalId: string) => byName.get(logicalId)
  return {
    targetOf: (logicalId, action) => {
      const op = component(logicalId)?.def.ops[action as Action]
      return op === undefined ? undefined : registry.operations.get(action)?.target
    },
    takesHandler: (logicalId) => {
      const handled = component(logicalId)?.def.handled
      return handled !== undefined && handled !== 'workers'
    },
    carries: (logicalId) => {
      const found = component(logicalId)
      return found?.def.carries?.(found.config, run) === true
    },
    entries: resources.components
      .filter(({ copyOf }) => copyOf === undefined)
      .flatMap(({ name, def, config }) =>
        (def.entries?.(config) ?? []).map((operation) => inFrontOf(resources, name, operation)),
      ),
    isTaken: (name) => component(name) !== undefined,
  }
}

/** An entry of a resource, or of what stands in front of it: viewers of a distribution do not ask its origin. */
function inFrontOf({ components }: Resources, name: string, operation: string): Rooms['entries'][number] {
  for (const { name: on, def, config, complete } of components) {
    const asked = complete ? def.front?.(config, name, operation) : undefined
    if (asked !== undefined) return { on, operation: asked, behind: name }
  }
  return { on: name, operation }
}
