// AWS::Kinesis::StreamConsumer: a consumer of enhanced fan-out. The stream pushes to it; this is what the template says of it,
// and where whoever reads by its ARN finds it.
import type { Call } from '../../engine/calls.ts'
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { inUse, Refused } from './refusals.ts'
import type { Stream } from './stream-state.ts'

export const streamConsumer: ServiceDef<StreamConsumer> = {
  type: 'AWS::Kinesis::StreamConsumer',
  family: 'messaging',
  namespace: 'AWS/Kinesis',
  dimension: 'Consumer',
  summary: 'A consumer of a stream with a read throughput of its own (enhanced fan-out).',
  models: ['What a consumer gets is pushed by its stream: `hotshard explain AWS::Kinesis::Stream`.'],
  omits: ['Streams outside of the template: such a consumer gets nothing.'],
  quotas: {},
  assumptions: {},
  // Its stream is billed for it.
  prices: {},
  props: {
    ConsumerName: p.string('Its name, unique at its stream.', { required: true }),
    StreamARN: p.any('The stream.', { required: true }),
    Tags: p.inert('Tags.'),
  },
  gather: (near) => {
    const found = near.resourceAt(near.self.config['StreamARN'])
    const isStream = found?.type === 'AWS::Kinesis::Stream'
    if (!isStream)
      near.self.notSimulated(['StreamARN'], 'the stream is outside of this scenario: nothing comes from it')
    return { Stream: isStream ? found.logicalId : null }
  },
  carries: (config) => config['Stream'] !== null,
  create: (config, sim) => new StreamConsumer(config, sim),
  ops: {
    'kinesis:DescribeStreamConsumer': {
      doc: 'Tells what the consumer is doing.',
      target: 'ConsumerARN',
      run: (self, call) =>
        self.ask(call, (stream) => ({ ConsumerDescription: stream.fanOut.describe(stream.fanOut.named(self.body)) })),
    },
    'kinesis:SubscribeToShard': {
      doc: 'Opens a connection to a shard of its stream for five minutes; `Renews` (our own) opens the next ones too.',
      target: 'ConsumerARN',
      params: ['ShardId', 'StartingPosition', 'Renews'],
      errors: ['ResourceInUseException', 'LimitExceededException', 'ResourceNotFoundException'],
      run: (self, call) => self.ask(call, (stream, body) => stream.fanOut.subscribe({ ...body, ...self.body })),
    },
    'kinesis:ReceiveEvent': {
      internal: true,
      doc: 'Waits for the next event of a connection (our own name: the API pushes).',
      target: 'ConsumerARN',
      params: ['SubscriptionId'],
      run: (self, call) => {
        const { stream } = self
        if (stream === null) self.ask(call, () => null)
        else stream.fanOut.receive(call)
      },
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  view: {
    glyph: 'stream',
    label: 'Stream consumer',
    partOf: (config) => (config['Stream'] ?? undefined) as string | undefined,
    level: () => 0,
    levelMax: () => 1,
    tone: () => 'calm',
  },
}

export class StreamConsumer {
  readonly sim: Sim
  /** How the stream knows it. */
  readonly body: Readonly<Record<string, unknown>>
  private readonly of: string | null

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.of = config['Stream'] as string | null
    this.body = Object.freeze({ ConsumerName: config['ConsumerName'] as string })
  }

  /** Its stream; null when that is not part of the scenario. */
  get stream(): Stream | null {
    return this.of === null ? null : this.sim.peer<Stream>(this.of)
  }

  /** Answers in the name of the stream. */
  ask(call: Call, work: (stream: Stream, body: Readonly<Record<string, any>>) => unknown): void {
    const { stream } = this
    if (stream !== null) {
      stream.serve(call, 'kinesis:SubscribeToShard', (body) => work(stream, body))
      return
    }
    const { refusal } = new Refused(inUse('the stream is outside of this scenario'))
    this.sim.calls.answer[call] = { message: refusal.message }
    this.sim.reply(call, this.sim.error(refusal.name, refusal.http))
  }
}
