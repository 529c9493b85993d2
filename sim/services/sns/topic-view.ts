// What a topic shows of itself: what is published, and of each subscription what arrives, waits and fails.
import type { Cells, View } from '../../model/contract.ts'
import { counted } from '../../parts/words.ts'
import type { Subscriber } from './topic-config.ts'
import type { Topic } from './topic.ts'

/** The most subscriptions that are shown one by one. */
const SHOWN_MAX = 60

const subscriptions: Cells<Topic> = {
  name: 'Subscriptions',
  doc: `Those of the topic, at most ${SHOWN_MAX}.`,
  columns: [
    { name: 'Delivered', unit: '1/s', doc: 'Deliveries that arrived.', counter: true },
    { name: 'Failed', unit: '1/s', doc: 'Attempts that failed.', counter: true },
    { name: 'Under way', unit: 'deliveries', doc: 'Deliveries not over yet.' },
    { name: 'Given up', unit: 'deliveries', doc: 'Since the beginning.' },
  ],
  each: ({ deliveries: { bySubscriber }, subscribers }, _now, cell) => {
    for (const [i, { arrived, failed, inside, givenUp }] of bySubscriber.slice(0, SHOWN_MAX).entries())
      cell(i, [arrived, failed, inside, givenUp], nameOf(subscribers[i]))
  },
}

/** Where a subscription leads, or how where that is outside of the simulation. */
export function nameOf({ to, protocol, name }: Subscriber): string {
  return to ?? `${name} (${protocol})`
}

export const view: View<Topic> = {
  glyph: 'topic',
  label: 'Topic',
  level: (self) => self.deliveries.inside,
  levelMax: (self) => Math.max(100, self.deliveries.inside),
  tone: (self) => (self.isFailing() ? 'failing' : self.deliveries.inside > 0 ? 'busy' : 'calm'),
  detail: (config) => `${counted((config['Subscribers'] as readonly Subscriber[]).length, 'subscription')}`,
  deadLetters: (config) =>
    (config['Subscribers'] as readonly Subscriber[]).flatMap(({ deadLetters }) =>
      deadLetters === null ? [] : [deadLetters],
    ),
  readings: [
    { name: 'Published', unit: '1/s', doc: 'Messages published.', counter: true, read: (self) => self.published },
    {
      name: 'Delivered',
      unit: '1/s',
      doc: 'Deliveries that arrived.',
      counter: true,
      read: (self) => self.deliveries.arrived,
    },
    {
      name: 'Filtered out',
      unit: '1/s',
      doc: 'Deliveries that a filter kept back.',
      counter: true,
      read: (self) => self.filtered,
    },
    { name: 'Under way', unit: 'deliveries', doc: 'Deliveries not over yet.', read: (self) => self.deliveries.inside },
    {
      name: 'Given up',
      unit: 'deliveries',
      doc: 'Deliveries given up since the beginning.',
      read: (self) => self.deliveries.givenUp.total,
    },
  ],
  cells: [subscriptions],
}
