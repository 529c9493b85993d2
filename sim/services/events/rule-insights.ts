// What went wrong at a rule: deliveries that nobody lets in, that came to nothing, or that the account's limit holds back.
import type { Finding, Look } from '../../model/contract.ts'
import { all, count, counted, percent } from '../../parts/words.ts'
import type { Rule } from './rule.ts'

export function ruleFindings(self: Rule, look: Look): Finding[] {
  const { deliveries, targets, loops } = self
  const { givenUp, exhausted, denied, started, lost } = deliveries
  const findings: Finding[] = []
  const share = (n: number): number => n / Math.max(1, started.count)
  if (denied.count > 0) {
    const names = targets.filter(({ isDenied }) => isDenied).map(({ to }) => to!)
    findings.push({
      kind: 'target-without-permission',
      from: denied.first,
      to: denied.last,
      share: share(denied.count),
      title: 'A rule may not invoke its target',
      text: `${counted(denied.count, 'delivery', 'deliveries')} of ${look.name} to ${all(names)} ${denied.count === 1 ? 'was' : 'were'} given up at once: no policy there lets events.amazonaws.com in, and missing permissions are not tried again. ${count(lost.count)} were lost.`,
      suspects: names,
    })
  }
  const others = givenUp.count - denied.count
  if (others > 0)
    findings.push({
      kind: exhausted.count > 0 ? 'retries-exhausted' : 'undelivered',
      from: givenUp.first,
      to: givenUp.last,
      share: share(others),
      title: lost.count > 0 ? 'Events of a rule are lost' : 'Events of a rule go to dead letters',
      text: `${counted(others, 'delivery', 'deliveries')} of ${look.name} (${percent(share(others))}) ${others === 1 ? 'was' : 'were'} given up${exhausted.count > 0 ? `, ${count(exhausted.count)} of them after the last retry that their policy allows` : ''}; ${count(lost.count)} were lost.`,
      suspects: look.callees().map(({ other }) => other),
    })
  if (loops.count > 0)
    findings.push({
      kind: 'event-loop',
      from: loops.first,
      to: loops.last,
      share: 0.5,
      title: 'Events go round in circles',
      text: `${counted(loops.count, 'event')} came back to ${look.name} by way of its own target a thousand times and ${loops.count === 1 ? 'was' : 'were'} cut off.`,
      suspects: targets.flatMap(({ action, to }) => (action === 'events:ForwardEvent' && to !== null ? [to] : [])),
    })
  return findings
}
