// The workloads, in the order in which they are run and printed.
import { chains } from './chains.ts'
import { hold } from './hold.ts'
import { sns, sqs } from './messages.ts'
import { kinesis } from './kinesis.ts'
import { mm10 } from './mm10.ts'
import { bystanders, events, pipeline, simfaas } from './pipeline.ts'
import { firehose, s3 } from './stores.ts'
import { streams } from './streams.ts'
import { timeouts } from './timeouts.ts'
import type { Work } from './work.ts'

export const works: readonly Work[] = [
  hold,
  mm10,
  timeouts,
  chains,
  pipeline,
  events,
  streams,
  kinesis,
  sqs,
  sns,
  simfaas,
  bystanders,
  s3,
  firehose,
]
