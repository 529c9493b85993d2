// Made-up names, ids and ARNs, and the way back from a text to its resource.
import { expect, test } from 'vitest'
import { Problems } from '../diag/problem.ts'
import { sha1Hex } from './sha1.ts'
import { loadTemplate } from './template.ts'
import type { Template } from './template.ts'

const text = `
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Fifo: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }
  Named: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub "\${AWS::StackName}-named" } }
  Work: { Type: AWS::Lambda::Function, Properties: { FunctionName: jobs } }
  Table: { Type: AWS::DynamoDB::Table, Properties: { TableName: jobs } }
  News: { Type: AWS::SNS::Topic, Properties: { TopicName: news } }
  Files: { Type: AWS::S3::Bucket }
  Api: { Type: AWS::ApiGateway::RestApi }
  New: { Type: AWS::New::Thing }
  Live: { Type: AWS::Lambda::Alias, Properties: { Name: live, FunctionName: !Ref Work } }
Outputs:
  Queue: { Value: !Ref Jobs }
  Work: { Value: !Ref Work }
  Topic: { Value: !Ref News }
  Arn: { Value: !GetAtt Jobs.Arn }
  Fifo: { Value: !GetAtt Fifo.QueueName }
  Named: { Value: !Ref Named }
  Bucket: { Value: !Ref Files }
  Odd: { Value: !GetAtt New.Colour }
  Alias: { Value: !Ref Live }
  Api: { Value: !Ref Api }
`

function load(): Template {
  return loadTemplate(
    { name: 'test.yaml', text },
    { parameters: new Map(), stackName: 'shop' },
    new Problems(),
  ) as Template
}

const output = (name: string): string => {
  const value = load().outputs.get(name)?.value
  return value?.kind === 'scalar' ? String(value.value) : ''
}

test('a name is stack, logical id and letters, the same in every run; buckets are lower case [CFN-R48]', () => {
  expect(output('Queue')).toMatch(/^https:\/\/sqs\.us-east-1\.amazonaws\.com\/123456789012\/shop-Jobs-[A-Z0-9]{12}$/)
  expect(output('Queue')).toBe(output('Queue'))
  expect(output('Bucket')).toMatch(/^shop-files-[a-z0-9]{12}$/)
  expect(output('Fifo')).toMatch(/^shop-Fifo-[A-Z0-9]{12}\.fifo$/)
})

test('Ref and GetAtt follow the type, a given name is kept, and an attribute of an unknown type is a text of its own [CFN-R10, CFN-R11, N.CLOUDFORMATION-15, N.CLOUDFORMATION-28]', () => {
  expect(output('Arn')).toMatch(/^arn:aws:sqs:us-east-1:123456789012:shop-Jobs-/)
  expect(output('Named')).toBe('https://sqs.us-east-1.amazonaws.com/123456789012/shop-named')
  expect(output('Work')).toBe('jobs')
  expect(output('Topic')).toBe('arn:aws:sns:us-east-1:123456789012:news')
  expect(output('Alias')).toBe('arn:aws:lambda:us-east-1:123456789012:function:jobs:live')
  expect(output('Odd')).toMatch(/^shop-New-[A-Z0-9]{12}-Colour$/)
})

test('a text leads back to its resource: names, ARNs and what stands below them, URLs, integrations', () => {
  const template = load()
  const fn = 'arn:aws:lambda:us-east-1:123456789012:function:jobs'
  expect(template.resourceAt(output('Queue'))).toEqual({ logicalId: 'Jobs' })
  expect(template.resourceAt(output('Arn'))).toEqual({ logicalId: 'Jobs', attribute: 'Arn' })
  expect(template.resourceAt(fn)).toEqual({ logicalId: 'Work', attribute: 'Arn' })
  expect(template.resourceAt(`${fn}:live`)).toEqual({ logicalId: 'Live' })
  expect(template.resourceAt(`${fn}:other`)).toEqual({ logicalId: 'Work' })
  expect(template.resourceAt('arn:aws:dynamodb:us-east-1:123456789012:table/jobs/index/*')).toEqual({
    logicalId: 'Table',
  })
  expect(template.resourceAt(`arn:aws:s3:::${output('Bucket')}/*`)).toEqual({ logicalId: 'Files' })
  expect(template.resourceAt(`https://${output('Api')}.execute-api.us-east-1.amazonaws.com/prod/orders`)).toEqual({
    logicalId: 'Api',
  })
  const integration = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${fn}/invocations`
  expect(template.resourceAt(integration)).toEqual({ logicalId: 'Work' })
  expect(template.resourceAt('arn:aws:apigateway:us-east-1:sqs:path/123456789012/shop-named')).toEqual({
    logicalId: 'Named',
  })
  expect(template.resourceAt('nothing')).toBe(undefined)
  expect(template.resourceAt('arn:aws:sqs:us-east-1:123456789012:other')).toBe(undefined)
})

test('a name that two resources share is told apart by type', () => {
  const template = load()
  expect(template.resourceAt('jobs')).toEqual({ logicalId: 'Work' })
  expect(template.resourceAt('jobs', 'AWS::DynamoDB::Table')).toEqual({ logicalId: 'Table' })
})

test('SHA-1 agrees with published digests', () => {
  expect(sha1Hex('')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709')
  expect(sha1Hex('abc')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d')
  expect(sha1Hex('a'.repeat(1000))).toBe('291e9a6c66994949b57ba5e650361e98fc36b1ba')
})

test('an attribute that a known type does not have is an error with the nearest one [CFN-R11, N.CLOUDFORMATION-29]', () => {
  const problems = new Problems()
  const wrong =
    'Resources: { Q: { Type: AWS::SQS::Queue }, R: { Type: AWS::X::Y, Properties: { V: !GetAtt Q.QueueNme } } }'
  loadTemplate({ name: 'test.yaml', text: wrong }, { parameters: new Map() }, problems)
  expect(problems.list).toMatchObject([{ slug: 'unknown-attribute', help: 'did you mean `QueueName`?' }])
})
