// What a distribution shows of itself: hit ratio, requests, and its edge locations side by side.
import type { View } from '../../model/contract.ts'
import type { Distribution } from './distribution-state.ts'

const share = (part: number, whole: number): number => (whole === 0 ? NaN : (100 * part) / whole)

export const view: View<Distribution> = {
  glyph: 'distribution',
  label: 'Distribution',
  detail: (config) => {
    const origins = (config['DistributionConfig']?.Origins ?? []) as readonly unknown[]
    return origins.length === 1 ? undefined : `${origins.length} origins`
  },
  level: (self) => self.inside.inside,
  levelMax: (self) => Math.max(10, self.inside.peak),
  tone: (self) => (self.lastFailed ? 'failing' : self.inside.inside > 0 ? 'busy' : 'calm'),
  readings: [
    {
      name: 'Hit ratio',
      unit: '%',
      doc: 'Share of all requests so far that edge locations served from what they keep.',
      read: ({ outcomes: { hit, refreshed, miss } }) => share(hit + refreshed, hit + refreshed + miss),
    },
    { name: 'Requests', unit: '1/s', doc: 'Requests of viewers.', counter: true, read: (self) => self.requests },
    {
      name: 'Hits',
      unit: '1/s',
      doc: 'Requests served from the edge.',
      counter: true,
      read: ({ outcomes: { hit, refreshed } }) => hit + refreshed,
    },
    {
      name: 'Misses',
      unit: '1/s',
      doc: 'Requests for which the edge had nothing fresh.',
      counter: true,
      read: ({ outcomes }) => outcomes.miss,
    },
    {
      name: 'Origin',
      unit: '1/s',
      doc: 'Requests that reach an origin.',
      counter: true,
      read: (self) => self.originRequests,
    },
    {
      name: 'Refused',
      unit: '1/s',
      doc: 'Requests turned away at the edge.',
      counter: true,
      read: (self) => self.outcomes.refused,
    },
    { name: 'Inside', unit: 'requests', doc: 'Requests that wait for an answer.', read: (self) => self.inside.inside },
    {
      name: 'Items',
      unit: 'objects',
      doc: 'What all edge locations keep, fresh or not.',
      read: (self) => self.edges.reduce((sum, { cache }) => sum + cache.items, 0),
    },
  ],
  cells: [
    {
      name: 'Edge locations',
      doc: 'Places near viewers, each with a cache of its own.',
      columns: [
        { name: 'Fill', unit: '', doc: 'Share of its requests that it served from its cache, 0 to 1.' },
        { name: 'Requests', unit: '1/s', doc: 'Requests that came to it.', counter: true },
        { name: 'Objects', unit: 'objects', doc: 'What it keeps.' },
      ],
      each: (self, _now, cell) => {
        self.edges.forEach(({ name, requests, hits, cache }, i) => {
          if (requests > 0) cell(i, [hits / requests, requests, cache.items], name)
        })
      },
    },
  ],
}
