// What an emulator answered whose author ran the same assertions against Kinesis: types of exceptions, shards, ranges of
// hash keys, sequence numbers. Left out are exchanges about what has no place here, each named in `outside`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stream } from '../../sim/services/kinesis/stream.ts'
import { parseSequence } from '../../sim/services/kinesis/sequence.ts'
import { lab, MINUTE, SECOND, type Lab } from '../kit.ts'
import { CORPUS, type Suite } from './suite.ts'

interface Exchange {
  readonly op: string
  readonly request: Readonly<Record<string, any>>
  readonly status: number
  readonly response: Readonly<Record<string, any>> | string
}

interface Vector {
  readonly test: string
  readonly exchanges: readonly Exchange[]
}

const file = join(CORPUS, 'conformance/kinesis/kinesalite_exchanges.json')
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }

const bodyOf = ({ response }: Exchange): Readonly<Record<string, any>> => (typeof response === 'string' ? {} : response)

/** Names of streams that answered something else than that they are unknown: those that there were. */
const existing = new Set(
  vectors.flatMap(({ exchanges }) =>
    exchanges
      .filter(({ op, status }) => status === 200 && op !== 'CreateStream')
      .map(({ request }) => request['StreamName'] as string),
  ),
)

/** Why an exchange cannot be put to a room; undefined when it can. */
function outside(exchange: Exchange): string | undefined {
  const { op, request } = exchange
  const { __type: type, message = '' } = bodyOf(exchange)
  if (type === 'SerializationException')
    return 'types of JSON members: a matter of the protocol, which the simulator does not speak'
  if (op !== 'GetRecords' && request['StreamName'] === undefined)
    return 'no name at all: a scenario calls a stream by its resource'
  if (op === 'ListStreams') return 'streams of an account: a room is one stream'
  if (
    type === 'ValidationException' &&
    /'streamName'|'tags'|'tagKeys'/.test(message) &&
    !/'data'|'partitionKey'/.test(message)
  )
    return 'the form of names and tags: a scenario calls a stream by its resource'
  const isUnknown = type === 'ResourceNotFoundException' && !existing.has(request['StreamName'])
  return isUnknown ? 'a stream that there is not: a scenario that names it is refused' : undefined
}

/** The streams of a vector in a world of their own, which begins when the recorded ones were made. */
class Replay {
  private readonly lab: Lab
  private readonly iterators = new Map<string, string>()

  constructor({ exchanges }: Vector) {
    const made = exchanges.find(({ op }) => op === 'CreateStream')
    const numbers = exchanges.flatMap((exchange) => {
      const { SequenceNumber: number, StreamDescription: described } = bodyOf(exchange)
      return [
        number,
        described?.Shards?.[0]?.SequenceNumberRange?.StartingSequenceNumber,
        exchange.request['StartingSequenceNumber'],
      ]
    })
    const parsed = numbers.map((number) => parseSequence(number)).find((parts) => parts?.version === 2)
    const ops = Object.keys(stream.ops).map((action) => ['S', action as `${string}:${string}`] as const)
    this.lab = lab(
      {
        S: {
          def: stream,
          properties: { Name: 'S', ShardCount: made?.status === 200 ? made.request['ShardCount'] : 3 },
        },
      },
      {
        probe: ops,
        profile: 'notes-2020',
        quotas: { 'kinesis.Shards': 10 },
        ...(parsed === undefined ? {} : { startsAt: parsed.created * SECOND }),
      },
    )
    this.lab.run(MINUTE)
  }

  check(exchange: Exchange): void {
    const { op, request, status } = exchange
    const expected = bodyOf(exchange)
    if (op === 'CreateStream' && status === 200) return
    if (op === 'CreateStream' && expected['__type'] === 'LimitExceededException') {
      this.lab.ask('S', 'kinesis:DeleteStream')
      this.lab.run(this.lab.now + MINUTE)
    }
    // Its tests wait until a stream is ACTIVE; and no second sees more of them than the control plane lets pass.
    const isSettled = expected['StreamDescription']?.StreamStatus === 'ACTIVE'
    this.lab.run(this.lab.now + (isSettled ? MINUTE : SECOND))
    const body = { ...request, ShardIterator: this.iterators.get(request['ShardIterator']) ?? request['ShardIterator'] }
    const got = this.lab.ask('S', `kinesis:${op}`, body)
    const wanted = status === 200 ? 'OK' : expected['__type']
    if (got.status !== wanted)
      throw new Error(
        `${op} ${JSON.stringify(request).slice(0, 200)}: ${got.status} (${got.answer?.message}), expected ${wanted}`,
      )
    if (status === 200) this.compare(op, got.answer, expected)
  }

  private compare(op: string, got: any, expected: any): void {
    const same = (what: string, a: unknown, b: unknown): void => {
      if (JSON.stringify(a) !== JSON.stringify(b))
        throw new Error(`${op}: ${what} is ${JSON.stringify(a)}, expected ${JSON.stringify(b)}`)
    }
    if (expected.ShardIterator !== undefined) this.iterators.set(expected.ShardIterator, got.ShardIterator)
    if (op === 'PutRecord') {
      same('ShardId', got.ShardId, expected.ShardId)
      same(
        'the shard in the sequence number',
        parseSequence(got.SequenceNumber)!.shard,
        parseSequence(expected.SequenceNumber)!.shard,
      )
      same('the length of the sequence number', got.SequenceNumber.length, expected.SequenceNumber.length)
    }
    if (op === 'GetRecords')
      same(
        'Data',
        got.Records.map((record: any) => record.Data),
        expected.Records.map((record: any) => record.Data),
      )
    if (op === 'ListTagsForStream') same('Tags', got.Tags, expected.Tags)
    const [mine, theirs] = [got.StreamDescription, expected.StreamDescription]
    if (theirs === undefined) return
    same('StreamStatus', mine.StreamStatus, theirs.StreamStatus)
    same('RetentionPeriodHours', mine.RetentionPeriodHours, theirs.RetentionPeriodHours)
    const shape = (shard: any): unknown => [
      shard.ShardId,
      shard.ParentShardId,
      shard.AdjacentParentShardId,
      shard.HashKeyRange,
      shard.SequenceNumberRange.EndingSequenceNumber === undefined,
      parseSequence(shard.SequenceNumberRange.StartingSequenceNumber)!.counter.toString(),
    ]
    same('Shards', mine.Shards.map(shape), theirs.Shards.map(shape))
  }
}

const suite: Suite = {
  name: 'kinesis',
  cases: vectors
    .map((vector) => ({ ...vector, exchanges: vector.exchanges.filter((exchange) => outside(exchange) === undefined) }))
    .filter(({ exchanges }) => exchanges.length > 0)
    .map((vector, i) => ({
      name: `${i} ${vector.test}`,
      run() {
        // Each stream is a world of its own; records are asked for by iterators, which name the stream for themselves.
        const replays = new Map<string, Replay>()
        let last = ''
        for (const exchange of vector.exchanges) {
          last = (exchange.request['StreamName'] as string | undefined) ?? last
          const of = vector.exchanges.filter(({ request }) => (request['StreamName'] ?? last) === last)
          const replay = replays.get(last) ?? new Replay({ ...vector, exchanges: of })
          replays.set(last, replay)
          replay.check(exchange)
        }
      },
    })),
}
export default suite
