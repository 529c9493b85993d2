// What went wrong at a delivery stream: it refuses, it lags behind, records end in the error output or nowhere.
import type { Finding, Look } from '../../model/contract.ts'
import { count, counted, percent, time } from '../../parts/words.ts'
import type { DeliveryStream } from './stream-state.ts'

const SECOND = 1_000_000
/** Refusals are worth a sentence from so many on, and from this share. */
const LEAST = 5
const LEAST_SHARE = 0.001

export function findingsOf(self: DeliveryStream, look: Look): Finding[] {
  return [...refused(self, look), ...failing(self, look), ...mistaken(self, look), ...lost(self, look)]
}

function refused({ throttled }: DeliveryStream, look: Look): Finding[] {
  const came = (look.metric('IncomingRecords', 'Sum') ?? 0) + throttled.count
  const share = throttled.count / Math.max(1, came)
  if (throttled.count < LEAST || share < LEAST_SHARE) return []
  return [
    {
      kind: 'delivery-stream-throttled',
      from: throttled.first,
      to: throttled.last,
      share,
      title: 'A delivery stream takes no more',
      text: `${counted(throttled.count, 'record')} for ${look.name} (${percent(share)}) ${throttled.count === 1 ? 'was' : 'were'} refused: records, requests and bytes a second are limited together, and raised together on request.`,
      drivers: look.callers().map(({ other }) => other),
    },
  ]
}

function failing(self: DeliveryStream, look: Look): Finding[] {
  const { failures } = self.deliveries
  if (failures.count < LEAST) return []
  const oldest = self.oldestUndelivered()
  const behind = oldest < 0 ? '' : ` The oldest record that has not been delivered is ${time(look.now - oldest)} old.`
  return [
    {
      kind: 'delivery-failing',
      from: failures.first,
      to: failures.last,
      share: self.isLate() ? 1 : Math.min(1, failures.count / Math.max(1, self.objects)),
      title: 'A delivery stream cannot deliver',
      text: `${counted(failures.count, 'delivery', 'deliveries')} of ${look.name} failed and ${failures.count === 1 ? 'was' : 'were'} tried again.${behind}`,
      suspects: look
        .callees()
        .filter(({ failed }) => failed > 0)
        .map(({ other }) => other),
    },
  ]
}

function mistaken({ errors, transforms, overflown }: DeliveryStream, look: Look): Finding[] {
  const share = errors.count / Math.max(1, look.metric('IncomingRecords', 'Sum') ?? errors.count)
  if (errors.count < LEAST || share < LEAST_SHARE) return []
  const why =
    overflown.count > 0
      ? `${count(overflown.count)} found more partitions than may be active at a time.`
      : (transforms?.givenUp.count ?? 0) > 0
        ? 'Their function failed again and again.'
        : 'They wait there for somebody who looks.'
  return [
    {
      kind: 'error-output',
      from: errors.first,
      to: errors.last,
      share: Math.min(1, share),
      title: 'Records end in the error output',
      text: `${counted(errors.count, 'record')} of ${look.name} (${percent(Math.min(1, share))}) went to the error output instead of the destination. ${why}`,
      suspects: look
        .callees()
        .filter(({ failed }) => failed > 0)
        .map(({ other }) => other),
    },
  ]
}

function lost({ lost: gone }: DeliveryStream, look: Look): Finding[] {
  if (gone.count === 0) return []
  return [
    {
      kind: 'delivery-lost',
      from: gone.first,
      to: gone.last,
      share: 1,
      title: 'A delivery stream has lost records',
      text: `${counted(gone.count, 'record')} of ${look.name} ${gone.count === 1 ? 'was' : 'were'} given up after a day of retries (${time(86_400 * SECOND)}).`,
      suspects: look
        .callees()
        .filter(({ failed }) => failed > 0)
        .map(({ other }) => other),
    },
  ]
}
