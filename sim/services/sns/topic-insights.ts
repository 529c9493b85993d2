// What went wrong at a topic: deliveries that came to nothing, a subscriber that cannot keep up, a filter that takes nothing.
import type { Finding, Look } from '../../model/contract.ts'
import { count, counted, percent } from '../../parts/words.ts'
import { nameOf } from './topic-view.ts'
import type { Topic } from './topic.ts'

/** A subscriber that fails is worth a sentence from so many failed attempts on, and this share of all. */
const LEAST_FAILURES = 20
const LEAST_SHARE = 0.05
/** A filter that takes nothing, of so many messages. */
const LEAST_FILTERED = 100

export function findingsOf(self: Topic, look: Look): Finding[] {
  return [...undelivered(self, look), ...struggling(self, look), ...deaf(self, look)]
}

/** Deliveries that came to nothing. */
function undelivered(self: Topic, look: Look): Finding[] {
  const { givenUp, lost } = self.deliveries
  if (givenUp.count === 0) return []
  const share = givenUp.count / (givenUp.count + (look.metric('NumberOfNotificationsDelivered', 'Sum') ?? 0))
  const denied = self.subscribers.filter(({ isDenied }) => isDenied).map(({ to }) => to!)
  const why = denied.length === 0 ? '' : ` The policy of ${denied.join(', ')} does not let SNS send.`
  const worst = worstOf(self, ({ givenUp: each }) => each)
  const whom = denied.length > 0 || worst === undefined ? '' : `, most of them for ${nameOf(self.subscribers[worst])}`
  const to = worst === undefined ? null : self.subscribers[worst].to
  return [
    {
      kind: 'undelivered',
      from: givenUp.first,
      to: givenUp.last,
      share,
      title: lost.count > 0 ? 'Messages of a topic are lost' : 'Messages of a topic go to dead letters',
      text: `${counted(givenUp.count, 'delivery', 'deliveries')} of ${look.name} (${percent(share)}) ${givenUp.count === 1 ? 'was' : 'were'} given up, ${count(lost.count)} of them lost${whom}.${why}`,
      suspects: denied.length > 0 ? denied : to === null ? [] : [to],
    },
  ]
}

/** A subscriber that fails and is tried again, without a loss so far. */
function struggling(self: Topic, look: Look): Finding[] {
  const { failures, givenUp, bySubscriber } = self.deliveries
  const worst = worstOf(self, ({ failed }) => failed)
  if (givenUp.count > 0 || worst === undefined || failures.count < LEAST_FAILURES) return []
  const { failed, arrived, inside } = bySubscriber[worst]
  const share = failed / (failed + arrived)
  if (share < LEAST_SHARE) return []
  const subscriber = self.subscribers[worst]
  return [
    {
      kind: 'failing-subscriber',
      from: failures.first,
      to: failures.last,
      share,
      title: 'A subscriber fails and is tried again',
      text: `${percent(share)} of the attempts of ${look.name} to deliver to ${nameOf(subscriber)} failed; ${inside > 0 ? `${counted(inside, 'delivery is', 'deliveries are')} still under way.` : 'all arrived in the end.'}`,
      suspects: subscriber.to === null ? [] : [subscriber.to],
    },
  ]
}

/** A subscription whose filter never took anything. */
function deaf(self: Topic, look: Look): Finding[] {
  const published = look.metric('NumberOfMessagesPublished', 'Sum') ?? 0
  if (published < LEAST_FILTERED) return []
  return self.subscribers.flatMap((subscriber, i): Finding[] => {
    const { arrived, inside, givenUp } = self.deliveries.bySubscriber[i]
    if (subscriber.filter === null || arrived + inside + givenUp > 0) return []
    return [
      {
        kind: 'filter-takes-nothing',
        from: look.warmUp,
        to: look.now,
        share: 1 / self.subscribers.length,
        title: 'A filter takes nothing',
        text: `${count(published)} messages were published to ${look.name}, and the filter policy of ${subscriber.name} took none of them.`,
      },
    ]
  })
}

/** The subscription that has the most of something; undefined = none has any. */
function worstOf(
  { deliveries: { bySubscriber } }: Topic,
  of: (each: { readonly givenUp: number; readonly failed: number }) => number,
): number | undefined {
  let worst: number | undefined
  for (const [i, each] of bySubscriber.entries())
    if (of(each) > (worst === undefined ? 0 : of(bySubscriber[worst]))) worst = i
  return worst
}
