// A shop of some forty resources, as a team would grow it: for each area an API, functions, a queue with its dead letters, a table.
const AREAS = ['Catalog', 'Cart', 'Orders', 'Billing', 'Shipping', 'Search']

/** A scenario with 6 APIs, 14 functions, 12 queues, 6 tables and 6 workloads. */
export function largeShop(): string {
  const resources: string[] = []
  const workloads: string[] = []
  const handlers: string[] = []
  AREAS.forEach((area, i) => {
    resources.push(
      `  ${area}Api: { Type: AWS::Serverless::HttpApi }`,
      `  ${area}Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]`,
      `  ${area}Lost: { Type: AWS::SQS::Queue }`,
      `  ${area}Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: { deadLetterTargetArn: !GetAtt ${area}Lost.Arn, maxReceiveCount: 3 }`,
      ...functionOf(`Serve${area}`, `{ Type: HttpApi, Properties: { ApiId: !Ref ${area}Api, Path: /, Method: post } }`),
      ...functionOf(`Work${area}`, `{ Type: SQS, Properties: { Queue: !GetAtt ${area}Jobs.Arn } }`),
    )
    const next = AREAS[(i + 1) % AREAS.length]
    workloads.push(
      `    ${area}Users: { Target: ${area}Api, Operation: POST /, Arrivals: poisson, Rate: ${10 + i * 5}/s, Attributes: { id: uuid } }`,
    )
    const put = (table: string): string => `{ dynamodb:PutItem: { TableName: !Ref ${table}Table, Item: { id: $.id } } }`
    handlers.push(
      `    Serve${area}: [{ Compute: 5ms }, ${put(area)}, { sqs:SendMessage: { QueueUrl: !Ref ${area}Jobs, MessageBody: { id: $.id } } }]`,
      `    Work${area}: [{ ForEach: { In: $.Records, Do: [{ Wait: 40ms }] } }, ${put(i % 2 === 0 ? area : next).replace('$.id', 'batch')}]`,
    )
  })
  resources.push(...functionOf('Report', undefined), ...functionOf('Audit', undefined))
  handlers.push('    Report: [{ Wait: 50ms }]', '    Audit: [{ Wait: 50ms }]')
  workloads.push('    Nightly: { Target: Report, Operation: lambda:InvokeFunction, Arrivals: regular, Rate: 1/s }')
  workloads.push('    Auditors: { Target: Audit, Operation: lambda:InvokeFunction, Arrivals: regular, Rate: 1/s }')
  return `Description: A shop of forty resources.
Transform: AWS::Serverless-2016-10-31
Resources:
${resources.join('\n')}
Simulation:
  Duration: 2m
  Seed: 1
  Workloads:
${workloads.join('\n')}
  Handlers:
${handlers.join('\n')}
`
}

function functionOf(name: string, event: string | undefined): string[] {
  return [
    `  ${name}:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      CodeUri: .
      MemorySize: 1769
      Timeout: 20${event === undefined ? '' : `\n      Events: { In: ${event} }`}`,
  ]
}
