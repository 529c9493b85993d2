// Known traps of state machines.
import type { Lints, Scene, Written } from '../../lint/contract.ts'
import { resource } from '../../lint/examples.ts'

const GUIDE = 'https://docs.aws.amazon.com/step-functions/latest/dg'

const example = (type: string, request: string, ...more: readonly string[]): string => `Resources:
${resource('Flow', 'AWS::StepFunctions::StateMachine', [
  `StateMachineType: ${type}`,
  'RoleArn: arn:aws:iam::123456789012:role/flow',
  'Definition:',
  '  StartAt: Ask',
  '  States:',
  '    Ask:',
  ...['Type: Task', `Resource: arn:aws:states:::${request}`, 'Parameters: {}', ...more, 'End: true'].map(
    (line) => `      ${line}`,
  ),
])}`

export const lints: Lints = {
  'stepfunctions/callback-without-timeout': {
    severity: 'warning',
    title: 'a task that waits for ever',
    text: 'A task that waits for a callback ends when somebody sends its token back. If the token is lost the execution hangs until its limit of a year, unless the task has a time-out or a heartbeat.',
    wrong: example('STANDARD', 'sqs:sendMessage.waitForTaskToken'),
    right: example('STANDARD', 'sqs:sendMessage.waitForTaskToken', 'HeartbeatSeconds: 600'),
    source: `${GUIDE}/sfn-stuck-execution.html`,
    find: (scene) =>
      tasksOf(scene).flatMap(({ machine, name, state, path, whole }) => {
        const bounds = ['TimeoutSeconds', 'TimeoutSecondsPath', 'HeartbeatSeconds', 'HeartbeatSecondsPath']
        if (!resourceOf(state).endsWith('.waitForTaskToken') || bounds.some((member) => Object.hasOwn(state, member)))
          return []
        if (Object.hasOwn(whole, 'TimeoutSeconds')) return []
        return [
          {
            message: `\`${name}\` of \`${machine.logicalId}\` waits for its token for up to a year`,
            span: machine.place(...path),
            help: '`HeartbeatSeconds: 600` or `TimeoutSeconds: 3600` on the task',
          },
        ]
      }),
  },
  'stepfunctions/express-cannot-wait': {
    severity: 'warning',
    title: 'an express workflow that waits for a job or a callback',
    text: 'Express workflows know neither `.sync` nor `.waitForTaskToken`: AWS refuses a definition with them.',
    wrong: example('EXPRESS', 'sqs:sendMessage.waitForTaskToken', 'HeartbeatSeconds: 60'),
    right: example('EXPRESS', 'sqs:sendMessage'),
    source: `${GUIDE}/choosing-workflow-type.html`,
    find: (scene) =>
      tasksOf(scene).flatMap(({ machine, name, state, path }) => {
        const waits = /\.(sync(:2)?|waitForTaskToken)$/.exec(resourceOf(state))
        if (waits === null || machine.text('StateMachineType') !== 'EXPRESS') return []
        return [
          {
            message: `\`${name}\` waits with \`${waits[0]}\`, which the express workflow \`${machine.logicalId}\` cannot`,
            span: machine.place(...path),
            help: '`StateMachineType: STANDARD`, or a request that does not wait',
          },
        ]
      }),
  },
}

type State = Readonly<Record<string, unknown>>

interface Task {
  readonly machine: Written
  readonly name: string
  readonly state: State
  /** The way to the state from the properties down; to the definition where that is one text. */
  readonly path: readonly (string | number)[]
  readonly whole: State
}

function resourceOf(state: State): string {
  return typeof state['Resource'] === 'string' ? state['Resource'] : ''
}

/** The task states of every machine whose definition stands in the template, those inside Parallel and Map too. */
function tasksOf(scene: Scene): Task[] {
  return scene.all('AWS::StepFunctions::StateMachine').flatMap((machine) => {
    const own = machine.value('Definition')
    const whole = isState(own) ? own : parsed(machine.text('DefinitionString'))
    if (whole === undefined) return []
    const base = isState(own) ? ['Definition'] : ['DefinitionString']
    return statesIn(whole, isState(own) ? base : undefined).map((found) => ({
      machine,
      whole,
      ...found,
      path: found.path ?? base,
    }))
  })
}

type Found = Omit<Task, 'machine' | 'whole' | 'path'> & { readonly path: readonly (string | number)[] | undefined }

/** Deeper than any definition that AWS takes; a text may be nested as deep as it is long. */
const DEEPEST = 50

function statesIn(holder: State, path: readonly (string | number)[] | undefined, depth = 0): Found[] {
  const states = holder['States']
  if (!isState(states) || depth > DEEPEST) return []
  return Object.entries(states).flatMap(([name, state]): Found[] => {
    if (!isState(state)) return []
    const here = path === undefined ? undefined : [...path, 'States', name]
    const below = (member: string, inner: unknown, ...more: number[]): Found[] =>
      isState(inner) ? statesIn(inner, here === undefined ? undefined : [...here, member, ...more], depth + 1) : []
    const branches = Array.isArray(state['Branches']) ? (state['Branches'] as readonly unknown[]) : []
    return [
      ...(state['Type'] === 'Task' ? [{ name, state, path: here }] : []),
      ...branches.flatMap((branch, i) => below('Branches', branch, i)),
      ...below('ItemProcessor', state['ItemProcessor']),
      ...below('Iterator', state['Iterator']),
    ]
  })
}

function parsed(text: string | undefined): State | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isState(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isState(value: unknown): value is State {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
