// An application of streaming SQL, whatever version of the service it belongs to: reads the shards of a stream, has pumps work
// on the rows, and hands what comes out to streams, delivery streams and functions.
//
// Shards are read as other pollers do (`shard-log.ts`): an empty poll waits at the stream for the next one that would find
// something, so an idle application costs no events. A window that is open has one timer, at its end.
import type { Call } from '../engine/calls.ts'
import type { Target } from '../engine/kernel.ts'
import type { MetricId } from '../engine/recorder.ts'
import type { Action, Config, Near, Ref, Sim } from '../model/contract.ts'
import { parseSql, type Program } from './sql.ts'
import { Pumps } from './sql-pumps.ts'
import { SqlError } from './sql-tokens.ts'
import type { Row, Value } from './sql-values.ts'
import { Stretch } from './stretch.ts'
import { parseJson } from './json-text.ts'

const SECOND = 1_000_000
/** From one poll of a shard to the next. */
const POLL_US = SECOND
/** Records of one request to an output. */
const BATCH_MAX = 500

/** A stream of the application that is filled from outside. */
export interface Input {
  /** The name of the stream within the application: its prefix and `_001`. */
  readonly name: string
  readonly from: Ref
  readonly position: 'LATEST' | 'TRIM_HORIZON'
  /** By column: the path that leads to it in a record; empty = the members of a record are its columns. */
  readonly columns: readonly { readonly name: string; readonly path: readonly string[] }[]
}

/** A stream of the application that is handed on. */
export interface Output {
  readonly name: string
  readonly to: Ref
  readonly kind: 'stream' | 'delivery' | 'function'
}

export const OUTPUT_ACTIONS: Readonly<Record<Output['kind'], Action>> = {
  stream: 'kinesis:PutRecords',
  delivery: 'firehose:PutRecordBatch',
  function: 'lambda:InvokeFunction',
}

/** What the rooms of both versions find in their templates. */
export interface AnalyticsPlan {
  readonly Program: Program | null
  readonly Inputs: readonly Input[]
  readonly Outputs: readonly Output[]
}

/** Reads the code; what is wrong with it is told at `path`. */
export function programOf(near: Near, path: readonly (string | number)[], code: unknown, inputs: readonly Input[]) {
  if (typeof code !== 'string') return null
  try {
    return parseSql(
      code,
      inputs.map(({ name }) => name),
    )
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    const line = code.slice(0, error.at).split('\n').length
    near.self.error(
      path,
      'streaming-sql',
      `line ${line} of the code: ${error.message}`,
      'streams, pumps and SELECT STREAM with tumbling, stagger and sliding windows are simulated',
    )
    return null
  }
}

/** Inputs as the properties of both versions write them; what is not simulated is told. */
export function inputsOf(near: Near, inputs: unknown, path: readonly (string | number)[]): readonly Input[] {
  return ((inputs ?? []) as readonly Config[]).flatMap((input, i): Input[] => {
    const at = [...path, i]
    const text: unknown = input['KinesisStreamsInput']?.ResourceARN
    const found = near.resourceAt(text)
    if (found?.type !== 'AWS::Kinesis::Stream') {
      near.self.notSimulated(at, 'nothing comes from an input that is no stream of this scenario')
      return []
    }
    const columns = (input['InputSchema']?.RecordColumns ?? []) as readonly Config[]
    return [
      {
        name: `${input['NamePrefix'] ?? 'SOURCE_SQL_STREAM'}_001`,
        from: found.logicalId,
        position:
          input['InputStartingPositionConfiguration']?.InputStartingPosition === 'TRIM_HORIZON'
            ? 'TRIM_HORIZON'
            : 'LATEST',
        columns: columns.map((column) => ({
          name: String(column['Name']).toUpperCase(),
          path: String(column['Mapping'] ?? column['Name'])
            .replace(/^\$\.?/, '')
            .split('.'),
        })),
      },
    ]
  })
}

const OUTPUTS: readonly (readonly [property: string, kind: Output['kind'], types: readonly string[]])[] = [
  ['KinesisStreamsOutput', 'stream', ['AWS::Kinesis::Stream']],
  ['KinesisFirehoseOutput', 'delivery', ['AWS::KinesisFirehose::DeliveryStream']],
  ['LambdaOutput', 'function', ['AWS::Lambda::Function', 'AWS::Lambda::Alias', 'AWS::Lambda::Version']],
]

/** Outputs that resources of a type name for this application. */
export function outputsOf(near: Near, type: string): readonly Output[] {
  return near
    .all(type)
    .filter(({ config }) => near.resourceAt(config['ApplicationName'])?.logicalId === near.self.logicalId)
    .flatMap((view): Output[] => {
      const output = view.config['Output'] as Config
      for (const [property, kind, types] of OUTPUTS) {
        const found = near.resourceAt(output?.[property]?.ResourceARN)
        if (found !== undefined && types.includes(found.type))
          return [{ name: String(output['Name']), to: found.logicalId, kind }]
      }
      view.notSimulated(['Output'], 'what leads outside of this scenario is passed over')
      return []
    })
}

/** One shard that is read. */
class Reader {
  readonly input: number
  readonly shard: string
  iterator: string | null = null
  /** When it was read last, and how far that was behind, in µs. */
  readAt = 0
  behind = 0
  constructor(input: number, shard: string) {
    this.input = input
    this.shard = shard
  }
}

/** Rows on their way out. */
class Sender {
  waiting: Readonly<Record<string, Value>>[] = []
  sending: Readonly<Record<string, Value>>[] = []
  isBusy = false
}

export class Analytics {
  readonly sim: Sim
  readonly pumps: Pumps | null
  readonly inputs: readonly Input[]
  readonly outputs: readonly Output[]
  /** Processing units (KDA-04). */
  readonly units: number
  /** An application of Flink has a unit more that manages the others. */
  readonly isFlink: boolean
  /** When the newest row came, µs; −1 = none has. */
  newestAt = -1
  rowsIn = 0
  rowsOut = 0
  delivered = 0
  /** Records without a row in them, and rows that a destination refused and that were sent again. */
  readonly malformed: Stretch
  readonly refused: Stretch
  readonly readers: Reader[] = []
  private readonly known = new Set<string>()
  private readonly senders: readonly Sender[]
  private readonly edges: readonly { list: number; iterator: number; read: number; wait: number }[]
  private readonly outputEdges: readonly number[]
  private readonly again: Target
  private readonly ended: Target
  private readonly sendAgain: Target
  /** When the timer of the next window fires, µs of the run; Infinity = none is set. */
  private armedAt = Infinity
  private readonly recordsIn: MetricId
  private readonly recordsOut: MetricId

  constructor(config: Config, sim: Sim, metrics: { readonly in: string; readonly out: string }) {
    const { Program: program, Inputs, Outputs } = config as unknown as AnalyticsPlan
    this.sim = sim
    this.pumps = program === null ? null : new Pumps(program)
    this.inputs = program === null ? [] : Inputs
    this.outputs = Outputs
    this.units = (config['Units'] ?? 1) as number
    this.isFlink = String(config['RuntimeEnvironment'] ?? '').startsWith('FLINK')
    this.malformed = new Stretch(sim.warmUp)
    this.refused = new Stretch(sim.warmUp)
    this.edges = this.inputs.map(({ from }) => ({
      list: sim.edge(from, 'kinesis:ListShards', shardsListed),
      iterator: sim.edge(from, 'kinesis:GetShardIterator', iteratorGiven),
      read: sim.edge(from, 'kinesis:GetRecords', recordsRead),
      wait: sim.edge(from, 'kinesis:AwaitRecords', recordsRead),
    }))
    this.outputEdges = Outputs.map(({ to, kind }) => sim.edge(to, OUTPUT_ACTIONS[kind], outputAnswered))
    this.senders = Outputs.map(() => new Sender())
    this.again = sim.target(readAgain)
    this.ended = sim.target(windowEnded)
    this.sendAgain = sim.target(outputAgain)
    this.recordsIn = sim.metric(metrics.in)
    this.recordsOut = sim.metric(metrics.out)
    this.inputs.forEach((_, input) => sim.after(0, this.again, -1 - input))
  }

  /** How far the reading is behind, in µs. */
  get behind(): number {
    return this.readers.reduce((most, { behind }) => Math.max(most, behind), 0)
  }

  /** Rows that wait for a destination or are on their way there. */
  get onTheWay(): number {
    return this.senders.reduce((sum, { waiting, sending }) => sum + waiting.length + sending.length, 0)
  }

  // Reading

  private list(input: number): void {
    const { sim } = this
    const call = sim.open(this.edges[input].list, input, 0)
    sim.calls.body[call] = {}
    sim.send(call)
  }

  shardsListed(call: Call): void {
    const { sim } = this
    const input = sim.calls.cookie[call]
    const failed = sim.calls.status[call] !== 0
    const shards = (sim.calls.answer[call] as { readonly Shards?: readonly { readonly ShardId: string }[] } | null)
      ?.Shards
    sim.close(call)
    if (failed) {
      sim.after(POLL_US, this.again, -1 - input)
      return
    }
    for (const { ShardId } of shards ?? []) this.begin(input, ShardId, this.inputs[input].position)
  }

  private begin(input: number, shard: string, type: string): void {
    const name = `${input} ${shard}`
    if (this.known.has(name)) return
    this.known.add(name)
    this.askIterator(this.readers.push(new Reader(input, shard)) - 1, type)
  }

  private askIterator(number: number, type: string): void {
    const { sim } = this
    const { input, shard } = this.readers[number]
    const call = sim.open(this.edges[input].iterator, number, 0)
    sim.calls.body[call] = { ShardId: shard, ShardIteratorType: type }
    sim.send(call)
  }

  iteratorGiven(call: Call): void {
    const { sim } = this
    const number = sim.calls.cookie[call]
    const failed = sim.calls.status[call] !== 0
    const answer = sim.calls.answer[call] as { readonly ShardIterator?: string } | null
    sim.close(call)
    if (!failed) this.readers[number].iterator = answer!.ShardIterator!
    sim.after(failed ? POLL_US : 0, this.again, number)
  }

  /** Timer: a shard is to be read, or a stream to be asked for its shards. */
  readAgain(number: number): void {
    if (number < 0) this.list(-1 - number)
    else if (this.readers[number].iterator === null)
      this.askIterator(number, this.inputs[this.readers[number].input].position)
    else this.read(number)
  }

  private read(number: number): void {
    const { sim } = this
    const reader = this.readers[number]
    reader.readAt = sim.clock[0]
    const call = sim.open(this.edges[reader.input].read, number, 0)
    sim.calls.body[call] = { ShardIterator: reader.iterator }
    sim.send(call)
  }

  recordsRead(call: Call): void {
    const { sim } = this
    const number = sim.calls.cookie[call]
    const reader = this.readers[number]
    const failed = sim.calls.status[call] !== 0
    const wasWait = sim.calls.edge[call] === this.edges[reader.input].wait
    const answer = sim.calls.answer[call] as any
    sim.close(call)
    if (failed || wasWait) {
      sim.after(failed ? POLL_US : 0, this.again, number)
      return
    }
    reader.behind = answer.MillisBehindLatest * 1000
    for (const record of answer.Records) this.take(reader.input, record)
    if (answer.NextShardIterator === null) {
      for (const { ShardId } of answer.ChildShards ?? []) this.begin(reader.input, ShardId, 'TRIM_HORIZON')
      return
    }
    reader.iterator = answer.NextShardIterator
    if (answer.Records.length > 0) {
      sim.after(Math.max(0, reader.readAt + POLL_US - sim.clock[0]), this.again, number)
      return
    }
    const wait = sim.open(this.edges[reader.input].wait, number, 0)
    sim.calls.body[wait] = { ShardIterator: reader.iterator, Every: POLL_US }
    sim.send(wait)
  }

  /** A record becomes a row of the time at which it comes into the application (KDA-03). */
  private take(input: number, record: { readonly Data: unknown }): void {
    const { sim } = this
    const { name, columns } = this.inputs[input]
    const data = objectOf(record.Data)
    if (data === undefined) {
      this.malformed.note(sim.clock[0])
      return
    }
    const values = new Map<string, Value>()
    if (columns.length === 0) for (const key of Object.keys(data)) values.set(key.toUpperCase(), plain(data[key]))
    else for (const column of columns) values.set(column.name, plain(at(data, column.path)))
    this.rowsIn++
    this.newestAt = sim.clock[0]
    sim.count(this.recordsIn, 1)
    this.pumps!.put(name, { time: sim.startsAt + sim.clock[0], values }, (stream, row) => this.emit(stream, row))
    this.arm()
  }

  // Windows

  private arm(): void {
    const { sim } = this
    const at = this.pumps!.nextAt - sim.startsAt
    if (at >= this.armedAt) return
    this.armedAt = at
    sim.after(Math.max(0, at - sim.clock[0]), this.ended, 0)
  }

  /** Timer: a window may be over. */
  windowEnded(): void {
    const now = this.sim.clock[0]
    if (now < this.armedAt) return
    this.armedAt = Infinity
    this.pumps!.close(this.sim.startsAt + now, (stream, row) => this.emit(stream, row))
    this.arm()
  }

  // Handing on

  private emit(stream: string, row: Row): void {
    this.outputs.forEach(({ name }, i) => {
      if (name !== stream) return
      this.rowsOut++
      this.sim.count(this.recordsOut, 1)
      this.senders[i].waiting.push(Object.fromEntries(row.values))
      if (!this.senders[i].isBusy) {
        this.senders[i].isBusy = true
        // The rows of one instant go together.
        this.sim.after(0, this.sendAgain, i)
      }
    })
  }

  /** Timer: what waits for an output is sent. */
  outputAgain(number: number): void {
    const sender = this.senders[number]
    if (sender.sending.length === 0) sender.sending = sender.waiting.splice(0, BATCH_MAX)
    if (sender.sending.length === 0) {
      sender.isBusy = false
      return
    }
    const { sim } = this
    const call = sim.open(this.outputEdges[number], number, 0)
    sim.calls.body[call] = requestOf(this.outputs[number], sender.sending)
    sim.send(call)
  }

  /** Answer of a destination: rows that it has not taken are sent again a second later, at least once each (KDA-06). */
  outputAnswered(call: Call): void {
    const { sim } = this
    const number = sim.calls.cookie[call]
    const sender = this.senders[number]
    const left = sim.calls.status[call] !== 0 ? sender.sending : refusedRows(sender.sending, sim.calls.answer[call])
    sim.close(call)
    this.delivered += sender.sending.length - left.length
    sender.sending = left
    if (left.length > 0) this.refused.note(sim.clock[0], left.length)
    sim.after(left.length > 0 ? SECOND : 0, this.sendAgain, number)
  }
}

function requestOf({ kind, to }: Output, rows: readonly Readonly<Record<string, Value>>[]): unknown {
  if (kind === 'stream')
    return { Records: rows.map((row) => ({ Data: row, PartitionKey: String(Object.values(row)[0] ?? '-') })) }
  if (kind === 'delivery') return { DeliveryStreamName: to, Records: rows.map((row) => ({ Data: row })) }
  const records = rows.map((data, i) => ({ recordId: String(i), data }))
  return { InvocationType: 'RequestResponse', Payload: { records } }
}

/** The rows that a destination has named as failed, by their place. */
function refusedRows<T>(rows: readonly T[], answer: any): T[] {
  if (answer?.FunctionError !== undefined) return [...rows]
  const places: readonly any[] = answer?.Records ?? answer?.RequestResponses ?? []
  const results: readonly any[] = answer?.Payload?.records ?? []
  const lost = new Set(results.filter((each) => each?.result === 'DeliveryFailed').map((each) => String(each.recordId)))
  return rows.filter((_, i) => places[i]?.ErrorCode !== undefined || lost.has(String(i)))
}

/** A record's members: an object, or a text that is one in JSON. */
function objectOf(data: unknown): Readonly<Record<string, unknown>> | undefined {
  const found = typeof data === 'string' ? parseJson(data) : data
  return typeof found === 'object' && found !== null && !Array.isArray(found)
    ? (found as Readonly<Record<string, unknown>>)
    : undefined
}

function at(data: unknown, path: readonly string[]): unknown {
  let found = data
  for (const step of path)
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, step)
        ? (found as Readonly<Record<string, unknown>>)[step]
        : undefined
  return found
}

/** What a column can hold. */
function plain(value: unknown): Value {
  if (value === undefined || value === null) return null
  return typeof value === 'object' ? JSON.stringify(value) : (value as Value)
}

function shardsListed(self: Analytics, call: Call): void {
  self.shardsListed(call)
}

function iteratorGiven(self: Analytics, call: Call): void {
  self.iteratorGiven(call)
}

function recordsRead(self: Analytics, call: Call): void {
  self.recordsRead(call)
}

function readAgain(self: Analytics, reader: number): void {
  self.readAgain(reader)
}

function windowEnded(self: Analytics): void {
  self.windowEnded()
}

function outputAnswered(self: Analytics, call: Call): void {
  self.outputAnswered(call)
}

function outputAgain(self: Analytics, output: number): void {
  self.outputAgain(output)
}

/** The event functions of the rooms of both versions. */
export const analyticsTimers = {
  shardsListed,
  iteratorGiven,
  recordsRead,
  readAgain,
  windowEnded,
  outputAnswered,
  outputAgain,
}
