// What AWS services say on the default event bus: a room tells that something happened, and rules with its source get it.
//
// How a room does it:
//   gather:  `TellsBus: hearsOf(near, 'aws.s3')`             – false where nobody would hear it, which then costs nothing
//   create:  `this.told = serviceEvents(config['TellsBus'], sim, closeTold)`, with `closeTold` among the room's timers
//   then:    `tell(sim, this.told, trace, { Source: 'aws.s3', DetailType: 'Object Created', Resources: [arn], Detail: {…} })`
import type { Call } from '../engine/calls.ts'
import type { EventFunction } from '../engine/kernel.ts'
import type { Near, Sim } from '../model/contract.ts'
import { DEFAULT_BUS, isDefaultBus } from './targets.ts'

/** An event of an AWS service, by the names of PutEvents. */
export interface ServiceEvent {
  /** `aws.s3`. */
  readonly Source: `aws.${string}`
  readonly DetailType: string
  readonly Resources?: readonly string[]
  readonly Detail: Readonly<Record<string, unknown>>
}

/** Whether a rule or an archive of the default bus might take events of a service; only patterns that name other sources cannot. */
export function hearsOf(near: Near, source: `aws.${string}`): boolean {
  const onDefault = (bus: unknown): boolean => bus === undefined || isDefaultBus(bus)
  return (
    near
      .all('AWS::Events::Rule')
      .some(({ config }) => onDefault(config['EventBusName']) && mightBe(config['EventPattern'], source)) ||
    near.all('AWS::Events::Archive').some(({ config }) => onDefault(config['SourceArn']))
  )
}

function mightBe(pattern: any, source: string): boolean {
  if (pattern === undefined || pattern === null) return false
  const named: unknown = typeof pattern === 'object' ? pattern.source : undefined
  return !Array.isArray(named) || named.some((each) => typeof each !== 'string' || each === source)
}

/** The way to the default bus; −1 = nobody listens. `closeTold` is the room's timer below. */
export function serviceEvents(hears: boolean, sim: Sim, closed: EventFunction<any>): number {
  return hears ? sim.edge(DEFAULT_BUS, 'events:PutServiceEvent', closed) : -1
}

/** Says that something happened. */
export function tell(sim: Sim, edge: number, trace: number, event: ServiceEvent): void {
  if (edge < 0) return
  const call = sim.open(edge, 0, trace)
  sim.calls.body[call] = event
  sim.send(call)
}

/** Timer of a room: the bus has the event. */
export function closeTold(self: { readonly sim: Sim }, call: Call): void {
  self.sim.close(call)
}
