// What a mapping takes from its neighbours, the queue and the function, and the mistakes that show only beside them.
import type { Near, ResourceView } from '../../model/contract.ts'
import { MESSAGES_PER_CALL, VISIBILITY_MARGIN } from './event-source-mapping.facts.ts'

/** The queue that a mapping reads. */
export interface Source {
  /** Its logical id. */
  readonly queue: string
  readonly batchSize: number
  /** How long messages are hidden, in s; `hidden` = longer than the queue itself says. */
  readonly visibility: number
  readonly hidden: boolean
}

/** Finds the queue and checks the mapping against it; null for a source that is not simulated. */
export function gather(near: Near): { readonly Source: Source | null } {
  const queue = near.resourceAt(near.self.config['EventSourceArn'])
  if (queue?.type !== 'AWS::SQS::Queue') {
    const what = queue === undefined ? 'a source outside of this scenario' : queue.type
    near.self.notSimulated(
      ['Properties', 'EventSourceArn'],
      `mappings of ${what} are not simulated yet: the function gets nothing from it`,
    )
    return { Source: null }
  }
  const batchSize = near.self.config['BatchSize'] ?? MESSAGES_PER_CALL
  checkBatch(near, batchSize, queue.config['FifoQueue'] === true)
  return { Source: { queue: queue.logicalId, batchSize, ...visibilityOf(near, queue) } }
}

/** LAM-53: a batch from a FIFO queue is what one receive returns, and is not collected. */
function checkBatch(near: Near, batchSize: number, isFifo: boolean): void {
  const { self } = near
  const most = isFifo ? MESSAGES_PER_CALL : near.quota('SqsBatchSize')
  if (isFifo && self.config['MaximumBatchingWindowInSeconds'] > 0)
    self.error(
      ['Properties', 'MaximumBatchingWindowInSeconds'],
      'contradiction',
      '`MaximumBatchingWindowInSeconds` is set for a FIFO queue',
      'leave it out: batches from a FIFO queue are not collected',
    )
  if (batchSize > most)
    self.error(
      ['Properties', 'BatchSize'],
      'batch-size',
      `\`BatchSize\` is ${batchSize}`,
      `a batch from a ${isFifo ? 'FIFO ' : ''}queue holds at most ${most} messages`,
    )
  else if (batchSize > MESSAGES_PER_CALL && self.config['MaximumBatchingWindowInSeconds'] < 1)
    self.error(
      ['Properties', 'BatchSize'],
      'batch-without-window',
      `\`BatchSize\` is ${batchSize} without a window`,
      `more than ${MESSAGES_PER_CALL} messages need \`MaximumBatchingWindowInSeconds\` of at least 1`,
    )
}

/** How long the messages of a batch stay hidden; the function must not run longer than the queue says (LAM-56). */
function visibilityOf(near: Near, queue: ResourceView): { visibility: number; hidden: boolean } {
  const visibility = queue.config['VisibilityTimeout'] as number
  const timeout = timeoutOf(near)
  const window = near.self.config['MaximumBatchingWindowInSeconds'] as number
  if (timeout > visibility)
    near.self.error(
      ['Properties', 'EventSourceArn'],
      'visibility-below-timeout',
      `the visibility timeout of \`${queue.logicalId}\`, ${visibility} s, is shorter than the function's time-out of ${timeout} s`,
      `expected at least ${timeout} s, better ${6 * timeout + window} s`,
    )
  const longer = window > 0 && window + timeout > visibility
  return { visibility: longer ? window + timeout + VISIBILITY_MARGIN : visibility, hidden: longer }
}

/** The time-out (s) of the function, behind an alias or a version too. */
function timeoutOf(near: Near): number {
  const functions = near.all('AWS::Lambda::Function')
  const names = [...near.all('AWS::Lambda::Alias'), ...near.all('AWS::Lambda::Version')]
  const target = near.self.config['FunctionName'] as string
  const name = names.find((view) => view.logicalId === target)?.config['FunctionName'] ?? target
  return functions.find((view) => view.logicalId === name)?.config['Timeout'] ?? 0
}
