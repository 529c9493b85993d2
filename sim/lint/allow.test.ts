// What an author allows: by comments at their places, in metadata, and what is said of allowances that allow nothing.
import { describe, expect, test } from 'vitest'
import { findingsOf, slugsOf } from '../../test/lints.ts'

const SLUG = 'sqs/dead-after-one-receive'
const other = 'sqs/dead-letters-expire-early'
/** Two queues with the trap; `#1` … `#6` are places for comments. */
const template = (comments: Readonly<Record<number, string>>): string =>
  `#1
Resources: #2
  #3
  Jobs: #4
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt Dead.Arn
        #5
        maxReceiveCount: 1 #6
  More:
    Type: AWS::SQS::Queue
    Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 1 } } #7
  Dead:
    Type: AWS::SQS::Queue
    Metadata: { hotshard: { allow: cloudwatch/dead-letters-unwatched } }
    Properties: { MessageRetentionPeriod: 1209600 }
`.replace(/#(\d)/g, (_, place: string) => comments[Number(place)] ?? '')

const allow = (slug = SLUG): string => `# hotshard: allow ${slug}`
const lines = (text: string): number[] => findingsOf(text).map(({ line }) => line)

describe('an allowance by comment', () => {
  test('without one both queues are told', () => expect(lines(template({}))).toEqual([10, 13]))

  test.each([
    ['at the end of the line', 6, [13]],
    ['on the line above', 5, [13]],
    ['at the name of the resource', 4, [13]],
    ['above the resource', 3, [13]],
    ['at the section above', 2, []],
    ['at the top of the file', 1, []],
    ['in a flow, for its line alone', 7, [10]],
  ] as const)('%s', (_, place, left) => expect(lines(template({ [place]: allow() }))).toEqual(left))

  test('names several, with a reason behind them', () => {
    const text = template({ 1: `# hotshard: allow ${SLUG}, ${other} we know` })
    expect(findingsOf(text).map(({ slug }) => slug)).toEqual(['unused-allow'])
    expect(findingsOf(text)[0]!.text).toContain('`sqs/dead-letters-expire-early` is allowed here and does not occur')
  })

  test('covers nothing beyond what is indented below it', () => {
    expect(slugsOf(template({ 3: allow(other) }))).toEqual([SLUG, SLUG, 'unused-allow'])
  })

  test('of an unknown lint is a warning with the nearest name', () => {
    const [first] = findingsOf(template({ 6: allow('sqs/dead-after-one-recieve') }))
    expect(first).toMatchObject({ slug: 'unknown-lint', line: 10 })
    expect(first!.text).toContain(' ^^^^^^^^^^^^^^^^^^^^^^^^^^ did you mean `sqs/dead-after-one-receive`?')
    expect(findingsOf(template({ 6: `# hotshard: alow ${SLUG}` }))[0]!.text).toContain('did you mean `allow`?')
    expect(findingsOf(template({ 6: '# hotshard: allow' }))[0]!.slug).toBe('unknown-lint')
  })

  test('inside a script is none', () => {
    const text = template({}).replace(
      'Jobs: ',
      'Jobs:\n    Description: |\n      # hotshard: allow sqs/no-such-lint\n   ',
    )
    expect(slugsOf(text)).toEqual([SLUG, SLUG])
  })
})

describe('an allowance in metadata', () => {
  const json = (metadata: string, whole = ''): string =>
    `{ ${whole} "Resources": {
      "Jobs": { ${metadata} "Type": "AWS::SQS::Queue",
        "Properties": { "RedrivePolicy": { "deadLetterTargetArn": { "Fn::GetAtt": ["Dead", "Arn"] }, "maxReceiveCount": 1 } } },
      "Dead": { "Type": "AWS::SQS::Queue", "Properties": { "MessageRetentionPeriod": 1209600 } } } }`
  const list = `"Metadata": { "hotshard": { "allow": ["${SLUG}"] } },`
  const unwatched = 'cloudwatch/dead-letters-unwatched'

  test('of the resource or of the template serves JSON', () => {
    expect(slugsOf(json(''))).toEqual([unwatched, SLUG])
    expect(slugsOf(json(list))).toEqual([unwatched])
    expect(slugsOf(json('', list))).toEqual([unwatched])
  })

  test('of a SAM resource covers what SAM makes of it', () => {
    const text = (metadata: string): string => `Transform: AWS::Serverless-2016-10-31
Resources:
  Work:
    Type: AWS::Serverless::Function
    ${metadata}
    Properties: { Runtime: nodejs22.x, Handler: a.b, InlineCode: x, Events: { Feed: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn } } } }
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 18, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 } } }
  Dead: { Type: AWS::SQS::Queue, Metadata: { hotshard: { allow: cloudwatch/dead-letters-unwatched } }, Properties: { MessageRetentionPeriod: 1209600 } }`
    expect(slugsOf(text(''))).toEqual(['lambda/batch-fails-as-one'])
    expect(slugsOf(text('Metadata: { hotshard: { allow: [lambda/batch-fails-as-one] } }'))).toEqual([])
  })
})

test('a comment at the top of a scenario speaks for the template that it names', () => {
  const files = { read: () => ({ ok: true, value: template({}) }) as const }
  const scenario = 'Simulation: { Template: app.yaml }'
  expect(slugsOf(scenario, { files })).toEqual([SLUG, SLUG])
  expect(slugsOf(`${allow()}\n${scenario}`, { files })).toEqual([])
})
