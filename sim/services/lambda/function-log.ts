// What a function writes to its log group by itself (N.LOGS-04): START, what failed, END and REPORT of each invocation.
//
// Only a group that stands in the template gets it; without one an invocation writes nothing and costs nothing.
import type { Call } from '../../engine/calls.ts'
import type { Near, Ref, Sim } from '../../model/contract.ts'
import { isoText } from '../../parts/calendar.ts'
import type { LambdaFunction } from './function.ts'
import type { InvokeAnswer } from './running.ts'

const GROUP = 'AWS::Logs::LogGroup'

/** The group that a function logs to: the one its LoggingConfig names, else `/aws/lambda/NAME`. */
export function logGroupOf(near: Near): Ref | undefined {
  const named: unknown = near.self.config['LoggingConfig']?.LogGroup
  if (named !== undefined) {
    const group = near.resourceAt(named)
    return group?.type === GROUP ? group.logicalId : undefined
  }
  const isOwn = (name: unknown): boolean => {
    const own = /^\/aws\/lambda\/(.+)$/.exec(String(name))?.[1]
    return own !== undefined && near.resourceAt(own)?.logicalId === near.self.logicalId
  }
  return near.all(GROUP).find(({ config }) => isOwn(config['LogGroupName']))?.logicalId
}

/** The edge to the group; −1 = there is none. */
export function logEdge(to: Ref | undefined, sim: Sim): number {
  return to === undefined ? -1 : sim.edge(to, 'logs:ReceiveLines', closeLogged)
}

/** Timer: the group has the lines. */
export function closeLogged(self: LambdaFunction, call: Call): void {
  self.sim.close(call)
}

/** Writes the lines of an invocation that ends now in the environment at `row`. */
export function logInvocation(self: LambdaFunction, row: number, answer: InvokeAnswer): void {
  const { sim, environments } = self
  const now = sim.clock[0]
  const from = environments.startedAt[row]
  const version = self.versions[environments.version[row]]
  const id = requestId(sim.component, self.replied)
  const label = version.label
  const lines = [{ at: from, message: `START RequestId: ${id} Version: ${label}` }]
  const add = (message: string): void => void lines.push({ at: now, message })
  const moment = isoText(sim.startsAt + now, 3)
  if (answer.FunctionError !== undefined) {
    const { errorMessage } = answer.Payload as { readonly errorMessage: string }
    if (answer.ErrorType === 'Sandbox.Timedout') add(`${moment} ${id} ${errorMessage}`)
    else add(`${moment}\t${id}\tERROR\tInvoke Error\t${JSON.stringify({ errorType: answer.ErrorType, errorMessage })}`)
  }
  add(`END RequestId: ${id}`)
  const duration = now - from
  const started = from - environments.since[row]
  const init = started > 0 ? `\tInit Duration: ${millis(started)} ms` : ''
  const billed = self.meter.billed(duration, duration + started)
  // Of memory only the size is known, not how much of it was used.
  add(
    `REPORT RequestId: ${id}\tDuration: ${millis(duration)} ms\tBilled Duration: ${billed} ms\tMemory Size: ${version.memory} MB${init}`,
  )
  const call = sim.open(self.log, 0, sim.calls.trace[environments.call[row]])
  sim.calls.body[call] = { stream: streamOf(self, row, label), lines }
  sim.send(call)
}

/** The stream of an environment: the day on which it was made, its version, and a number of its own. */
function streamOf({ sim, environments }: LambdaFunction, row: number, label: string): string {
  const day = isoText(sim.startsAt + environments.createdAt[row])
    .slice(0, 10)
    .replaceAll('-', '/')
  return `${day}/[${label}]${hex(environments.serial[row], 32)}`
}

/** The id of a request as AWS writes it, made of the function and the number of the request. */
function requestId(component: number, number: number): string {
  return `${hex(component, 8)}-0000-4000-8000-${hex(number, 12)}`
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/** µs as ms with two digits. */
function millis(us: number): string {
  const hundredths = Math.round(us / 10)
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`
}
