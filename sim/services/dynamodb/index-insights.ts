// What went wrong at the indexes of a table: one that holds the table back, one that cannot be read fast enough, a full item collection.
import type { Finding, Look } from '../../model/contract.ts'
import type { Stretch } from '../../parts/stretch.ts'
import { count, percent } from '../../parts/words.ts'
import { KEY_RANGE, REASONS } from './capacity.ts'
import type { Index } from './index.ts'
import type { Table } from './state.ts'
import { weighty } from './table-insights.ts'

export function indexFindings(self: Table, look: Look): Finding[] {
  const { indexes } = self
  if (indexes === null) return []
  return [
    ...indexes.all
      .filter(({ isGlobal }) => isGlobal)
      .flatMap((index) => [...backPressure(self, index, look), ...slowReads(index, look)]),
    ...fullCollection(self, look),
  ]
}

/** All refusals of an index in one direction; which reason is the commonest. */
function refusalsOf(index: Index, write: boolean): { readonly all: Stretch; readonly reason: number } {
  const own = index.throughput.refusals.slice(write ? REASONS.length : 0, write ? 2 * REASONS.length : REASONS.length)
  let reason = 0
  own.forEach((one, i) => (reason = one.count > own[reason].count ? i : reason))
  return { all: own.reduce((sum, one) => sum.with(one)), reason }
}

function backPressure(self: Table, index: Index, look: Look): Finding[] {
  const { all, reason } = refusalsOf(index, true)
  const found = weighty(look, all)
  if (found === undefined) return []
  const { count: refusals, ...rest } = found
  const { capacity } = index.throughput
  const own =
    reason === KEY_RANGE
      ? `one value of its key \`${index.def.keys.hash}\` fills a partition of ${count(capacity.partitionRate(true))} write units a second`
      : `it has ${count(capacity.writeRate)} write units a second`
  return [
    {
      ...rest,
      kind: 'index-back-pressure',
      title: 'An index holds its table back',
      text: `Index \`${index.def.name}\` cannot take what is written: ${own}. ${count(refusals)} writes of the table were refused for it (${percent(rest.share)} of all requests), although the table itself has ${count(self.capacity.writeRate)}.`,
    },
  ]
}

function slowReads(index: Index, look: Look): Finding[] {
  const { all, reason } = refusalsOf(index, false)
  const found = weighty(look, all)
  if (found === undefined) return []
  const { count: refusals, ...rest } = found
  const { capacity } = index.throughput
  const limit = reason === KEY_RANGE ? capacity.partitionRate(false) : capacity.readRate
  const whose = reason === KEY_RANGE ? 'a partition of it' : 'it'
  return [
    {
      ...rest,
      kind: 'index-capacity',
      title: 'The read capacity of an index is used up',
      text: `Index \`${index.def.name}\` is read faster than the ${count(limit)} read units a second that ${whose} serves: ${count(refusals)} queries were refused (${percent(rest.share)} of all requests).`,
    },
  ]
}

function fullCollection(self: Table, look: Look): Finding[] {
  const { largest, largestKey, nearSince, refused, limits } = self.indexes!
  if (nearSince < 0) return []
  const full = `The items of \`${String(largestKey)}\` and their entries in local indexes have ${percent(largest / limits.collectionSize)} of what one partition key may have.`
  return [
    {
      from: Math.max(look.warmUp, nearSince),
      to: look.now,
      share: 0,
      kind: 'item-collection',
      title: refused.count > 0 ? 'An item collection is full' : 'An item collection is nearly full',
      text:
        refused.count > 0
          ? `${full} ${count(refused.count)} writes were refused that would have made it grow; only a table without local indexes has no such limit.`
          : `${full} When it is full, no write that makes it grow succeeds; only a table without local indexes has no such limit.`,
    },
  ]
}
