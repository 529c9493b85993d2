// What AWS bills for a stream: shards or, on demand, the stream and its bytes; retention beyond a day; enhanced fan-out.
import { GB, HOUR_US, type Meter, type Price } from '../../model/price.ts'
import type { StreamMeter } from './stream-meter.ts'
import type { Mode, Stream } from './stream-state.ts'

const SOURCE = '2025, us-east-1, https://aws.amazon.com/kinesis/data-streams/pricing/ [PR-R1, PR-R2]'

type Line = Omit<Price<Stream>, 'source' | 'used'>

/** A line of one of the modes; a stream that was never in it does not have it. */
function line(mode: Mode, about: Line, of: (meter: StreamMeter) => number): Price<Stream> {
  return {
    ...about,
    source: SOURCE,
    used: (stream: Stream, _meter: Meter) => {
      stream.meter.settle(stream)
      const used = of(stream.meter)
      return used > 0 || stream.mode === mode ? used : undefined
    },
  }
}

export const prices: Readonly<Record<string, Price<Stream>>> = {
  Shards: line(
    'PROVISIONED',
    { doc: 'Shards', usd: '0.015', unit: 'shard-hours', base: HOUR_US },
    ({ shards }) => shards,
  ),
  PayloadUnits: line(
    'PROVISIONED',
    { doc: 'PUT payload units of 25 KB', usd: '0.014', per: 1_000_000, unit: 'units' },
    ({ payloadUnits }) => payloadUnits,
  ),
  ExtendedRetention: line(
    'PROVISIONED',
    { doc: 'Retention of 1 to 7 days', usd: '0.020', unit: 'shard-hours', base: HOUR_US },
    ({ keptLonger }) => keptLonger,
  ),
  FanOutConsumers: line(
    'PROVISIONED',
    { doc: 'Fan-out consumers', usd: '0.015', unit: 'consumer-shard-hours', base: HOUR_US },
    ({ consumerShards }) => consumerShards,
  ),
  FanOutBytes: line('PROVISIONED', { doc: 'Fan-out data', usd: '0.013', unit: 'GB', base: GB }, ({ pushed }) => pushed),
  OnDemandStream: line(
    'ON_DEMAND',
    { doc: 'Stream on demand', usd: '0.04', unit: 'stream-hours', base: HOUR_US },
    ({ onDemand }) => onDemand,
  ),
  OnDemandIn: line('ON_DEMAND', { doc: 'Data in', usd: '0.08', unit: 'GB', base: GB }, ({ bytesIn }) => bytesIn),
  OnDemandOut: line('ON_DEMAND', { doc: 'Data out', usd: '0.04', unit: 'GB', base: GB }, ({ bytesOut }) => bytesOut),
}

export const unbilled = [
  'data kept beyond 7 days, or beyond a day on demand',
  'enhanced fan-out of an on-demand stream',
  'shard-level metrics',
]
