// What a bucket shows of itself: what it holds, what is asked of it, and its partitions against what one serves.
import type { Cells, Reading } from '../../model/contract.ts'
import type { Bucket } from './bucket-state.ts'

export const readings: readonly Reading<Bucket>[] = [
  {
    name: 'Reads',
    unit: '1/s',
    doc: 'GET, HEAD and LIST requests.',
    counter: true,
    read: (self) => self.readRequests,
  },
  {
    name: 'Writes',
    unit: '1/s',
    doc: 'PUT, COPY, POST and DELETE requests.',
    counter: true,
    read: (self) => self.requests - self.readRequests,
  },
  {
    name: 'Slowed down',
    unit: '1/s',
    doc: 'Requests refused because their prefix is hot.',
    counter: true,
    read: (self) => self.prefixes.throttled.total,
  },
  { name: 'Objects', unit: 'objects', doc: 'Objects and versions.', read: (self) => self.objects.count },
  { name: 'Bytes', unit: 'B', doc: 'Bytes of all objects and versions.', read: (self) => self.objects.bytes },
  {
    name: 'Prefix reads',
    unit: '1/s',
    doc: 'Reads that a prefix serves a second.',
    read: (self) => self.prefixes.list[0].readTokens.rate,
  },
  {
    name: 'Prefix writes',
    unit: '1/s',
    doc: 'Writes that a prefix serves a second.',
    read: (self) => self.prefixes.list[0].writeTokens.rate,
  },
  {
    name: 'Events',
    unit: '1/s',
    doc: 'Notifications begun.',
    counter: true,
    read: (self) => self.notifications.started,
  },
]

export const prefixCells: Cells<Bucket> = {
  name: 'Prefixes',
  doc: 'Partitioned prefixes, against the requests that one serves per second.',
  columns: [
    { name: 'Reads', unit: 'share', doc: 'GET and HEAD requests, as a share of the limit.', counter: true },
    {
      name: 'Writes',
      unit: 'share',
      doc: 'PUT, COPY, POST and DELETE requests, as a share of the limit.',
      counter: true,
    },
    { name: 'Refused', unit: '1/s', doc: 'Requests refused with `SlowDown`.', counter: true },
  ],
  each({ prefixes }, _, cell) {
    for (const { id, prefix, reads, writes, throttled, readTokens, writeTokens } of prefixes.list)
      cell(id, [reads / readTokens.rate, writes / writeTokens.rate, throttled], prefix === '' ? 'all keys' : prefix)
  },
}
