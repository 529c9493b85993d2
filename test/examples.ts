// The system around the examples of explanations: what stands under `Resources` where an example writes none.

export const RESOURCES = `Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
  Work:
    Type: AWS::Lambda::Function
    Properties: { Runtime: python3.12, Handler: app.main, Role: "arn:aws:iam::123456789012:role/work", Code: { ZipFile: pass } }
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 2, ServiceTime: 20ms } }
`

/** An example as a whole scenario. */
export function wholeExample(example: string): string {
  return example.includes('Resources:\n') || !example.includes('Simulation:') ? example : RESOURCES + example
}
