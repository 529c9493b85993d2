// Mappings of streams under any traffic, failures, splits and switches: nothing is lost untold, no key overtakes itself.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, MS, SECOND } from '../../../test/kit.ts'
import { feed, handled, numbersOf, streamWorld, work, write } from '../../../test/mappings.ts'
import type { Table } from '../dynamodb/state.ts'

const mapping = fc.record({
  BatchSize: fc.integer({ min: 1, max: 12 }),
  ParallelizationFactor: fc.integer({ min: 1, max: 4 }),
  MaximumBatchingWindowInSeconds: fc.constantFrom(0, 0, 3),
  MaximumRetryAttempts: fc.constantFrom(-1, 0, 1, 3),
  MaximumRecordAgeInSeconds: fc.constantFrom(-1, -1, 60),
  BisectBatchOnFunctionError: fc.boolean(),
  TumblingWindowInSeconds: fc.constantFrom(0, 0, 7),
  reports: fc.boolean(),
  filtered: fc.boolean(),
})

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write'), count: fc.integer({ min: 1, max: 25 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('split', 'off', 'on'), count: fc.constant(0) }) },
)

const run = fc.record({
  mapping,
  steps: fc.array(fc.tuple(fc.integer({ min: 0, max: 20_000 }), step), { minLength: 1, maxLength: 12 }),
  keys: fc.integer({ min: 1, max: 9 }),
  /** Records that always fail, and how often an invocation fails or is refused anyway. */
  poison: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 2 }),
  failing: fc.constantFrom(0, 0.1, 0.4),
  refusing: fc.constantFrom(0, 0.2),
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
})

test('every record is filtered, through, given up or expired in the end; a key is handled in order and never twice at once', () => {
  fc.assert(
    fc.property(
      run,
      ({ mapping: { reports, filtered, ...properties }, steps, keys, poison, failing, refusing, seed }) => {
        // A small generator of its own, so that a test that failed fails again.
        let state = seed
        const chance = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
        const pattern = '{ "dynamodb": { "NewImage": { "odd": { "BOOL": [true] } } } }'
        const world = streamWorld({
          mapping: {
            ...properties,
            ...(reports ? { FunctionResponseTypes: ['ReportBatchItemFailures'] } : {}),
            ...(filtered ? { FilterCriteria: { Filters: [{ Pattern: pattern }] } } : {}),
            DestinationConfig: { OnFailure: { Destination: 'Dead' } },
          },
        })
        const busy = new Set<string>()
        const through: number[] = []
        const keyOf = (n: number): string => `k${(n * 7) % keys}`
        work(world).react = (event) => {
          const numbers = numbersOf(event)
          if (chance() < refusing) return { refused: true }
          for (const key of new Set(numbers.map(keyOf))) {
            expect(busy.has(key), `${key} is with the function already`).toBe(false)
            busy.add(key)
          }
          work(world).ended = () => {
            for (const n of numbers) busy.delete(keyOf(n))
          }
          const bad = numbers.findIndex((n) => poison.includes(n))
          const failed = bad >= 0 ? bad : chance() < failing ? 0 : -1
          const takes = Math.floor(chance() * 3000) * MS
          const answer = { state: {} }
          if (failed < 0) through.push(...numbers)
          else if (reports) {
            through.push(...numbers.slice(0, failed))
            return {
              takes,
              answer: { ...answer, batchItemFailures: [{ itemIdentifier: event.SequenceNumbers[failed] }] },
            }
          }
          return { takes, answer, error: failed >= 0 && numbers.length > 0 }
        }
        let written = 0
        for (const [wait, { kind, count }] of steps) {
          world.run(world.now + wait * MS)
          if (kind === 'write') {
            for (let n = written; n < written + count; n++)
              world.call('T', 'dynamodb:PutItem', { Item: { pk: keyOf(n), n, odd: n % 2 === 1 } })
            written += count
            // What is written at one moment is in the stream before a shard is split.
            world.run(world.now)
          } else if (kind === 'split') {
            const { capacity, streams } = world.state<Table>('T')
            const { partitions } = capacity
            const i = Math.floor(chance() * partitions.count)
            partitions.split(i, Math.floor((partitions.start[i] + partitions.endOf(i)) / 2), 0, world.now)
            capacity.applyRates(world.now, 0)
            streams.split(i)
            partitions.bytes.fill(0)
            partitions.bytes[0] = world.state<Table>('T').bytes
          } else world.call('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: kind === 'on' })
        }
        world.call('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: true })
        world.run(world.now + 2 * DAY)
        const self = feed(world)
        const wanted = Array.from({ length: written }, (_, n) => n).filter((n) => !filtered || n % 2 === 1)
        expect(self.polled).toBe(written)
        expect(self.filtered).toBe(written - wanted.length)
        expect(self.held).toBe(0)
        expect(self.succeeded + self.dropped + self.expired).toBe(wanted.length)
        expect(through).toHaveLength(self.succeeded)
        expect(new Set(through).size).toBe(through.length)
        for (let key = 0; key < keys; key++) {
          const own = through.filter((n) => keyOf(n) === `k${key}`)
          expect(own).toEqual([...own].sort((a, b) => a - b))
        }
        // What was given up was told, record by record.
        const told = world.finish().sum('Feed', 'OnFailureDestinationDeliveredEventCount')
        expect(told).toBe(self.dropped)
        expect(handled(world).every(({ length }) => length <= properties.BatchSize)).toBe(true)
      },
    ),
    { numRuns: Number(process.env['SOAK'] === '1' ? 2000 : 60) },
  )
}, 120_000)

test('a mapping that only reads on costs as many events as it has records, not as time passes', () => {
  const world = streamWorld({ mapping: { ParallelizationFactor: 4 } })
  for (let day = 0; day < 30; day++) {
    write(world, day * 10, day * 10 + 10, (n) => `k${n}`)
    world.run(day * DAY + HOUR + MINUTE + SECOND)
  }
  const before = world.world.kernel.steps
  expect(before / 30).toBeLessThan(60)
  world.run(300 * DAY)
  expect(world.world.kernel.steps - before).toBeLessThan(10)
})
