// What a workload suffered and did: requests that failed, calls given up, retries that multiply the load.
import type { Finding, Look } from '../../model/contract.ts'
import { count, exactTime, percent, rate, time, times } from '../../parts/words.ts'
import type { Workload } from './workload.ts'

const MINUTE = 60_000_000
/** The most stretches of time in which retries are looked for. */
const STRETCHES = 2_000
/** Retries multiply the load when a minute has so many calls for each request, and so many of them. */
const FACTOR = 1.5
const RETRIES = 30
const LEAST = 5
const LEAST_SHARE = 0.01

export function findingsOf(self: Workload, look: Look): Finding[] {
  return [...retriesMultiply(self, look), ...givesUp(self, look), ...fails(self, look)]
}

function retriesMultiply(self: Workload, look: Look): Finding[] {
  const step = Math.max(1, Math.ceil(look.now / MINUTE / STRETCHES)) * MINUTE
  let peak = { at: 0, factor: 0, requests: 0, attempts: 0, seconds: 1 }
  let from = -1
  let to = 0
  for (let at = 0; at < look.now; at += step) {
    const end = Math.min(look.now + 1, at + step)
    const requests = look.metric('Requests', 'Sum', at, end) ?? 0
    const attempts = look.metric('Attempts', 'Sum', at, end) ?? 0
    const retries = look.metric('Retries', 'Sum', at, end) ?? 0
    const factor = Math.min(self.attemptsMax, attempts / Math.max(1, attempts - retries))
    if (retries < RETRIES || factor < 1.2 || end <= look.warmUp) continue
    if (from < 0) from = at
    to = end - 1
    const seconds = (Math.min(look.now, at + step) - at) / 1_000_000
    if (factor > peak.factor) peak = { at, factor, requests, attempts, seconds }
  }
  if (peak.factor < FACTOR) return []
  const target = look.callees()[0]?.other ?? 'its target'
  return [
    {
      kind: 'retry-amplification',
      // It cannot have begun before anything failed.
      from: Math.max(from, Math.min(self.givenUp.count > 0 ? self.givenUp.first : Infinity, firstFailure(look))),
      to,
      share: 1 - 1 / peak.factor,
      title: 'Retries multiply the load',
      text: `At ${time(peak.at)}, ${rate(peak.requests / peak.seconds, 'request')} of ${look.name} become ${rate(peak.attempts / peak.seconds, 'call')} to ${target}: each is tried ${times(peak.factor)} times on average, up to ${count(self.attemptsMax)}.`,
      suspects: [target],
    },
  ]
}

function firstFailure(look: Look): number {
  return Math.min(...look.callees().map(({ failed, failedFrom }) => (failed > 0 ? failedFrom : Infinity)), look.now)
}

function givesUp(self: Workload, look: Look): Finding[] {
  const { givenUp } = self
  const lost = look.metric('Timeouts', 'Sum') ?? 0
  const share = lost / Math.max(1, look.metric('Attempts', 'Sum') ?? 0)
  if (lost < LEAST || share < LEAST_SHARE) return []
  const late = look.metric('LateAnswers', 'Sum') ?? 0
  return [
    {
      kind: 'client-time-outs',
      isFelt: true,
      from: givenUp.first,
      to: givenUp.last,
      share,
      title: 'Clients give up before the answer',
      text:
        `${look.name} gave up ${count(lost)} calls (${percent(share)}) after ${exactTime(self.timeout)}` +
        (late > 0 ? `; ${count(late)} of them were answered later, work for nobody.` : '.'),
      suspects: look.callees().map(({ other }) => other),
    },
  ]
}

function fails(self: Workload, look: Look): Finding[] {
  const { lost } = self
  const failures = look.metric('Failures', 'Sum') ?? 0
  const requests = look.metric('Requests', 'Sum') ?? 0
  const share = failures / Math.max(1, requests)
  if (failures < LEAST || share < LEAST_SHARE) return []
  return [
    {
      kind: 'requests-failed',
      isFelt: true,
      from: lost.first,
      to: lost.last,
      share,
      title: `Requests of ${look.name} fail`,
      text: `${count(failures)} of ${count(requests)} requests of ${look.name} (${percent(share)}) ended with an error or a time-out.`,
      suspects: look.callees().map(({ other }) => other),
    },
  ]
}
