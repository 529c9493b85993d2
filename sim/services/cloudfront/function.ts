// Amazon CloudFront function: a short program at the edge that looks at requests and answers of viewers.
//
// It has a millisecond and nothing but what it is handed: no network, no files. A program that calls others is refused.
import type { Call } from '../../engine/calls.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { Interpreter } from '../../parts/interpreter.ts'
import { Population } from '../../parts/population.ts'
import { EMPTY_PROGRAM, type Program } from '../../parts/program.ts'
import { RetryPolicy, sdkRetries } from '../../parts/retry.ts'
import { assumptions, quotas } from './function.facts.ts'

const NONE = -1

export const cloudfrontFunction: ServiceDef<EdgeFunction> = {
  type: 'AWS::CloudFront::Function',
  family: 'edge',
  namespace: 'AWS/CloudFront',
  dimension: 'FunctionName',
  handled: true,
  summary: 'A CloudFront function: less than a millisecond of JavaScript at viewer events.',
  models: [
    'It sees the request, or at `viewer-response` the answer, and returns what is to become of it; a function that returns nothing lets it pass (CF-R80, CF-R83).',
    'One that computes for more than a millisecond is stopped, and the viewer gets 503 (CF-R85).',
    'Code of up to 10 KB (CF-R85).',
  ],
  omits: ['Key-value stores; stages: what is written is live.'],
  quotas,
  assumptions,
  prices: {
    Invocations: {
      doc: 'Invocations',
      usd: '0.10',
      per: 1_000_000,
      unit: 'invocations',
      free: 2_000_000,
      source: '2025, us-east-1, https://aws.amazon.com/cloudfront/pricing/ [PR-R1]',
      used: (self) => self.inside.entered,
    },
  },
  props: {
    Name: p.string('Its name.', { required: true }),
    FunctionCode: p.string('Its code.', { required: true }),
    FunctionConfig: p.record(
      'How it runs.',
      {
        Comment: p.inert('A text.'),
        Runtime: p.string('The version of JavaScript.', { required: true }),
        KeyValueStoreAssociations: p.unused('the function would read from key-value stores'),
      },
      { required: true },
    ),
    AutoPublish: p.inert('Whether it goes live at once.'),
    FunctionMetadata: p.inert('Its ARN.'),
    Tags: p.inert('Tags.'),
  },
  gather: (near) => {
    const { self } = near
    const size = String(self.config['FunctionCode'] ?? '').length
    if (size > near.quota('CodeSize'))
      self.error(
        ['FunctionCode'],
        'out-of-range',
        `the code has ${size} bytes`,
        `expected up to ${near.quota('CodeSize')}`,
      )
    return {}
  },
  create: (config, sim) => new EdgeFunction(config, sim),
  ops: {
    'cloudfront:RunFunction': {
      internal: true,
      doc: 'Runs the function on an event of a distribution (our own name: no API shows it).',
      target: 'Name',
      params: ['Event'],
      errors: ['FunctionExecutionError', 'FunctionThrottledError'],
      run: (self, call) => self.begin(call),
    },
  },
  timers: { wake, answered, stopped },
  metrics: {
    FunctionInvocations: { unit: 'None', kind: 'count', doc: 'How often it ran.' },
    FunctionValidationErrors: {
      unit: 'None',
      kind: 'count',
      doc: 'How often it returned what is no request and no answer.',
    },
    FunctionExecutionErrors: { unit: 'None', kind: 'count', doc: 'How often it failed.' },
    FunctionThrottles: {
      unit: 'None',
      kind: 'count',
      doc: 'How often it was stopped because it computed for too long.',
    },
    FunctionComputeUtilization: {
      unit: 'Percent',
      kind: 'count',
      doc: 'The part of the time that it may compute which it used, 0 to 100.',
    },
  },
  invariants: {
    'every run has ended or goes on': (self) => self.inside.holds(self.sim.clock[0]),
  },
  traced: { inside: 'runs' },
  view: {
    glyph: 'function',
    label: 'CloudFront function',
    level: (self) => self.inside.inside,
    levelMax: (self) => Math.max(1, self.inside.peak),
    tone: (self) => (self.lastFailed ? 'failing' : self.inside.inside > 0 ? 'busy' : 'calm'),
    readings: [
      { name: 'Runs', unit: '1/s', doc: 'How often it runs.', counter: true, read: (self) => self.inside.entered },
      {
        name: 'Failed',
        unit: '1/s',
        doc: 'Runs that failed or were stopped.',
        counter: true,
        read: (self) => self.failed,
      },
    ],
  },
}

/** A run by the call that it answers. */
interface Run {
  call: Call
  since: number
  frame: number
  timer: number
}

export class EdgeFunction {
  readonly sim: Sim
  readonly inside = new Population()
  readonly interpreter: Interpreter<EdgeFunction>
  failed = 0
  lastFailed = false
  private readonly limit: number
  private readonly rows: Run[] = []
  private readonly free: number[] = []
  private readonly stopTarget: number
  private readonly executionError: number
  private readonly throttled: number
  private readonly metrics: Readonly<Record<'runs' | 'invalid' | 'errors' | 'throttles' | 'utilization', MetricId>>

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    const program = (config['Handler'] as Program | undefined) ?? EMPTY_PROGRAM
    const retries = new RetryPolicy(
      sdkRetries({ mode: 'none', sdk: 'javascript', variant2026: false, action: '' }),
      sim.rng('retries'),
    )
    // What a program may not do here makes it fail where it stands.
    const code = program.code.map((step) =>
      step.op === 'call' || step.op === 'wait'
        ? ({ op: 'fail', error: 'FunctionExecutionError', catches: [] } as const)
        : step,
    )
    this.interpreter = new Interpreter<EdgeFunction>(
      sim,
      { ...program, code },
      this,
      ended,
      retries,
      emit,
      wake,
      answered,
    )
    this.limit = sim.quota('ComputeTime')
    this.stopTarget = sim.target(stopped)
    this.executionError = sim.error('FunctionExecutionError', 503)
    this.throttled = sim.error('FunctionThrottledError', 503)
    const open = (name: string): MetricId => {
      const metric = sim.metric(name)
      sim.metricAlias(metric, name, { Region: 'Global' })
      return metric
    }
    this.metrics = {
      runs: open('FunctionInvocations'),
      invalid: open('FunctionValidationErrors'),
      errors: open('FunctionExecutionErrors'),
      throttles: open('FunctionThrottles'),
      utilization: open('FunctionComputeUtilization'),
    }
  }

  begin(call: Call): void {
    const { sim } = this
    const now = sim.clock[0]
    const row = this.free.pop() ?? this.rows.push({ call: NONE, since: 0, frame: NONE, timer: NONE }) - 1
    const run = this.rows[row]!
    run.call = call
    run.since = now
    this.inside.enter(now)
    sim.count(this.metrics.runs, 1)
    run.timer = sim.timer(this.limit + 1, this.stopTarget, row)
    run.frame = NONE
    const { Event: event } = sim.calls.body[call] as { readonly Event: unknown }
    const frame = this.interpreter.start(event, sim.calls.trace[call], row)
    // It may have ended at once.
    if (run.call === call) run.frame = frame
  }

  end(row: number, status: number, answer: unknown): void {
    const { sim, metrics } = this
    const run = this.rows[row]!
    const { call, since } = run
    const now = sim.clock[0]
    if (run.timer !== NONE) sim.cancel(run.timer)
    run.call = NONE
    this.free.push(row)
    this.inside.leave(now, since)
    this.lastFailed = status !== 0
    if (status !== 0) this.failed++
    if (status === this.throttled) sim.count(metrics.throttles, 1)
    else if (status !== 0) sim.count(metrics.errors, 1)
    else if (typeof answer !== 'object') sim.count(metrics.invalid, 1)
    sim.count(metrics.utilization, Math.min(100, Math.round((100 * (now - since)) / this.limit)))
    sim.calls.answer[call] = { Payload: answer }
    sim.reply(call, status === 0 || status === this.throttled ? status : this.executionError)
  }

  /** It has computed for too long. */
  stop(row: number): void {
    const run = this.rows[row]!
    const { frame } = run
    run.timer = NONE
    if (frame !== NONE) this.interpreter.kill(frame)
    this.end(row, this.throttled, null)
  }
}

function ended(self: EdgeFunction, row: number, status: number, answer: unknown): void {
  self.end(row, status, answer)
}

function emit(): void {
  // A function at the edge has no way to CloudWatch.
}

function wake(self: EdgeFunction, frame: number): void {
  self.interpreter.resume(frame)
}

function answered(self: EdgeFunction, call: Call): void {
  self.interpreter.answered(call)
}

/** Timer: the time that a function has is over. */
function stopped(self: EdgeFunction, row: number): void {
  self.stop(row)
}
