// Call scripts of another simulator's tests for streams: each step is made on the room. What cannot be said of a room is left out:
const LEFT_OUT: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/cbor/i, 'speaks CBOR, a form of the protocol'],
  [/resource_policy/, 'sets policies while the stream is in use'],
  [/surrounding_quotes/, 'puts an iterator in quotation marks, which AWS takes off'],
  [/subscribe_to_shard/, 'reads a stream of events, which only rooms do here (their tests show it)'],
]
import { stream } from '../../sim/services/kinesis/stream.ts'
import { lab, MINUTE, SECOND, type Answer, type Lab } from '../kit.ts'
import { CallScript, scriptCases, Unknown, type Comparison, type Step } from './call-scripts.ts'
import type { Suite } from './suite.ts'

const COMPARISON: Comparison = {
  // Data are bytes as Python writes them.
  unlike: /\.(ResponseMetadata|SequenceNumber|\w*Timestamp|\w+ARN|Data)$/,
  absent: [],
  isWhole: true,
}

class Script extends CallScript {
  protected override readonly comparison = COMPARISON
  protected override readonly lab: Lab = lab(
    { S: { def: stream, properties: { ShardCount: 1 } } },
    { probe: Object.keys(stream.ops).map((action) => ['S', action as `${string}:${string}`] as const) },
  )

  /** Makes every step, of which some have to be comparisons. */
  override run(): void {
    this.lab.run(MINUTE)
    super.run()
    if (this.compared === 0) throw new Error('nothing of it was compared')
  }

  protected override make({ i = 0, kwargs = {}, args = [] }: Step, call: string): void {
    if (call === 'snapshot.match') {
      const recorded = this.vector.recorded_content?.[String(kwargs['key'])]
      if (recorded !== undefined) this.compare(recorded, this.resolve(kwargs['obj']), String(kwargs['key']))
    } else if (call === 'kinesis_create_stream') this.results.set(i, 'S')
    else if (call === 'kinesis_register_consumer') this.ask(i, 'RegisterStreamConsumer', { ConsumerName: args[1] })
    else if (call.startsWith('wait_for_')) this.lab.run(this.lab.now + MINUTE)
    else if (call.startsWith('aws_client.kinesis.')) {
      const name = call.slice('aws_client.kinesis.'.length)
      const op = name.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
      const { StreamName: _, StreamARN: __, ...params } = kwargs
      this.ask(i, op, this.resolve(params) as object)
    }
  }

  private ask(i: number, op: string, body: object): void {
    if (!Object.hasOwn(stream.ops, `kinesis:${op}`)) throw new Unknown(`step ${i}: ${op}`)
    this.lab.run(this.lab.now + SECOND)
    const answer = this.lab.ask('S', `kinesis:${op}`, body)
    if (answer.status !== 'OK') throw new Error(`step ${i}: ${op} is refused: ${answer.status}`)
    this.results.set(i, answer.answer ?? {})
  }

  protected override codeOf({ status }: Answer): string {
    return status
  }
}

const cases = scriptCases('kinesis', LEFT_OUT, (vector) => new Script(vector).run())
const suite: Suite = { name: 'kinesis-scripts', cases }
export default suite
