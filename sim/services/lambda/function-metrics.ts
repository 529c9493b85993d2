// The metrics of a function, under CloudWatch's names.
import type { Metric } from '../../model/contract.ts'
import type { LambdaFunction } from './function.ts'

export const metrics: Readonly<Record<string, Metric<LambdaFunction>>> = {
  Invocations: { unit: 'Count', kind: 'count', doc: 'Requests that ran, or failed in running.' },
  Errors: {
    unit: 'Count',
    kind: 'count',
    doc: 'Invocations that ended in a function error; 0 for the others, so that the average is the error rate.',
  },
  Throttles: {
    unit: 'Count',
    kind: 'count',
    doc: 'Requests refused for lack of concurrency or rate; neither invocations nor errors.',
  },
  Duration: {
    unit: 'Milliseconds',
    kind: 'distribution',
    doc: 'Time of the handler, initialisation excluded unless it is repeated in the request.',
  },
  InitDuration: {
    unit: 'Milliseconds',
    kind: 'distribution',
    doc: 'Length of each cold start; in AWS `init_duration` of Lambda Insights and a field of the log’s REPORT line.',
  },
  AsyncEventsReceived: { unit: 'Count', kind: 'count', doc: 'Asynchronous events accepted.' },
  AsyncEventsDropped: {
    unit: 'Count',
    kind: 'count',
    doc: 'Asynchronous events given up that had neither a dead-letter queue nor a destination for failures.',
  },
  RecursiveInvocationsDropped: {
    unit: 'Count',
    kind: 'count',
    doc: 'Asynchronous events not tried because they had come round too often.',
  },
  AsyncEventAge: {
    unit: 'Milliseconds',
    kind: 'distribution',
    doc: 'How old an asynchronous event is at each of its invocations.',
  },
  IteratorAge: {
    unit: 'Milliseconds',
    kind: 'distribution',
    doc: 'How old the last record of a batch from a stream is when the function gets it.',
  },
  DestinationDeliveryFailures: {
    unit: 'Count',
    kind: 'count',
    doc: 'Records of asynchronous events that their destination refused.',
  },
  DeadLetterErrors: {
    unit: 'Count',
    kind: 'count',
    doc: 'Asynchronous events that the dead-letter queue refused.',
  },
  ConcurrentExecutions: { unit: 'Count', kind: 'level', doc: 'Requests in progress.' },
  ProvisionedConcurrencyInvocations: {
    unit: 'Count',
    kind: 'count',
    doc: 'Requests that ran in provisioned environments.',
  },
  ProvisionedConcurrencySpilloverInvocations: {
    unit: 'Count',
    kind: 'count',
    doc: 'Requests that found all provisioned environments busy.',
  },
  ProvisionedConcurrentExecutions: {
    unit: 'Count',
    kind: 'level',
    doc: 'Provisioned environments that are serving.',
  },
  ProvisionedConcurrencyUtilization: {
    unit: 'Count',
    kind: 'level',
    doc: 'The part of the provisioned environments that is serving, 0 to 1.',
  },
}
