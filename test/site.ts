// A distribution before an origin that answers as a test tells it, for the tests of CloudFront.
import type { Call } from '../sim/engine/calls.ts'
import type { Config, Op, ServiceDef, Sim } from '../sim/model/contract.ts'
import * as p from '../sim/model/p.ts'
import { distribution } from '../sim/services/cloudfront/distribution.ts'
import { lab, type Answer, type Lab, type LabOptions, type Part } from './kit.ts'

/** What the scripted origin answers: a list in order, the last one for ever. Functions of the request are kept outside of the state. */
export interface Reply {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly after?: number
  readonly length?: number
}

export interface Origin {
  readonly sim: Sim
  readonly script: readonly Reply[]
  readonly seen: any[]
}

const originOp: Op<Origin> = {
  doc: 'Answers as its script says.',
  target: 'Url',
  params: ['Path', 'Headers', 'Body'],
  run: (self: Origin, call: Call) => {
    const { sim, script, seen } = self
    const reply = script[Math.min(seen.length, script.length - 1)]!
    seen.push(sim.calls.body[call])
    const { status = 200, headers, after = 0, length } = reply
    sim.calls.answer[call] = { statusCode: status, headers, ContentLength: length }
    sim.replyAfter(after, call, status >= 300 ? sim.error(`Origin${status}`, status) : 0)
  },
}

export const scripted: ServiceDef<Origin> = {
  type: 'Sim::Http::Server',
  family: 'compute',
  namespace: 'Sim',
  dimension: 'Server',
  summary: 'An origin that answers as it is told.',
  models: [],
  omits: [],
  quotas: {},
  assumptions: {},
  props: { Script: p.any('Answers.'), Url: p.string('The address.') },
  create: (config, sim) => ({ sim, script: config['Script'] as readonly Reply[], seen: [] }),
  ops: Object.fromEntries(['GET', 'POST', 'PUT', 'DELETE', 'PATCH'].map((method) => [`http:${method}`, originOp])),
  timers: {},
  metrics: {},
  invariants: {},
  view: { glyph: 'server', label: 'Origin', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
}

const INSTANT = { ViewerRoundTrip: '0ms', RegionalRoundTrip: '0ms', OriginRoundTrip: '0ms', EdgeLocations: '1' }
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']
export const OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6'
export const DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'

export interface Given {
  /** Of the default behaviour. */
  readonly behavior?: Record<string, unknown>
  readonly config?: Record<string, unknown>
  readonly origin?: Record<string, unknown>
  readonly script?: readonly Reply[]
  readonly parts?: Record<string, Part>
  readonly assumptions?: Record<string, string>
  readonly options?: LabOptions
}

export const CUSTOM = { OriginProtocolPolicy: 'https-only' }

export function site({ behavior, config, origin, script = [{}], parts, assumptions, options }: Given = {}): Lab {
  const DistributionConfig = {
    Enabled: true,
    Origins: [{ Id: 'one', DomainName: 'Origin', CustomOriginConfig: CUSTOM, ...origin }],
    DefaultCacheBehavior: {
      TargetOriginId: 'one',
      ViewerProtocolPolicy: 'allow-all',
      ForwardedValues: { QueryString: false },
      ...behavior,
    },
    ...config,
  }
  return lab(
    {
      Origin: { def: scripted, properties: { Script: script } },
      Site: { def: distribution, properties: { DistributionConfig }, assumptions: { ...INSTANT, ...assumptions } },
      ...parts,
    },
    {
      probe: [
        ...METHODS.map((method) => ['Site', `http:${method}`] as const),
        ...(
          [
            'CreateInvalidation',
            'GetInvalidation',
            'UpdateDistribution',
            'GetDistribution',
            'GetSignedUrl',
            'GetSignedCookies',
          ] as const
        ).map((name) => ['Site', `cloudfront:${name}`] as const),
      ],
      ...options,
    },
  )
}

export function get(at: Lab, Path: string, more: Record<string, unknown> = {}): Answer {
  return at.ask('Site', 'http:GET', { Path, ...more })
}

export const seen = (at: Lab, name = 'Origin'): any[] => at.state<Origin>(name).seen
export const asked = (at: Lab, name = 'Origin'): number => seen(at, name).length
export const cache = (answer: Answer): string => answer.answer['X-Cache'] as string
export const HIT = 'Hit from cloudfront'
export const MISS = 'Miss from cloudfront'

export const policy = (more: Record<string, unknown>): { readonly type: string; readonly config: Config } => ({
  type: 'AWS::CloudFront::CachePolicy',
  config: {
    CachePolicyConfig: {
      Name: 'own',
      MinTTL: 0,
      DefaultTTL: 86_400,
      MaxTTL: 31_536_000,
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingGzip: false,
        CookiesConfig: { CookieBehavior: 'none' },
        HeadersConfig: { HeaderBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'none' },
        ...more,
      },
    },
  },
})
export const withPolicy = (more: Record<string, unknown>, given: Given = {}): Lab =>
  site({
    ...given,
    behavior: { CachePolicyId: 'Policy', ForwardedValues: undefined, ...given.behavior },
    options: { beside: { Policy: policy(more) }, ...given.options },
  })

export interface Version {
  readonly sim: Sim
  readonly returns: any
  readonly seen: any[]
}

/** A version of a function that returns what it is told, and remembers its events. */
export const version: ServiceDef<Version> = {
  type: 'AWS::Lambda::Version',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: 'Resource',
  summary: 'A function at the edge for tests.',
  models: [],
  omits: [],
  quotas: {},
  assumptions: {},
  props: { FunctionName: p.string('The function.'), Returns: p.any('What it returns, or `status` of its refusal.') },
  create: (config, sim) => ({ sim, returns: config['Returns'], seen: [] }),
  ops: {
    'lambda:InvokeFunction': {
      doc: 'Runs it.',
      target: 'FunctionName',
      params: ['Payload'],
      run: ({ sim, returns, seen: events }: Version, call: Call) => {
        events.push((sim.calls.body[call] as { Payload: any }).Payload)
        if (returns?.refuses !== undefined) {
          sim.reply(call, sim.error(returns.refuses as string, 429))
          return
        }
        sim.calls.answer[call] = { StatusCode: 200, Payload: returns?.payload, FunctionError: returns?.error }
        sim.reply(call, 0)
      },
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  view: { glyph: 'version', label: 'Version', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
}
