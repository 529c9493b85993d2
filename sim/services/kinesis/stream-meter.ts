// What a stream has used of what AWS bills: shards, consumers and the stream itself over time, records and bytes.
import type { Stream } from './stream-state.ts'

/** Up to so long (µs) records are kept at no further price. */
const RETENTION_INCLUDED = 86_400_000_000

export class StreamMeter {
  /** Open shards, those of them with more than a day's retention, and consumers by shard, of a provisioned stream: · µs. */
  shards = 0
  keptLonger = 0
  consumerShards = 0
  /** µs as an on-demand stream. */
  onDemand = 0
  /** Of a provisioned stream: units of 25 KB, bytes pushed. Of an on-demand one: bytes in and out. */
  payloadUnits = 0
  pushed = 0
  bytesIn = 0
  bytesOut = 0
  private at = 0

  /** Adds what has been there since the last time. To be called before any of it changes. */
  settle({ now, mode, open, retention, fanOut, status }: Stream): void {
    const elapsed = now - this.at
    this.at = now
    if (status === 'DELETED') return
    if (mode === 'ON_DEMAND') {
      this.onDemand += elapsed
      return
    }
    this.shards += open.length * elapsed
    if (retention > RETENTION_INCLUDED) this.keptLonger += open.length * elapsed
    this.consumerShards += fanOut.consumers.size * open.length * elapsed
  }
}
