// What is shown of a mapping of a stream: its shards, how old what they wait for is, and what holds them up.
import type { Cells } from '../../model/contract.ts'
import type { EventSourceMapping } from './event-source-mapping.ts'
import type { Lane, Reader, StreamMapping } from './stream-state.ts'

/** Batches in progress of a stream; 0 of a mapping whose source is not simulated. */
export function streamLevel(self: EventSourceMapping): number {
  return self.kind === 'none' ? 0 : self.running.inside
}

export function streamTone(self: StreamMapping): 'calm' | 'busy' | 'failing' {
  if (self.lanes.some(isHeldUp)) return 'failing'
  return self.running.inside > 0 ? 'busy' : 'calm'
}

/** Whether a lane's batch has failed and is tried again. */
function isHeldUp({ batch }: Lane): boolean {
  return batch !== null && batch.failedAt >= 0
}

/** When the oldest record came that a shard's reader holds, in µs; −1 = it holds none. */
export function oldestOf(self: StreamMapping, reader: Reader): number {
  let oldest = -1
  for (const { batch, pieces, queue, head } of reader.lanes) {
    const first = batch?.records[0] ?? pieces[pieces.length - 1]?.records[0] ?? queue[head]
    if (first === undefined) continue
    const at = self.arrivedAt(first)
    if (oldest < 0 || at < oldest) oldest = at
  }
  return oldest
}

export const shards: Cells<EventSourceMapping> = {
  name: 'Shards',
  doc: 'Shards of the stream that are being read.',
  columns: [
    { name: 'Age', unit: 's', doc: 'How old the oldest record is that was read and is not through.' },
    { name: 'Waiting', unit: 'records', doc: 'Records read that are not through.' },
    { name: 'Held up', unit: 'batches', doc: 'Batches that have failed and are tried again.' },
  ],
  each: (self, now, cell) => {
    if (self.kind !== 'stream') return
    for (const reader of self.readers) {
      if (reader.phase !== 'reading') continue
      const oldest = oldestOf(self, reader)
      const age = oldest < 0 ? 0 : (now - oldest) / 1_000_000
      cell(reader.number, [age, reader.held, reader.lanes.filter(isHeldUp).length], reader.shard)
    }
  },
}

export function streamReport(self: StreamMapping): unknown {
  return {
    shards: self.readers.filter(({ phase }) => phase === 'reading').length,
    read: self.polled,
    filtered: self.filtered,
    through: self.succeeded,
    givenUp: self.dropped,
    lost: self.expired + self.missed,
    waiting: self.held,
    batches: self.running.entered,
    failures: self.failures.count,
    throttles: self.throttles.count,
  }
}
