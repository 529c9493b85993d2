// Queues and the functions that read them: the figures that are told, and when nothing is.
import { expect, test } from 'vitest'
import { findingsOf } from '../../test/lints.ts'

const text = (queue: string, timeout: string, mapping = ''): string => `Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: { ${queue} }
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Code: { ZipFile: x }, ${timeout} } }
  Live: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Work } }
  Feed: { Type: AWS::Lambda::EventSourceMapping, Properties: { EventSourceArn: !GetAtt Jobs.Arn, FunctionName: !Ref Live${mapping} } }`
const told = (slug: string, source: string): string | undefined =>
  findingsOf(source).find((finding) => finding.slug === slug)?.text
const SIX = 'sqs/visibility-below-six-timeouts'

test('a visibility timeout below six times the time-out is told with the figure to write, at six times nothing is [LAM-56, N.LAMBDA-ESM-16]', () => {
  const warned = told(SIX, text('VisibilityTimeout: 30', 'Timeout: 30'))
  expect(warned).toContain('test.yaml:4:38')
  expect(warned).toContain('help: `VisibilityTimeout: 180`')
  expect(told(SIX, text('VisibilityTimeout: 179', 'Timeout: 30'))).toBeDefined()
  expect(told(SIX, text('VisibilityTimeout: 180', 'Timeout: 30'))).toBeUndefined()
})

test('the batching window counts, and so do the defaults of both', () => {
  expect(told(SIX, text('VisibilityTimeout: 180', 'Timeout: 30', ', MaximumBatchingWindowInSeconds: 20'))).toContain(
    '`VisibilityTimeout: 200`',
  )
  // 30 s and 3 s.
  expect(told(SIX, text('', ''))).toBeUndefined()
  expect(told(SIX, text('', 'Timeout: 6'))).toContain('`VisibilityTimeout: 36`')
})

test('what a parameter leaves open is not told', () => {
  const open = (value: string): string =>
    `Parameters: { Hidden: { Type: Number${value} } }\n${text('VisibilityTimeout: !Ref Hidden', 'Timeout: 1')}`
  expect(told(SIX, open(', Default: 5'))).toContain('6')
  expect(told(SIX, open(', Default: 5'))).toContain('test.yaml:5:43')
  expect(told(SIX, open(', MinValue: 1'))).toBeUndefined()
})

test('a dead-letter queue that is read again needs none of its own', () => {
  const slug = 'sqs/no-dead-letters'
  expect(told(slug, text('', ''))).toContain('`Jobs` has no dead-letter queue')
  const source =
    '  Source: { Type: AWS::SQS::Queue, Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt Jobs.Arn, maxReceiveCount: 5 } } }'
  expect(told(slug, `${text('', '')}\n${source}`)).toBeUndefined()
})
