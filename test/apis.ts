// REST APIs in the laboratory, in front of a function that does what its event says.
import type { Call } from '../sim/engine/calls.ts'
import type { Config, Props, ServiceDef, Sim } from '../sim/model/contract.ts'
import { account } from '../sim/services/apigateway/account.ts'
import { restApi } from '../sim/services/apigateway/rest-api.ts'
import { lab, type Answer, type Lab, type LabOptions, type Part } from './kit.ts'

/** A function that does what its event says: `after` µs later it answers, fails or is throttled. */
export interface Stand {
  readonly sim: Sim
  readonly events: any[]
}
export const lambda: ServiceDef<Stand> = {
  type: 'AWS::Lambda::Function',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: 'FunctionName',
  summary: 'Does what its event says.',
  models: [],
  omits: [],
  quotas: {},
  assumptions: {},
  props: {},
  create: (_: Config, sim: Sim) => ({ sim, events: [] }),
  ops: {
    'lambda:InvokeFunction': {
      doc: '',
      run: (self: Stand, call: Call) => {
        const { sim } = self
        const event = (sim.calls.body[call] as { Payload: any }).Payload
        self.events.push(event)
        const throttled = event.throttle === true ? sim.error('TooManyRequestsException', 429) : 0
        sim.calls.answer[call] = {
          StatusCode: 200,
          Payload: 'answer' in event ? event.answer : { statusCode: 200 },
          ...(event.error === true ? { FunctionError: 'Unhandled' } : {}),
        }
        sim.replyAfter(event.after ?? 0, call, throttled)
      },
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  view: { glyph: '', label: '', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
}

/** A resource that only configures another one. */
export const partDef = (type: string): ServiceDef => ({
  ...lambda,
  type: type as 'AWS::X::Y',
  ops: {},
  quotas: restApi.quotas,
  props: restApi.parts![type] as Props,
})
export const stage = (properties: Record<string, unknown> = {}): Part => ({
  def: partDef('AWS::ApiGateway::Stage'),
  properties: { RestApiId: 'Api', StageName: 'prod', ...properties },
})
export const proxy = (uri = 'Fn') => ({
  'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri },
})
export const openApi = (paths: Record<string, unknown>) => ({ info: { title: 'shop' }, paths })
export const REGIONAL = { EndpointConfiguration: { Types: ['REGIONAL'] } }

/** The account, the function and what a test adds. */
export function gateway(parts: Record<string, Part>, options: LabOptions = {}): Lab {
  return lab(
    { 'Sim::ApiGateway::Account': { def: account }, Fn: { def: lambda }, ...parts },
    { probe: [['Api', 'execute-api:Invoke']], ...options },
  )
}
/** An API with one route to the function. */
export function simple(stageProperties: Record<string, unknown> = {}, options: LabOptions = {}): Lab {
  return gateway(
    {
      Api: { def: restApi, properties: { Body: openApi({ '/orders': { post: proxy() } }), ...REGIONAL } },
      Stage: stage(stageProperties),
    },
    options,
  )
}
/** A request to a route by its number. */
export const ask = (at: Lab, event: unknown, arg = 0): Answer => at.ask('Api', 'execute-api:Invoke', event, arg)
