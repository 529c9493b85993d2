// `Simulation.Actions`: what an operator does at a time, once or again and again.
import { Dict, entries, isMap, textOf, type Node } from '../cfn/index.ts'
import type { ComponentPlan } from '../model/plan.ts'
import type { Program } from '../parts/program.ts'
import { Fields } from './fields.ts'
import { compileSteps, type StepContext } from './handler.ts'
import { ACTION, BESIDE, namesOf } from './members.ts'
import { registry } from './registry.ts'
import type { SimulationSection } from './simulation.ts'

const TIMES = namesOf(ACTION)
const STEP_ADDS = namesOf(BESIDE)

/** One action of the operator's config. Times in µs. */
export interface OperatorAction {
  readonly at: number
  readonly every?: number
  readonly until?: number
  readonly program: Program
  readonly profile?: string
  readonly dryRun?: boolean
  readonly label: string
}

/** The operator as a component, when the scenario has actions. */
export function readActions(section: SimulationSection, context: StepContext, duration: number): ComponentPlan[] {
  const actions = section.actions.flatMap((node, i) => readAction(node, i, context, duration))
  if (actions.length === 0) return []
  const def = registry.byType.get('Sim::Client::Operator')!
  const profiles = Object.fromEntries(
    section.profiles.map(({ name, node }) => [
      name,
      Object.fromEntries(
        entries(node).map(({ key, value }) => [
          key,
          value.kind === 'list' ? value.items.map((item) => textOf(item) ?? '') : textOf(value),
        ]),
      ),
    ]),
  )
  return [{ name: ownName(section, context), type: def.type, def, config: { Actions: actions, Profiles: profiles } }]
}

/** `Operator`, unless the template or a workload has the name already. */
function ownName(section: SimulationSection, context: StepContext): string {
  const taken = (name: string): boolean =>
    context.component(name) !== undefined || section.workloads.some((workload) => workload.name === name)
  let name = 'Operator'
  for (let i = 2; taken(name); i++) name = `Operator${i}`
  return name
}

function readAction(node: Node, index: number, context: StepContext, duration: number): OperatorAction[] {
  const { problems } = context
  if (!isMap(node)) {
    problems.error('wrong-type', 'an action is a map', node.span, {
      label: 'such as `{ At: 8m, sqs:PurgeQueue: {…} }`',
    })
    return []
  }
  const steps = entries(node).filter((entry) => !TIMES.includes(entry.key) && !STEP_ADDS.includes(entry.key))
  const fields = new Fields('an action', node, [...TIMES, ...STEP_ADDS, ...steps.map((entry) => entry.key)], problems)
  const schedule = fields.node('Schedule')
  if (schedule !== undefined) {
    problems.error('not-simulated-yet', '`Schedule` is not simulated yet', schedule.span, {
      label: 'write `Every` with a time such as `5m`',
    })
    return []
  }
  const at = fields.duration('At')
  const every = fields.time('Every')
  if (fields.node('Every') === undefined) fields.refuse(['Until'], 'without `Every`')
  if (fields.node('At') === undefined && fields.node('Every') === undefined) {
    problems.error('missing-member', 'an action needs `At` or `Every`', node.span)
    return []
  }
  if ((at ?? 0) > duration)
    problems.warning('never-happens', `the action comes after the end of the run`, fields.node('At')!.span)
  const inner = fields.node('Steps')
  if (inner !== undefined)
    fields.refuse(
      steps.map((entry) => entry.key),
      'beside `Steps`',
    )
  const program = compileSteps(inner ?? stepOf(node), `action.${index}`, context)
  const until = fields.duration('Until')
  const profile = fields.text('Profile')
  return [
    {
      at: at ?? every ?? 0,
      ...(every === undefined ? {} : { every }),
      ...(until === undefined ? {} : { until }),
      ...(profile === undefined ? {} : { profile }),
      ...(fields.text('DryRun') === 'true' ? { dryRun: true } : {}),
      program,
      label: steps.map((entry) => entry.key).join(', ') || 'steps',
    },
  ]
}

/** The action's own step: the map without its times. */
function stepOf(node: Dict): Node {
  const pairs = new Map([...node.pairs].filter(([key]) => !TIMES.includes(key)))
  return new Dict(pairs, node.span)
}
