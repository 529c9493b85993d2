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

  it('of counts come at random at each period’s own rate', () => {
    const n = requests('Arrivals: "trace(t.csv, count=n, period=1m, scale=2)"', '2m', 'n\n600\n0\n9999\n')
    expect(Math.abs(n - 1200)).toBeLessThan(150)
  })

  it('tell what is wrong with the file', () => {
    expect(told('Arrivals: "trace(t.csv, column=tme)"', 'time\n1\n')).toContain('did you mean `time`?')
    expect(told('Arrivals: "trace(t.csv)"', '1\nx\n')).toContain('line 2')
    expect(told('Arrivals: "trace(t.csv)"', '')).toContain('no values')
    expect(told('Arrivals: "trace(t.csv, unit=min)"', '1\n')).toContain('`min` is not a unit of a trace')
    expect(told('Arrivals: "trace(t.csv, count=n, unit=s)"', 'n\n1\n')).toContain('`count=` names the column')
    expect(told('Arrivals: "trace(t.csv, scale=2)"', '1\n')).toContain('it belongs to `count=`')
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
