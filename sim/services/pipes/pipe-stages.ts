// What the target of a pipe is called with for a batch, and which records of it have failed.
//
// The one idea: a target either takes the batch as it is (a function, a state machine), or has an operation for many records, or
// is called once for each. All three answer with the records that failed.
import type { Action } from '../../model/contract.ts'
import { bodyFor, type TargetParameters } from '../../parts/targets.ts'

export interface Stage {
  readonly action: Action
  /** The most records that it takes at once. */
  readonly batch: number
  /** The body of the call; `events` are what each record is to its target's parameters. */
  readonly body: (inputs: readonly unknown[], events: readonly unknown[], parameters: TargetParameters) => unknown
  /** By record, whether it has failed, of an answer without an exception. */
  readonly failed: (answer: any, ids: readonly unknown[]) => readonly boolean[] | 'all'
}

const NONE: readonly boolean[] = Object.freeze([])

/** A batch as one piece. */
const whole = (action: Action): Stage => ({
  action,
  batch: 10_000,
  body: (inputs, events, parameters) => bodyFor(action, inputs, events[0], parameters),
  failed: (answer, ids) => (answer?.FunctionError === undefined ? reported(answer?.Payload, ids) : 'all'),
})

/** One record at a time. */
const single = (action: Action): Stage => ({
  action,
  batch: 1,
  body: (inputs, events, parameters) => bodyFor(action, inputs[0], events[0], parameters),
  failed: () => NONE,
})

/** An operation for many records, whose answer names those that failed by their `Id`. */
const byId = (action: Action, one: Action, entries: string): Stage => ({
  action,
  batch: 10,
  body: (inputs, events, parameters) => ({
    [entries]: inputs.map((input, i) => ({ Id: String(i), ...(bodyFor(one, input, events[i], parameters) as object) })),
  }),
  failed: (answer, ids) => {
    const failed = new Set(((answer?.Failed ?? []) as readonly { Id: unknown }[]).map(({ Id: id }) => String(id)))
    return failed.size === 0 ? NONE : ids.map((_, i) => failed.has(String(i)))
  },
})

/** One whose answer has an entry for each record, with an `ErrorCode` where it failed. */
const byPlace = (action: Action, batch: number, body: Stage['body'], answers: string): Stage => ({
  action,
  batch,
  body,
  failed: (answer) => ((answer?.[answers] ?? []) as readonly any[]).map((each) => each?.ErrorCode !== undefined),
})

/** By the operation that hands over one record. */
export const STAGES: ReadonlyMap<Action, Stage> = new Map<Action, Stage>([
  ['lambda:InvokeFunction', whole('lambda:InvokeFunction')],
  ['states:StartExecution', whole('states:StartExecution')],
  ['sqs:SendMessage', byId('sqs:SendMessageBatch', 'sqs:SendMessage', 'Entries')],
  ['sns:Publish', byId('sns:PublishBatch', 'sns:Publish', 'PublishBatchRequestEntries')],
  [
    'kinesis:PutRecord',
    byPlace(
      'kinesis:PutRecords',
      500,
      (inputs, events, parameters) => ({
        Records: inputs.map((input, i) => bodyFor('kinesis:PutRecord', input, events[i], parameters)),
      }),
      'Records',
    ),
  ],
  [
    'firehose:PutRecord',
    byPlace(
      'firehose:PutRecordBatch',
      500,
      (inputs) => ({ Records: inputs.map((Data) => ({ Data })) }),
      'RequestResponses',
    ),
  ],
  [
    'events:PutEvents',
    byPlace(
      'events:PutEvents',
      10,
      (inputs, events, parameters) => ({
        Entries: inputs.flatMap(
          (input, i) => (bodyFor('events:PutEvents', input, events[i], parameters) as { Entries: unknown[] }).Entries,
        ),
      }),
      'Entries',
    ),
  ],
  ['events:InvokeApiDestination', single('events:InvokeApiDestination')],
  ['logs:PutLogEvents', single('logs:PutLogEvents')],
])

/** Failures that a function reports by the ids of its records (EB-60); 'all' where its list cannot be read. */
function reported(payload: unknown, ids: readonly unknown[]): readonly boolean[] | 'all' {
  if (typeof payload !== 'object' || payload === null || !Object.hasOwn(payload, 'batchItemFailures')) return NONE
  const listed = (payload as { readonly batchItemFailures: unknown }).batchItemFailures
  if (!Array.isArray(listed)) return listed === null ? NONE : 'all'
  const failed = new Set(listed.map((item) => String((item as { itemIdentifier?: unknown } | null)?.itemIdentifier)))
  const known = new Set(ids.map(String))
  for (const id of failed) if (!known.has(id)) return 'all'
  return ids.map((id) => failed.has(String(id)))
}
