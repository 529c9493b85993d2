// AWS::Lambda::Url: an HTTPS address of a function, or of one of its aliases, without an API in front of it.
import type { Call } from '../../engine/calls.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Config, Near, Op, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { Population } from '../../parts/population.ts'
import { allow, permissionOf } from '../../parts/resource-policy.ts'
import { quotas } from './function.facts.ts'
import { assumptions } from './url.facts.ts'

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const
const ACTION = 'lambda:InvokeFunctionUrl'
const ERRORS = ['AccessDeniedException', 'TooManyRequestsException', 'BadGatewayException']

const http: Op<FunctionUrl> = {
  doc: 'A request of anybody; its body is the event that the function gets.',
  target: 'Url',
  params: ['Body', 'Path', 'Headers'],
  errors: ERRORS,
  run: (self, call) => self.invoke(call, false),
}

export const url: ServiceDef<FunctionUrl> = {
  type: 'AWS::Lambda::Url',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: 'FunctionName',
  dimensionValue: (config) => String(config['Name']),
  summary: 'Lets a function be called over HTTPS.',
  models: [
    'Each request is a synchronous invocation; its caller waits for the answer. `GET /path` is a request of anybody, `lambda:InvokeFunctionUrl` one that is signed with credentials.',
    'An answer with `statusCode` is the client’s answer; any other becomes the body of a 200. A function error is 502, a throttle 429; nothing is tried again.',
    'Without `AuthType: NONE` requests must be signed; with it, the function’s resource policy must let everybody in, else 403.',
    '`RESPONSE_STREAM`: up to 200 MB instead of 6; the first 6 MB as fast as they come, then 2 MB a second, while the environment stays busy. How large an answer is says its `BodySize`, else its text.',
  ],
  omits: [
    'Which identity a signed request has, unless it is an action with a profile; CORS; DNS and TLS.',
    'Paths, methods and headers make no difference to the event; it is what the client’s attributes say.',
  ],
  quotas,
  assumptions,
  // An address costs nothing beside its function.
  prices: {},
  props: {
    TargetFunctionArn: p.ref('The function.', { required: true }),
    Qualifier: p.string('The alias; without it the address leads to `$LATEST`.'),
    AuthType: p.oneOf('Whether requests must be signed.', ['AWS_IAM', 'NONE'], { required: true }),
    InvokeMode: p.oneOf('Whether the answer is sent whole or as it is made.', ['BUFFERED', 'RESPONSE_STREAM'], {
      default: 'BUFFERED',
    }),
    Cors: p.inert('Which pages of others may call it.'),
  },
  gather,
  entry: (_, operation) => {
    const asked = /^([A-Za-z]+)\s+\/\S*$/.exec(operation)
    if (asked === null) return undefined
    const method = METHODS.find((each) => each === asked[1].toUpperCase())
    if (method === undefined)
      return { error: `\`${asked[1]}\` is not simulated here`, help: `possible are ${METHODS.join(', ')}` }
    return { action: `http:${method}`, arg: 0 }
  },
  carries: () => true,
  entries: ({ AuthType: auth }) => [auth === 'NONE' ? 'GET /' : ACTION],
  create: (config, sim) => new FunctionUrl(config, sim),
  ops: {
    [ACTION]: {
      doc: 'A signed request; its body is the event that the function gets.',
      target: 'FunctionName',
      errors: ERRORS,
      run: (self, call) => self.invoke(call, true),
    },
    ...Object.fromEntries(METHODS.map((method) => [`http:${method}`, http])),
  },
  timers: { urlAnswered },
  metrics: {
    UrlRequestCount: { unit: 'Count', kind: 'count', doc: 'Requests.' },
    Url4xxCount: { unit: 'Count', kind: 'count', doc: 'Requests answered 400 to 499.' },
    Url5xxCount: { unit: 'Count', kind: 'count', doc: 'Requests answered 500 to 599.' },
    UrlRequestLatency: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'From the arrival of a request to its answer.',
    },
  },
  invariants: {
    'every request is answered once or inside': (self) => self.inside.entered === self.inside.left + self.inside.inside,
    'requests inside keep to Little’s law': (self) => self.inside.holds(self.sim.clock[0]),
  },
  traced: {
    answer: 'on its way',
    serves: ({ sim }, call) => sim.calls.cookie[call],
  },
  view: {
    glyph: 'url',
    label: 'Function URL',
    partOf: (config) => config['TargetFunctionArn'] as string,
    level: (self) => self.inside.inside,
    levelMax: (self) => Math.max(1, self.inside.peak),
    tone: (self) => (self.lastFailed ? 'failing' : self.inside.inside > 0 ? 'busy' : 'calm'),
  },
}

/** Where requests go, and whether everybody may make them. */
function gather(near: Near): Readonly<Record<string, unknown>> {
  const { config, logicalId } = near.self
  const of = config['TargetFunctionArn'] as string
  const fn = near.all('AWS::Lambda::Function').find((view) => view.logicalId === of)
  const qualifier = config['Qualifier'] as string | undefined
  const alias =
    qualifier === undefined
      ? undefined
      : near
          .all('AWS::Lambda::Alias')
          .find((view) => view.config['FunctionName'] === of && view.config['Name'] === qualifier)
  if (qualifier !== undefined && alias === undefined)
    near.self.error(
      ['Properties', 'Qualifier'],
      'unknown-resource',
      `\`${of}\` has no alias \`${qualifier}\``,
      'a function URL leads to an alias of its function, or without `Qualifier` to `$LATEST`',
    )
  const to = alias?.logicalId ?? of
  const resolve = (text: string): string | undefined => near.resourceAt(text)?.logicalId
  const statements = near
    .all('AWS::Lambda::Permission')
    .filter((view) => resolve(String(view.config['FunctionName'])) === to)
    .map((view) => permissionOf(view.config))
  const delivery = { service: '*', action: ACTION, source: logicalId, target: to } as const
  return {
    To: to,
    Name: fn?.config['FunctionName'] ?? of,
    IsOpen: config['AuthType'] === 'NONE' && allow(statements, delivery, resolve),
  }
}

/** What `lambda:InvokeFunction` answers. */
interface LambdaAnswer {
  readonly Payload: unknown
  readonly FunctionError?: string
}

const FORBIDDEN = Object.freeze({
  statusCode: 403,
  body: '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}',
})
const FAILED = Object.freeze({ statusCode: 502, body: 'Internal Server Error' })
const NAMES: Readonly<Record<number, string>> = {
  403: 'AccessDeniedException',
  429: 'TooManyRequestsException',
  502: 'BadGatewayException',
}

export class FunctionUrl {
  readonly sim: Sim
  readonly inside = new Population()
  lastFailed = false
  private readonly edge: number
  private readonly streams: boolean
  /** Whether requests that nobody signed are let in, and those that somebody did. */
  private readonly isOpen: boolean
  private readonly takesSigned: boolean
  private readonly latency: ReturnType<Sim['sampler']>
  private readonly rng: ReturnType<Sim['rng']>
  private readonly requests: MetricId
  private readonly clientErrors: MetricId
  private readonly serverErrors: MetricId
  private readonly latencyMetric: MetricId

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.edge = sim.edge(config['To'], 'lambda:InvokeFunction', urlAnswered)
    this.streams = config['InvokeMode'] === 'RESPONSE_STREAM'
    this.isOpen = config['IsOpen']
    this.takesSigned = this.isOpen || config['AuthType'] === 'AWS_IAM'
    this.latency = sim.sampler('Latency')
    this.rng = sim.rng('latency')
    this.requests = sim.metric('UrlRequestCount')
    this.clientErrors = sim.metric('Url4xxCount')
    this.serverErrors = sim.metric('Url5xxCount')
    this.latencyMetric = sim.metric('UrlRequestLatency')
  }

  /** A request comes. */
  invoke(call: Call, isSigned: boolean): void {
    const { sim } = this
    const { calls } = sim
    this.inside.enter(sim.clock[0])
    sim.count(this.requests, 1)
    if (!(isSigned ? this.takesSigned : this.isOpen)) {
      this.finish(call, 403, FORBIDDEN)
      return
    }
    const inner = sim.open(this.edge, call, calls.trace[call])
    const payload = calls.body[call]
    calls.body[inner] = this.streams ? { Payload: payload, ResponseStream: true } : { Payload: payload }
    calls.hops[inner] = calls.hops[call]
    sim.send(inner)
  }

  /** The function has answered. */
  answered(inner: Call): void {
    const { sim } = this
    const call = sim.calls.cookie[inner]
    const status = sim.calls.status[inner]
    const answer = sim.calls.answer[inner] as LambdaAnswer | null
    sim.close(inner)
    if (status !== 0) {
      const http = sim.errors.http[status]
      const code = http === 429 || http === 413 ? http : 502
      this.finish(call, code, code === 502 ? FAILED : { statusCode: code, body: answer })
    } else if (answer?.FunctionError !== undefined) this.finish(call, 502, FAILED)
    else {
      const payload = answer?.Payload as { readonly statusCode?: unknown } | null
      if (typeof payload !== 'object' || payload === null || payload.statusCode === undefined)
        this.finish(call, 200, { statusCode: 200, body: payload })
      else if (isStatus(payload.statusCode)) this.finish(call, payload.statusCode, payload)
      else this.finish(call, 502, FAILED)
    }
  }

  private finish(call: Call, code: number, answer: unknown): void {
    const { sim } = this
    const now = sim.clock[0]
    const since = sim.calls.sentAt[call]
    const delay = this.latency.draw(this.rng)
    this.lastFailed = code >= 500
    sim.count(this.clientErrors, code >= 400 && code < 500 ? 1 : 0)
    sim.count(this.serverErrors, code >= 500 ? 1 : 0)
    sim.record(this.latencyMetric, now - since + delay)
    this.inside.leave(now, since)
    sim.calls.answer[call] = answer
    sim.replyAfter(delay, call, code < 400 ? 0 : sim.error(NAMES[code] ?? `Http${code}`, code))
  }
}

function isStatus(code: unknown): code is number {
  return typeof code === 'number' && Number.isInteger(code) && code >= 100 && code <= 999
}

/** Answer of the function. */
export function urlAnswered(self: FunctionUrl, call: Call): void {
  self.answered(call)
}
