// What AWS bills for a bucket: requests by kind, and bytes by storage class over time.
import { GB, MONTH_US, type Meter, type Price } from '../../model/price.ts'
import type { Action } from '../../model/contract.ts'
import type { Bucket } from './bucket-state.ts'
import { STORAGE_CLASSES } from './objects.ts'

const SOURCE = '2025, us-east-1, https://aws.amazon.com/s3/pricing/ [PR-R1]'

/** PUT, COPY, POST and LIST. Deletes are free. */
const WRITES: readonly Action[] = [
  's3:PutObject',
  's3:CopyObject',
  's3:ListBucket',
  's3:CreateMultipartUpload',
  's3:UploadPart',
  's3:CompleteMultipartUpload',
  's3:ReplicateObject',
]
/** GET and all others. */
const READS: readonly Action[] = ['s3:GetObject', 's3:HeadObject', 's3:GetBucketVersioning']

/** What is answered `SlowDown` is not billed. */
const requests = (actions: readonly Action[], meter: Meter): number =>
  actions.reduce((sum, action) => sum + meter.calls(action).sent - meter.calls(action).throttled, 0)

/** US dollars a GB and month of the first tier, by class, and what it is called. */
const STORAGE: readonly (readonly [name: string, usd: string])[] = [
  ['Standard', '0.023'],
  ['StandardIA', '0.0125'],
  ['OneZoneIA', '0.01'],
  ['IntelligentTiering', '0.023'],
  ['GlacierInstant', '0.004'],
  ['Glacier', '0.0036'],
  ['DeepArchive', '0.00099'],
]
/** Of Standard: beyond 50 TB and 500 TB a month. */
const STANDARD_TIERS = [
  { above: 51_200, usd: '0.022' },
  { above: 512_000, usd: '0.021' },
]

const storage = STORAGE.map(([name, usd], i): [string, Price<Bucket>] => [
  `${name}Storage`,
  {
    doc: `Storage ${STORAGE_CLASSES[i]}`,
    usd,
    unit: 'GB-months',
    base: GB * MONTH_US,
    ...(i === 0 ? { tiers: STANDARD_TIERS, free: 5 } : {}),
    source: SOURCE,
    used: ({ objects }, { now }) => {
      const area = objects.stored[i].upTo(now)
      return i > 0 && area === 0 ? undefined : area
    },
  },
])

export const prices: Readonly<Record<string, Price<Bucket>>> = {
  Writes: {
    doc: 'PUT, COPY, POST and LIST requests',
    usd: '0.005',
    per: 1_000,
    unit: 'requests',
    free: 2_000,
    source: SOURCE,
    used: (_bucket, meter) => requests(WRITES, meter),
  },
  Reads: {
    doc: 'GET and other requests',
    usd: '0.0004',
    per: 1_000,
    unit: 'requests',
    free: 20_000,
    source: SOURCE,
    used: (_bucket, meter) => requests(READS, meter),
  },
  ...Object.fromEntries(storage),
}

export const unbilled = [
  'data transfer',
  'retrieval, transitions and least times of colder storage classes',
  'parts of unfinished uploads',
]
