// What AWS bills for EventBridge: events of one's own that are put or replayed, archives, calls of API destinations.
import { GB, MONTH_US, type Price } from '../../model/price.ts'
import type { ApiDestination } from './api-destination.ts'
import type { Archive } from './archive.ts'
import type { Bus } from './bus.ts'

const SOURCE = '2025, us-east-1, https://aws.amazon.com/eventbridge/pricing/ [PR-R1, PR-R2]'

/** Events of AWS services are free, and so are rules and what they deliver to AWS's own services. */
export const busPrices: Readonly<Record<string, Price<Bus>>> = {
  CustomEvents: {
    doc: 'Custom events',
    usd: '1.00',
    per: 1_000_000,
    unit: 'events',
    source: SOURCE,
    used: (bus) => bus.paidChunks,
  },
}

export const busUnbilled = ['events from bus to bus across accounts']

export const archivePrices: Readonly<Record<string, Price<Archive>>> = {
  ArchivedBytes: {
    doc: 'Events archived',
    usd: '0.10',
    unit: 'GB',
    base: GB,
    source: SOURCE,
    used: (archive) => archive.archivedBytes,
  },
  ArchiveStorage: {
    doc: 'Archive storage',
    usd: '0.023',
    unit: 'GB-months',
    base: GB * MONTH_US,
    source: SOURCE,
    used: (archive, { now }) => archive.storedOver(now),
  },
}

export const destinationPrices: Readonly<Record<string, Price<ApiDestination>>> = {
  ApiDestinationCalls: {
    doc: 'Calls of API destinations',
    usd: '0.20',
    per: 1_000_000,
    unit: 'calls',
    source: SOURCE,
    used: (destination) => destination.taken,
  },
}
