// What went wrong at a load balancer: targets that fail, groups without a healthy one, errors of its own.
import type { Finding, Look } from '../../model/contract.ts'
import { count, percent, time } from '../../parts/words.ts'
import type { LoadBalancer } from './load-balancer-state.ts'

const LEAST = 5
const LEAST_SHARE = 0.001

const REASONS: ReadonlyMap<number, readonly [kind: string, title: string, why: string]> = new Map([
  [
    0,
    ['no-connection', 'Connections are reset', 'the connection ended, because nobody listened or the target was gone'],
  ],
  [413, ['body-too-large', 'Requests are too large', 'a function takes bodies of at most 1 MB']],
  [
    502,
    ['bad-gateway', 'Targets break off', 'a target broke the connection off, or a function failed or was throttled'],
  ],
  [503, ['no-target', 'There is no target', 'the target group had no target registered']],
  [
    504,
    [
      'gateway-timeout',
      'Targets answer too late',
      'a target did not answer before the idle time-out, or was not reached',
    ],
  ],
])

export function findingsOf(self: LoadBalancer, look: Look): Finding[] {
  return [...darkGroups(self, look), ...ownErrors(self, look)]
}

/** Groups in which nobody was healthy while requests came. */
function darkGroups(self: LoadBalancer, look: Look): Finding[] {
  return self.groups.flatMap((group) => {
    if (group.failedOpen < LEAST) return []
    const isDark = group.darkSince >= 0
    const { from, to } = group.firstDark.from >= 0 ? group.firstDark : { from: group.darkSince, to: look.now }
    if (from < 0) return []
    return [
      {
        kind: 'no-healthy-target',
        from,
        to: isDark ? look.now : to,
        share: Math.min(1, group.failedOpen / Math.max(1, group.requests)),
        title: `${group.name} has no healthy target`,
        text: `All ${count(group.members.length)} targets of ${group.name} failed their health checks, first for ${time(to - from)}: ${count(group.failedOpen)} requests were passed to them all the same, as AWS does when nobody is healthy.`,
        suspects: look.callees().map(({ other }) => other),
      },
    ]
  })
}

function ownErrors(self: LoadBalancer, look: Look): Finding[] {
  return [...self.own].flatMap(([code, stretch]) => {
    const known = REASONS.get(code)
    const share = stretch.count / Math.max(1, self.requests)
    if (known === undefined || stretch.count < LEAST || share < LEAST_SHARE) return []
    const [kind, title, why] = known
    const what = code === 0 ? 'reset' : `answered with ${code}`
    return [
      {
        kind,
        from: stretch.first,
        to: stretch.last,
        share,
        title,
        text: `${count(stretch.count)} of the requests to ${look.name} (${percent(share)}) were ${what} by the load balancer itself: ${why}.`,
        suspects: look.callees().map(({ other }) => other),
      },
    ]
  })
}
