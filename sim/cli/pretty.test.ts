// The report for people: what stands in it, and that it keeps to the width of the terminal.
import { describe, expect, it } from 'vitest'
import type { MetricSummary, Report, ResourceReport } from '../run/report.ts'
import { plainJson } from '../diag/text.ts'
import { prettyReport } from './pretty.ts'
import { wrapWords } from './wrap.ts'

const metric = (name: string, more: Partial<MetricSummary> = {}): MetricSummary => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { FunctionName: 'Work' },
  unit: 'Count',
  kind: 'count',
  samples: 1,
  sum: 1,
  average: 1,
  minimum: 1,
  maximum: 1,
  ...more,
})
const times = (name: string, samples: number): MetricSummary =>
  metric(name, { unit: 'Milliseconds', kind: 'distribution', samples, p50: 1120, p90: 1200, p99: 1330, p999: 1340 })
const resource = (name: string, type: string, more: Partial<ResourceReport> = {}): ResourceReport => ({
  name,
  type,
  received: 0,
  succeeded: 0,
  throttled: 0,
  failed: 0,
  errors: {},
  sent: 0,
  metrics: [],
  ...more,
})
const QUEUE = resource('Jobs', 'AWS::SQS::Queue', { received: 1200, succeeded: 29 })
const calls = [
  {
    from: 'Load',
    to: 'Jobs',
    action: 'sqs:SendMessage',
    sent: 1200,
    answered: 29,
    failed: 0,
    throttled: 0,
    retried: 0,
    open: 1171,
  },
]
const report = (more: Partial<Report>): Report => ({
  schema: 'hotshard.report/1',
  scenario: 'orders.yaml',
  seed: '1',
  profile: 'current',
  duration: 60,
  simulated: 60,
  warmUp: 0,
  events: 10,
  requests: 10,
  partial: false,
  parameters: {},
  resources: [QUEUE],
  calls,
  insights: [],
  expectations: [],
  broken: [],
  notSimulated: [],
  inferred: [],
  digest: { total: '0', components: {}, checkpoints: [] },
  reproduce: 'npx hotshard run orders.yaml',
  ...more,
})
const shown = (more: Partial<Report>, width = 110): string => prettyReport(report(more), { color: false, width })
const expectation = (ok: boolean): Report['expectations'][number] => ({
  text: 'sum(Jobs.NumberOfMessagesSent) > 1',
  ok,
  measured: '0',
})

describe('the report for people', () => {
  it('ends with what became of the expectations, in the colour of the answer', () => {
    expect(shown({ expectations: [true, true].map(expectation) })).toMatch(/\n2 expectations hold\n$/)
    const failing = report({ expectations: [true, false, false, true].map(expectation) })
    expect(prettyReport(failing, { color: false, width: 80 })).toMatch(/\n2 of 4 expectations failed\n$/)
    expect(prettyReport(failing, { color: true, width: 80 })).toContain('\u001b[31m2 of 4 expectations failed')
  })

  it('has the bill: the dearest first, lines of what was used, totals, and what is missing', () => {
    const line = (item: string, used: number, month: number) => ({
      ...{
        price: 'test.Line',
        item,
        unit: 'requests',
        used,
        usedMonth: used,
        usd: '1',
        per: 1,
        run: month / 730,
        month,
      },
    })
    const of = (name: string, month: number, ...lines: ReturnType<typeof line>[]) => ({
      ...{ resource: name, type: 'AWS::Test::Thing', lines, run: month / 730, month },
    })
    const bill: NonNullable<Report['bill']> = {
      seconds: 60,
      resources: [
        of('Cheap', 1, line('Requests', 10, 1)),
        of('Unused', 0, line('Requests', 0, 0)),
        of('Dear', 73_000, line('Requests', 12_345, 72_000), line('Hours', 2, 1000), line('Nothing', 0, 0)),
      ],
      discounts: [{ price: 'test.Line', text: 'free tier', month: 0.5 }],
      run: 100,
      month: 73_000.5,
      unpriced: [{ type: 'AWS::Test::Other', resources: ['A', 'B'] }],
      unbilled: [{ type: 'AWS::Test::Thing', what: ['logs', 'data transfer'] }],
    }
    const lines = shown({ bill }).split('\n')
    const at = lines.findIndex((each) => /^ {2}Cost/.test(each))
    expect(lines.slice(at, at + 9)).toEqual([
      '  Cost                        used   in the run     in a month',
      '  Dear   Requests  12,345 requests    98.63 USD  72,000.00 USD',
      '         Hours          2 requests     1.37 USD   1,000.00 USD',
      '  Cheap  Requests      10 requests  0.00137 USD       1.00 USD',
      '  total                              100.00 USD  73,000.50 USD',
      '  test.Line: free tier, -0.500 USD a month',
      '  not priced: AWS::Test::Other (A, B)',
      '  not on the bill: logs, data transfer',
      '  list prices of us-east-1; the run is 60 s, the month 730 h like it',
    ])
    for (const width of [50, 70, 110])
      for (const each of shown({ bill }, width).split('\n')) expect(each.length).toBeLessThanOrEqual(width)
  })

  it('has a row for what was called, and one line for what was not', () => {
    const text = shown({
      resources: [
        QUEUE,
        resource('Dead', 'AWS::SQS::Queue'),
        resource('WorkVersion1', 'AWS::Lambda::Version'),
        resource('Feed', 'AWS::Lambda::EventSourceMapping', { sent: 7, metrics: [metric('PolledEventCount')] }),
        resource('Operator', 'Sim::Client::Operator', { sent: 1 }),
        resource('Load', 'Sim::Client::Workload', { sent: 5, metrics: [metric('Requests', { sum: 5 })] }),
        resource('Sim::Lambda::Account', 'Sim::Lambda::Account', { metrics: [metric('ConcurrentExecutions')] }),
      ],
    })
    expect(text).toMatch(/^ {2}Jobs +SQS::Queue +1,200 +29 +0 +0$/m)
    expect(text).toMatch(/^ {2}Load +Client::Workload +5 +0 +0$/m)
    expect(text).toMatch(/^ {2}no traffic: Dead$/m)
    expect(text).toMatch(/^ {2}Feed$/m)
    expect(text).not.toContain('Operator')
    expect(text).not.toContain('Sim::Lambda::Account')
  })

  it('shows an account of its own only when something was refused there', () => {
    const account = (more: Partial<ResourceReport>): string =>
      shown({ resources: [QUEUE, resource('Sim::Ec2::Account', 'Sim::Ec2::Account', more)] })
    expect(account({ details: { lines: ['8 of 64 vCPUs'] } })).not.toContain('vCPUs')
    expect(account({ details: { lines: ['8 of 64 vCPUs'] }, errors: { VcpuLimitExceeded: 2 } })).toContain('vCPUs')
  })

  it('names a metric of AWS once where it is counted for a group too, one of a user for each dimension', () => {
    const of = (namespace: string, dimensions: Record<string, string>) => metric('Count', { namespace, dimensions })
    const clock = (...metrics: MetricSummary[]): number =>
      shown({ resources: [resource('Clock', 'AWS::Scheduler::Schedule', { received: 1, metrics })] }).split('Count 1')
        .length - 1
    expect(clock(of('AWS/Scheduler', { ScheduleName: 'a' }), of('AWS/Scheduler', { ScheduleGroup: 'b' }))).toBe(1)
    expect(clock(of('Own', { Stage: 'a' }), of('Own', { Stage: 'b' }))).toBe(2)
  })

  it('counts what a function behind an alias ran', () => {
    const latency = times('Duration', 153)
    const text = shown({
      resources: [QUEUE, resource('Work', 'AWS::Lambda::Function', { latency, metrics: [latency] })],
    })
    expect(text).toMatch(/^ {2}Work +Lambda::Function +153 +153 +0 +0 +1.12 s/m)
  })

  it('counts the values of a distribution and the calls that are still open', () => {
    const text = shown({ resources: [{ ...QUEUE, metrics: [times('InitDuration', 91)] }] })
    expect(text).toContain('InitDuration 91 × p50 1.12 s p99 1.33 s · 1,171 calls still open')
    expect(shown({ calls: [{ ...calls[0]!, open: 0 }] })).not.toContain('still open')
  })

  it('keeps to the width, without blanks at the ends, and gives columns up in order', () => {
    const latency = times('Duration', 1_234_567)
    const wide: Partial<Report> = {
      resources: [
        resource('A'.repeat(40), 'AWS::Lambda::Function', { received: 1_234_567, latency, sent: 1 }),
        resource('Table', 'AWS::DynamoDB::Table', { received: 1, details: { lines: ['partition of '.repeat(20)] } }),
      ],
      notSimulated: [{ message: 'the stream of the table has no records '.repeat(5), place: 'template.yaml:387:7' }],
      expectations: [{ ...expectation(false), text: 'max(A.B) > max(C.D) * 1.05 during 1m..4m '.repeat(3) }],
    }
    for (const width of [80, 110, 160])
      for (const line of shown(wide, width).split('\n')) {
        expect(line.length, line).toBeLessThanOrEqual(width)
        expect(line).toBe(line.trimEnd())
      }
    const head = (width: number): string => /^ {2}Resource.*$/m.exec(shown(wide, width))![0]
    expect(head(160)).toContain('Type')
    expect(head(110)).not.toContain('Type')
    expect(head(110)).toContain('p90')
    expect(head(90)).not.toContain('p90')
    expect(head(90)).toContain('p99')
  })

  it('says what is going on in at most five sentences, and because of what', () => {
    const insight = {
      kind: 'backlog',
      resource: 'Jobs',
      from: 61,
      to: 600.4,
      title: 'The backlog grows',
      text: 'x '.repeat(90),
      weight: 1,
    }
    const insights = [insight, { ...insight, cause: 0 }, ...Array.from({ length: 5 }, () => ({ ...insight, cause: 6 }))]
    const lines = shown({ insights }).split('\n')
    const at = lines.indexOf('What is going on')
    expect(lines[at + 1]).toMatch(/^ {2}1 {2}The backlog grows: x x/)
    expect(lines.slice(at).join('\n')).toContain('from 61 s to 10 m\n')
    expect(lines.slice(at).join('\n')).toContain('from 61 s to 10 m, because of 1\n')
    // The seventh is not shown, so nobody is sent there.
    expect(lines.join('\n')).not.toContain('because of 7')
    expect(lines).toContain('  and 2 more (all with --format json)')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(110)
    expect(shown({})).toContain('  Nothing is saturated, refused or given up.\n')
  })

  it('says plainly that nothing happened, and what would make something happen', () => {
    const nothing = { requests: 0, calls: [], resources: [resource('Work', 'AWS::Lambda::Function')] }
    expect(shown(nothing)).toContain('no entry point of this template is simulated')
    expect(shown(nothing)).toContain('Load: { Target: Work, Operation: lambda:InvokeFunction, Rate: 10/s }')
    expect(shown(nothing)).not.toContain('Resource  ')
    expect(shown({ ...nothing, resources: [resource('Load', 'Sim::Client::Workload')] })).toContain(
      'no workload made a request',
    )
    expect(shown({})).not.toContain('Nothing happened')
  })
})

describe('what a scenario may not smuggle into a terminal or a CI runner', () => {
  const evil = '\u001b[31mred\u0007\u202e ::error::x ##[group]y ##vso[task.x]'

  it('is taken out of the report for people', () => {
    const text = shown({ description: evil, inferred: [evil], reproduce: evil })
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
    expect(text).not.toMatch(/^\s*::|##\[|##vso\[/m)
    expect(text).toContain('SQS::Queue')
  })

  it('is escaped in JSON, which means the same', () => {
    const text = plainJson({ evil }, 2)
    expect(text).not.toMatch(/[\u0007\u202e]|##\[|##vso\[/)
    expect(JSON.parse(text)).toEqual({ evil })
  })
})

describe('wrapped words', () => {
  it('hang from the second line on, and a word that is too long stays whole', () => {
    expect(wrapWords('a bb ccc dddd', 6, 2)).toEqual(['a bb', '  ccc', '  dddd'])
    expect(wrapWords('abcdefgh ij', 4)).toEqual(['abcdefgh', 'ij'])
    expect(wrapWords('the first 2 m, or', 12)).toEqual(['the first', '2 m, or'])
    expect(wrapWords('', 10)).toEqual([''])
  })
})
