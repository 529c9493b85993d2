// The extended client library of SQS: payloads beyond a threshold lie in a bucket, and the queue carries a pointer to them.
//
//   send     large ─► s3:PutObject ─► sqs:SendMessage (pointer)          small ─► sqs:SendMessage
//   receive  sqs:ReceiveMessage ─► s3:GetObject for each pointer ─► messages with their payloads
//   delete   s3:DeleteObject ─► sqs:DeleteMessage
//
// The one idea: the library is code of its caller's, so it takes no time of its own and has no limits; every request that it makes does.
import type { Call } from '../../engine/calls.ts'
import type { Action, Config, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { sizeOf } from './queue-ops.ts'

const NONE = -1
/** What a pointer carries of the size of its payload, as an attribute of the message. */
const SIZE_ATTRIBUTE = 'ExtendedPayloadSize'
const SEND = [
  'MessageBody',
  'MessageSize',
  'DelaySeconds',
  'MessageAttributes',
  'MessageGroupId',
  'MessageDeduplicationId',
]
const target = 'QueueUrl'

export const extendedClient: ServiceDef<ExtendedClient> = {
  type: 'Sim::Sqs::ExtendedClient',
  family: 'client',
  namespace: 'Sim',
  dimension: 'ExtendedClient',
  summary: 'The extended client library of SQS: large payloads lie in a bucket, the queue carries pointers.',
  models: [
    'A payload above the threshold is put into the bucket first, and the queue gets a pointer to it (N.SQS-36).',
    'A receive fetches the payloads of its pointers and fails if one cannot be read; a delete takes payload and message away.',
    'Whoever reads the queue by other means, as a mapping does, gets the pointer: `{ s3BucketName, s3Key }`.',
  ],
  omits: ['The time that the library itself takes.'],
  quotas: {},
  assumptions: {},
  props: {
    Queue: p.ref('The queue.', { required: true }),
    Bucket: p.ref('The bucket for payloads.', { required: true }),
    PayloadSizeThreshold: p.int('Payloads above it lie in the bucket.', [0, 1_048_576], {
      default: 262_144,
      unit: 'bytes',
    }),
    AlwaysThroughS3: p.bool('Whether all payloads lie there.', { default: false }),
    CleanupS3Payload: p.bool('Whether a delete takes the payload away too.', { default: true }),
  },
  gather: (near) => {
    const kinds = { Queue: 'AWS::SQS::Queue', Bucket: 'AWS::S3::Bucket' } as const
    for (const name of ['Queue', 'Bucket'] as const) {
      const named: unknown = near.self.config[name]
      if (named !== undefined && !near.all(kinds[name]).some(({ logicalId }) => logicalId === named))
        near.self.error([name], 'wrong-resource', `\`${String(named)}\` is something else`, `expected ${kinds[name]}`)
    }
    return {}
  },
  entries: () => ['sqs:SendMessage'],
  create: (config, sim) => new ExtendedClient(config, sim),
  ops: {
    'sqs:SendMessage': {
      doc: 'Sends a message; a large payload goes to the bucket and a pointer to the queue.',
      target,
      params: SEND,
      errors: ['InvalidParameterValue'],
      run: (self, call) => self.send(call),
    },
    'sqs:ReceiveMessage': {
      doc: 'Receives messages with their payloads.',
      target,
      params: ['MaxNumberOfMessages', 'WaitTimeSeconds', 'VisibilityTimeout'],
      errors: ['InvalidParameterValue', 'OverLimit'],
      run: (self, call) => self.pass(call, self.receiveEdge, RECEIVE, self.bodyOf(call)),
    },
    'sqs:DeleteMessage': {
      doc: 'Deletes a message and its payload.',
      target,
      params: ['ReceiptHandle'],
      errors: ['ReceiptHandleIsInvalid'],
      run: (self, call) => self.delete(call),
    },
    'sqs:ChangeMessageVisibility': {
      doc: 'Hides a message for so long from now.',
      target,
      params: ['ReceiptHandle', 'VisibilityTimeout'],
      errors: ['ReceiptHandleIsInvalid', 'MessageNotInflight', 'InvalidParameterValue'],
      run: (self, call) => {
        const body = self.bodyOf(call)
        self.pass(call, self.visibilityEdge, PASS, { ...body, ReceiptHandle: handleOf(body['ReceiptHandle']).handle })
      },
    },
  },
  timers: { answered },
  metrics: {
    PayloadsStored: { unit: 'Bytes', kind: 'distribution', doc: 'Payloads that were put into the bucket.' },
    PayloadsFetched: { unit: 'Count', kind: 'count', doc: 'Payloads that were read from it.' },
  },
  invariants: {
    'every request is answered or under way': (self) => self.asked === self.replied + self.underWay,
  },
  view: {
    glyph: 'extended-client',
    label: 'Extended client',
    level: (self) => self.underWay,
    levelMax: (self) => Math.max(10, self.underWay),
    tone: (self) => (self.underWay > 0 ? 'busy' : 'calm'),
    readings: [
      { name: 'Stored', unit: '1/s', doc: 'Payloads put into the bucket.', counter: true, read: (self) => self.stored },
      { name: 'Fetched', unit: '1/s', doc: 'Payloads read from it.', counter: true, read: (self) => self.fetched },
    ],
  },
  traced: { serves: (self, call) => self.servedBy(call) },
}

/** What an answer means that comes back. */
const PASS = 0
const STORE = 1
const RECEIVE = 2
const FETCH = 3
const FORGET = 4

/** A request of the caller's, while the requests that it takes are made. */
class Request {
  call: Call = NONE
  body: Readonly<Record<string, any>> = NOTHING
  /** A receive: its messages, and the fetches that have not come back. */
  messages: any[] = []
  waiting = 0
  failure = 0
}

export class ExtendedClient {
  asked = 0
  replied = 0
  underWay = 0
  stored = 0
  fetched = 0
  readonly receiveEdge: number
  readonly visibilityEdge: number
  private readonly sim: Sim
  private readonly queue: string
  private readonly bucket: string
  private readonly threshold: number
  private readonly cleansUp: boolean
  private readonly edges: Readonly<Record<'send' | 'delete' | 'put' | 'get' | 'remove', number>>
  private readonly storedMetric: number
  private readonly fetchedMetric: number
  private readonly requests: Request[] = []
  private readonly free: number[] = []
  private keys = 0

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.queue = config['Queue']
    this.bucket = config['Bucket']
    this.threshold = config['AlwaysThroughS3'] === true ? NONE : config['PayloadSizeThreshold']
    this.cleansUp = config['CleanupS3Payload'] !== false
    const edge = (to: string, action: Action): number => sim.edge(to, action, answered)
    this.receiveEdge = edge(this.queue, 'sqs:ReceiveMessage')
    this.visibilityEdge = edge(this.queue, 'sqs:ChangeMessageVisibility')
    this.edges = {
      send: edge(this.queue, 'sqs:SendMessage'),
      delete: edge(this.queue, 'sqs:DeleteMessage'),
      put: edge(this.bucket, 's3:PutObject'),
      get: edge(this.bucket, 's3:GetObject'),
      remove: edge(this.bucket, 's3:DeleteObject'),
    }
    this.storedMetric = sim.metric('PayloadsStored')
    this.fetchedMetric = sim.metric('PayloadsFetched')
  }

  bodyOf(call: Call): Readonly<Record<string, any>> {
    return (this.sim.calls.body[call] ?? NOTHING) as Readonly<Record<string, any>>
  }

  send(call: Call): void {
    const body = this.bodyOf(call)
    const size = sizeOf(body)
    if (size <= this.threshold) {
      this.pass(call, this.edges.send, PASS, body)
      return
    }
    const { MessageBody: payload, MessageSize: _, MessageAttributes: attributes, ...others } = body
    const key = `${this.sim.name}-${String(++this.keys).padStart(12, '0')}`
    const pointer = {
      ...others,
      MessageBody: { s3BucketName: this.bucket, s3Key: key },
      MessageAttributes: { ...attributes, [SIZE_ATTRIBUTE]: { DataType: 'Number', StringValue: String(size) } },
    }
    this.stored++
    this.sim.record(this.storedMetric, size)
    this.pass(call, this.edges.put, STORE, { Key: key, Body: payload, ContentLength: size }, pointer)
  }

  delete(call: Call): void {
    const { key, handle } = handleOf(this.bodyOf(call)['ReceiptHandle'])
    const message = { ReceiptHandle: handle }
    if (key === undefined || !this.cleansUp) this.pass(call, this.edges.delete, PASS, message)
    else this.pass(call, this.edges.remove, FORGET, { Key: key }, message)
  }

  /** Makes the first request of a call's; `then` is the body of the one behind it. */
  pass(call: Call, edge: number, meaning: number, body: unknown, then: Readonly<Record<string, any>> = NOTHING): void {
    const row = this.free.pop() ?? this.requests.push(new Request()) - 1
    const request = this.requests[row]
    request.call = call
    request.body = then
    this.asked++
    this.underWay++
    this.ask(row, edge, meaning, body)
  }

  /** An answer has come back. */
  answered(call: Call): void {
    const { calls } = this.sim
    const cookie = calls.cookie[call]
    const meaning = cookie % MEANINGS
    const row = (cookie - meaning) / MEANINGS
    const status = calls.status[call]
    const answer = calls.answer[call] as any
    const key = (calls.body[call] as { readonly Key?: string } | null)?.Key
    this.sim.close(call)
    if (meaning === FETCH) this.fetchedOne(row, key!, status, answer)
    else if (status !== 0 || meaning === PASS) this.reply(row, status, answer)
    else if (meaning === STORE) this.ask(row, this.edges.send, PASS, this.requests[row].body)
    else if (meaning === FORGET) this.ask(row, this.edges.delete, PASS, this.requests[row].body)
    else this.received(row, answer)
  }

  /** The call that one of the client's own serves. */
  servedBy(call: Call): Call {
    const cookie = this.sim.calls.cookie[call]
    return this.requests[(cookie - (cookie % MEANINGS)) / MEANINGS]?.call ?? NONE
  }

  private ask(row: number, edge: number, meaning: number, body: unknown): void {
    const { sim } = this
    const call = sim.open(edge, row * MEANINGS + meaning, sim.calls.trace[this.requests[row].call])
    sim.calls.body[call] = body
    sim.send(call)
  }

  /** Messages have come: the payloads of their pointers are fetched side by side. */
  private received(row: number, answer: { readonly Messages?: readonly any[] }): void {
    const request = this.requests[row]
    const messages = answer.Messages ?? []
    request.messages = [...messages]
    request.failure = 0
    const pointers = messages.filter(({ Body: body }) => body?.s3BucketName === this.bucket)
    request.waiting = pointers.length
    if (pointers.length === 0) this.reply(row, 0, answer)
    for (const { Body: body } of pointers) this.ask(row, this.edges.get, FETCH, { Key: body.s3Key })
  }

  private fetchedOne(row: number, key: string, status: number, answer: { readonly Body?: unknown } | null): void {
    const request = this.requests[row]
    if (status !== 0) request.failure = status
    else {
      this.fetched++
      this.sim.count(this.fetchedMetric, 1)
      request.messages = request.messages.map((message) =>
        message.Body?.s3Key === key
          ? {
              ...message,
              // Of a payload too large to be kept there is its size alone; the pointer stands for it.
              Body: answer?.Body ?? message.Body,
              ReceiptHandle: `${KEY_MARK}${key}${KEY_MARK}${message.ReceiptHandle}`,
            }
          : message,
      )
    }
    if (--request.waiting > 0) return
    this.reply(row, request.failure, request.failure === 0 ? { Messages: request.messages } : null)
  }

  private reply(row: number, status: number, answer: unknown): void {
    const request = this.requests[row]
    this.sim.calls.answer[request.call] = answer
    this.sim.reply(request.call, status)
    request.call = NONE
    request.body = NOTHING
    request.messages = []
    this.replied++
    this.underWay--
    this.free.push(row)
  }
}

const NOTHING = Object.freeze({})
/** Meanings of an answer, in the lowest digits of a call's cookie. */
const MEANINGS = 8
const KEY_MARK = '-..s3Key..-'

/** The queue's own handle in one of the client's, and the key of its payload. */
function handleOf(given: unknown): { readonly key: string | undefined; readonly handle: unknown } {
  if (typeof given !== 'string' || !given.startsWith(KEY_MARK)) return { key: undefined, handle: given }
  const end = given.indexOf(KEY_MARK, KEY_MARK.length)
  const handle = given.slice(end + KEY_MARK.length)
  return { key: given.slice(KEY_MARK.length, end), handle: /^\d+$/.test(handle) ? Number(handle) : handle }
}

/** Answer of the queue or the bucket. */
function answered(self: ExtendedClient, call: Call): void {
  self.answered(call)
}
