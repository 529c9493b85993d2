// What went wrong at a bucket: a prefix that is hotter than S3 serves, and events that nobody got.
import type { Finding, Look } from '../../model/contract.ts'
import { counted, percent } from '../../parts/words.ts'
import type { Bucket } from './bucket-state.ts'

/** Refusals are worth a sentence from so many on, and from this share. */
const LEAST = 5
const LEAST_SHARE = 0.001

export function findingsOf(self: Bucket, look: Look): Finding[] {
  return [...slowedDown(self, look), ...unheard(self, look)]
}

function slowedDown({ prefixes }: Bucket, look: Look): Finding[] {
  const { throttled, divided, minutesToDivide } = prefixes
  const share = throttled.count / Math.max(1, look.metric('AllRequests', 'Sum') ?? 0)
  if (throttled.count < LEAST || share < LEAST_SHARE) return []
  const [hottest] = [...prefixes.list].sort((a, b) => b.throttled - a.throttled || a.id - b.id)
  const { prefix, readTokens, writeTokens } = hottest
  const where = prefix === '' ? 'its keys' : `keys under \`${prefix}\``
  const minutes = counted(minutesToDivide, 'minute')
  const then =
    divided.count > 0
      ? `S3 divided a prefix ${divided.count === 1 ? 'once' : `${divided.count} times`}, ${minutes} after it had become hot.`
      : `S3 divides a prefix that stays hot for about ${minutes}, where keys go on with another \`/\`.`
  return [
    {
      kind: 'hot-prefix',
      from: throttled.first,
      to: throttled.last,
      share,
      title: 'A prefix is hotter than S3 serves',
      text: `${counted(throttled.count, 'request')} to ${look.name} (${percent(share)}) ${throttled.count === 1 ? 'was' : 'were'} answered SlowDown, most of them for ${where}: one prefix serves ${counted(writeTokens.rate, 'write')} and ${counted(readTokens.rate, 'read')} a second. ${then}`,
      suspects: [],
      drivers: look.callers().map(({ other }) => other),
    },
  ]
}

function unheard({ notifications }: Bucket, look: Look): Finding[] {
  const { lost, started } = notifications
  if (lost.count === 0) return []
  return [
    {
      kind: 'unheard-events',
      from: lost.first,
      to: lost.last,
      share: lost.count / Math.max(1, started),
      title: 'Events of a bucket are lost',
      text: `${counted(lost.count, 'event')} of ${look.name} (${percent(lost.count / Math.max(1, started))}) ${lost.count === 1 ? 'was' : 'were'} refused by the destination and never told again.`,
      suspects: look.callees().map(({ other }) => other),
    },
  ]
}
