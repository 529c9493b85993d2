// Tests that a warm-up that is too short is told wherever a report is read, and what to write instead.
import { expect, test } from 'vitest'
import { scenarioOf } from '../../test/scenarios.ts'
import { prettyReport } from '../cli/pretty.ts'
import { runWithHistory } from '../frames/history.ts'
import { reportOf, type WarmUpAdvice } from '../run/report.ts'
import { Running } from '../run/run.ts'
import { reportHtml } from './html.ts'
import { adviceText } from './warm-up.ts'

const ADVICE: WarmUpAdvice = {
  ...{ series: 'Load.Latency', unit: 'Milliseconds', given: 30, needed: 80 },
  ...{ mean: 40, biased: 50 },
}

test('the sentence says what settles when, what the figures are, and what to write', () => {
  expect(adviceText(ADVICE)).toBe(
    'WarmUp of 30 s is too short: Load.Latency settles after 80 s (MSER-5); its mean is 50.0 ms here and 40.0 ms from then on, 25 % too high. Write `WarmUp: 80s`.',
  )
  const queue = { series: 'Jobs.ApproximateNumberOfMessagesVisible', unit: 'Count', given: 0, needed: 180 } as const
  expect(adviceText({ ...queue, mean: 20, biased: 15 })).toBe(
    'WarmUp of 0 s is too short: Jobs.ApproximateNumberOfMessagesVisible settles after 3 m (MSER-5); its mean is 15 here and 20 from then on, 25 % too low. Write `WarmUp: 3m`.',
  )
  expect(adviceText({ ...queue, mean: 0, biased: 15 })).toContain('its mean is 15 here and 0 from then on. Write')
})

test('the terminal and the page have it above the figures, and only when there is something to say', () => {
  const running = new Running(
    scenarioOf(`
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 5ms } } }
Simulation:
  Duration: 10s
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 5/s } }
`),
  )
  const history = runWithHistory(running)
  const run = running.finish()
  const [with_, without] = [reportOf(run, 'repeat', ADVICE), reportOf(run, 'repeat')]
  const style = { color: false, width: 300 }
  expect(prettyReport(with_, style)).toContain(adviceText(ADVICE))
  expect(prettyReport(with_, style).indexOf('WarmUp of')).toBeLessThan(prettyReport(with_, style).indexOf('Origin'))
  expect(reportHtml(with_, history, [])).toContain('WarmUp of 30 s is too short')
  expect([prettyReport(without, style), reportHtml(without, history, [])].join()).not.toContain('too short')
})
