// Workloads read and run: open, closed, ramps, bursts and traces, and what each client does.
import { describe, expect, it } from 'vitest'
import { problemsOf, scenarioOf } from '../../test/scenarios.ts'
import { runScenario } from '../run/run.ts'
import type { Workload } from '../services/client/workload.ts'
import type { FileReader } from './scenario.ts'

const text = (load: string, duration = '10m'): string => `
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 1000, ServiceTime: 100ms } }
Simulation:
  Duration: ${duration}
  Workloads:
    Load: { Target: Origin, Operation: http:GET, ${load} }
`
const files = (content: string): FileReader => ({ read: () => ({ ok: true, value: content }) })
const requests = (load: string, duration?: string, content = ''): number =>
  runScenario(scenarioOf(text(load, duration), { files: files(content) })).world.stateOf<Workload>('Load').requests
const told = (load: string, content = ''): string => problemsOf(text(load), { files: files(content) })

describe('open workloads', () => {
  it('come at their rate, regular to the request', () => {
    expect(requests('Arrivals: regular, Rate: 120/min')).toBe(1200)
    expect(Math.abs(requests('Rate: 10/s') - 6000)).toBeLessThan(4 * Math.sqrt(6000))
  })

  it('follow straight lines between points, and steps where two points share a time', () => {
    expect(requests('Arrivals: regular, Rate: [{ At: 0s, Value: 0/s }, { At: 10m, Value: 4/s }]')).toBe(1200)
    expect(
      requests('Arrivals: regular, Rate: [{ At: 0s, Value: 0/s }, { At: 5m, Value: 0/s }, { At: 5m, Value: 4/s }]'),
    ).toBe(1200)
  })

  it('stop after their count', () => {
    expect(requests('Rate: 10/s, Count: 7')).toBe(7)
  })

  it('in bursts come only part of the time', () => {
    const n = requests('Rate: 100/s, Arrivals: "bursty(on=1s, off=9s)"')
    expect(n).toBeGreaterThan(2_000)
    expect(n).toBeLessThan(12_000)
  })
})

describe('closed workloads', () => {
  it('send again when the answer has come and the user has thought', () => {
    expect(requests('Users: 2, ThinkTime: 900ms')).toBe(1202)
  })

  it('ramp up', () => {
    const n = requests('Users: [{ At: 0s, Value: 0 }, { At: 10m, Value: 20 }], ThinkTime: 900ms')
    expect(Math.abs(n - 6000)).toBeLessThan(350)
  })
})

describe('traces', () => {
  it('of moments come at these moments, skipped and sped up', () => {
    expect(requests('Arrivals: "trace(t.csv, column=time)"', '10m', 'time,x\n0.5,a\n2,b\n599,c\n601,d\n')).toBe(3)
    expect(requests('Arrivals: "trace(t.csv, unit=ms, from=1s, speed=2)"', '10m', '500\n1500\n2000\n1201001\n')).toBe(2)
  })

  it('of counts come exactly, in the period in which they were counted', () => {
    const counts = 'Arrivals: "trace(t.csv, count=n, period=1m, scale=2)"'
    expect(requests(counts, '1m', 'n\n600\n0\n9999\n')).toBe(1200)
    expect(requests(counts, '2m', 'n\n600\n0\n9999\n')).toBe(1200)
    expect(requests(counts, '3m', 'n\n600\n0\n9999\n')).toBe(1200 + 2 * 9999)
  })

  const CLOUDWATCH = JSON.stringify({
    Label: 'Invocations',
    Datapoints: [
      { Timestamp: '2026-01-05T10:02:00+00:00', Sum: 30, Unit: 'Count' },
      { Timestamp: '2026-01-05T10:00:00+00:00', Sum: 10, Unit: 'Count' },
    ],
  })
  const LOG = [
    '10.0.0.1 - - [05/Jan/2026:10:00:07 +0000] "GET /b HTTP/1.1" 200 70 "-" "curl/8"',
    '10.0.0.1 - - [05/Jan/2026:10:00:01 +0000] "GET /a HTTP/1.1" 200 10 "-" "curl/8"',
    '10.0.0.2 - - [05/Jan/2026:11:00:05 +0100] "GET /c HTTP/1.1" 404 -',
  ]

  it('are found out from the text: metrics of CloudWatch, access logs, and what is said of them', () => {
    const played = (arrivals: string, content: string) =>
      scenarioOf(text(`Arrivals: "${arrivals}"`), { files: files(content) })
    const of = (arrivals: string, content: string, duration: string): number =>
      requests(`Arrivals: "${arrivals}"`, duration, content)
    expect([
      of('trace(t.json, period=1m)', CLOUDWATCH, '1m'),
      of('trace(t.json, period=1m)', CLOUDWATCH, '2m'),
      of('trace(t.json, period=1m)', CLOUDWATCH, '3m'),
    ]).toEqual([10, 10, 40])
    expect(played('trace(t.json, period=1m)', CLOUDWATCH).inferred[0]).toBe(
      'the workload `Load` plays `t.json`, 1 metric of CloudWatch as JSON: 40 requests in 3 m',
    )
    const moments = played('trace(access.log)', LOG.join('\n')).plan.components.find(
      ({ name }) => name === 'Load',
    )!.config
    expect(moments['TraceTimes']).toEqual(Float64Array.of(0, 4_000_000, 6_000_000))
    expect(of("trace(access.log, from='2026-01-05 10:00:05')", LOG.join('\n'), '10m')).toBe(2)
    expect(played('trace(access.log, format=access-log)', LOG.join('\n')).inferred).toEqual([])
  })

  it('leave out lines that cannot be read, and refuse a file in which they are many', () => {
    const many = Array.from({ length: 38 }, (_, i) => `${i}`)
    const told_ = (lines: readonly string[]) =>
      problemsOf(text('Arrivals: "trace(t.csv, column=1)"'), { files: files(lines.join('\n')) })
    expect(told_([...many, 'x', '39'])).toMatch(
      /warning\[malformed-lines\].*1 line is left out[\s\S]*line 39: `x` is no time/,
    )
    expect(told_([...many, 'x', 'y', 'z'])).toMatch(
      /error\[malformed-lines\].*line 39: `x` is no time, and 2 other lines/,
    )
  })

  it('give each request the cells of its own row, numbers as numbers', () => {
    const bodies = (attributes: string, content = LOG.join('\n')) => {
      const scenario = scenarioOf(text(`Arrivals: trace(access.log), Attributes: ${attributes}`), {
        files: files(content),
      })
      const seen: unknown[] = []
      runScenario(scenario, {
        prepare: (world) => {
          world.dispatcher.observer = { sent: (call) => seen.push(world.calls.body[call]), answered: () => {} }
        },
      })
      return seen
    }
    expect(bodies('{ path: column(path), size: column(bytes), fixed: 1 }')).toEqual([
      { path: '/a', size: 10, fixed: 1 },
      { path: '/c', size: 0, fixed: 1 },
      { path: '/b', size: 70, fixed: 1 },
    ])
  })

  it('have no column for a workload without rows, nor one that is not there', () => {
    expect(told('Arrivals: trace(access.log), Attributes: { p: column(paht) }', LOG.join('\n'))).toContain(
      'did you mean `path`?',
    )
    expect(told('Rate: 1/s, Attributes: { p: column(path) }')).toContain('this workload plays no recorded requests')
    expect(told('Arrivals: trace(t.json), Attributes: { p: column(path) }', CLOUDWATCH)).toContain(
      'plays no recorded requests',
    )
    expect(told('Arrivals: "trace(t.json, format=cloudwatch)"', CLOUDWATCH)).toContain(
      '`cloudwatch` is not a format of recordings',
    )
    expect(told('Arrivals: "trace(t.csv, from=\'2026-01-05 10:00\')"', '1\n2\n')).toContain('has no dates')
  })

  it('tell what is wrong with the file', () => {
    expect(told('Arrivals: "trace(t.csv, column=tme)"', 'time\n1\n')).toContain('did you mean `time`?')
    expect(told('Arrivals: "trace(t.csv)"', '1\nx\n')).toContain('line 2')
    expect(told('Arrivals: "trace(t.csv)"', '')).toContain('no values')
    expect(told('Arrivals: "trace(t.csv, unit=min)"', '1\n')).toContain('`min` is not a unit of a trace')
    expect(told('Arrivals: "trace(t.csv, count=n, unit=s)"', 'n\n1\n')).toContain('`count=` names the column')
    expect(told('Arrivals: "trace(t.csv, scale=2)"', '1\n')).toContain('`scale` is of counts by period')
    expect(told('Arrivals: "trace(t.csv)", Rate: 5/s', '1\n')).toContain('`Rate` has no meaning beside a trace')
  })
})

describe('a workload is refused', () => {
  it.each([
    ['Rate: []', '`Rate` has no points'],
    ['Rate: [{ At: 1m, Value: 1/s }, { At: 0s, Value: 1/s }]', 'go back in time'],
    ['Rate: [{ Value: 1/s }]', 'needs `At`'],
    ['Rate: 5/s, Users: 3', 'both `Rate` and `Users`'],
    ['Users: 3, Arrivals: regular', '`Arrivals` has no meaning for users'],
    ['Rate: 5/s, ThinkTime: 1s', '`ThinkTime` has no meaning without `Users`'],
    ['Users: 1000000000', 'expected 0 to 1000000'],
    ['Users: 2.5', 'not a whole number of users'],
    ['Rate: 5/s, Arrivals: "bursty(10s, 0s)"', 'longer than 0s'],
    ['Rate: 5/s, Arrivals: bursty', 'is missing `on` and `off`'],
    ['Rate: 5/s, Client: { Timeout: 0s }', '`Timeout` is 0'],
    ['Rate: 5/s, Client: { Retries: none, MaxAttempts: 3 }', '`MaxAttempts` has no meaning without retries'],
    ['Rate: 5/s, Client: { Retries: standard, Backoff: { Base: 1s } }', '`Retries` has no meaning beside `Backoff`'],
    ['Rate: 5/s, Attributes: 5', '`Attributes` is `5`, not a map'],
    ['Rate: 5/s, Attributes: { id: $.id }', 'there is no event yet'],
    ['Rate: 5/s, Count: ', '`Count` is empty'],
  ])('%s', (load, message) => {
    expect(told(load)).toContain(message)
  })
})

describe('attributes', () => {
  it('draw keys and quantities however deep they stand', () => {
    const scenario = scenarioOf(`
Resources: { Jobs: { Type: AWS::SQS::Queue } }
Simulation:
  Workloads:
    Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1/s, Attributes: { order: { id: uuid, lines: ["uniform(1, 9)"] }, note: hello (world) } }
`)
    const body = scenario.plan.components.find((component) => component.name === 'Load')!.config['Body']
    expect(JSON.stringify(body)).toMatch(/"kind":"key".*"kind":"draw".*"value":"hello \(world\)"/)
  })
})
