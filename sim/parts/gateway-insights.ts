// What went wrong at an API: which throttle refused, whose requests, how many.
import type { Finding, Look } from '../model/contract.ts'
import type { Gateway } from './gateway.ts'
import { all, count, percent, rate } from './words.ts'

const LEAST = 5
const LEAST_SHARE = 0.001

export function gatewayFindings(self: Gateway, look: Look): Finding[] {
  return self.limitsReached().flatMap(({ bucket, refusals, isAccount }) => {
    const refused = refusals.reduce((sum, { count: n }) => sum + n, 0)
    const share = refused / Math.max(1, look.metric('Count', 'Sum') ?? 0)
    const to = Math.max(...refusals.map(({ last }) => last))
    if (refused < LEAST || share < LEAST_SHARE) return []
    const limit = `${rate(bucket.rate, 'request')} with a burst of ${count(bucket.burst)}`
    const callers = look.callers()
    const throttled = callers.reduce((sum, caller) => sum + caller.throttled, 0)
    const whom = callers
      .filter((caller) => caller.throttled > 0)
      .sort((a, b) => b.throttled - a.throttled)
      .slice(0, 3)
      .map((caller) => `${caller.other} (${percent(caller.throttled / Math.max(1, throttled))})`)
    return [
      {
        kind: isAccount ? 'account-throttle' : 'api-throttle',
        from: Math.min(...refusals.map(({ first }) => first)),
        to,
        share,
        title: isAccount ? "The account's throttle refuses requests" : 'A throttle of the API refuses requests',
        text: `${look.name} lets through ${limit}${isAccount ? ', shared by all APIs of the account' : ''}: ${count(refused)} requests (${percent(share)}) got 429${whom.length === 0 ? '' : `: ${all(whom)}`}.`,
        drivers: callers.map(({ other }) => other),
      },
    ]
  })
}
