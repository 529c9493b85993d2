// Resources that the examples of lints are made of, in lines that a terminal shows whole.

/** A function named `Work`; `properties` are lines of the form `Timeout: 30`. */
export function workFunction(properties: readonly string[] = []): string {
  return `  Work:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/work
      Code: { ZipFile: "exports.handler = async () => {}" }
${properties.map((line) => `      ${line}\n`).join('')}`
}

/** A resource with properties in a line each. */
export function resource(name: string, type: string, properties: readonly string[] = []): string {
  const lines = properties.map((line) => `      ${line}\n`).join('')
  return `  ${name}:\n    Type: ${type}\n${lines === '' ? '' : `    Properties:\n${lines}`}`
}

/** A queue `Jobs` with a dead-letter queue `Dead`. */
export function queues(properties: readonly string[] = [], receives = 5): string {
  const redrive = `RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: ${receives} }`
  return resource('Jobs', 'AWS::SQS::Queue', [...properties, redrive]) + deadQueue(1_209_600)
}

/** The dead-letter queue, which keeps messages so many seconds. */
export function deadQueue(retention: number): string {
  return resource('Dead', 'AWS::SQS::Queue', [`MessageRetentionPeriod: ${retention}`])
}

/** The mapping that feeds `Work` from `Jobs`. */
export function mapping(properties: readonly string[] = []): string {
  return resource('Feed', 'AWS::Lambda::EventSourceMapping', [
    'EventSourceArn: !GetAtt Jobs.Arn',
    'FunctionName: !Ref Work',
    ...properties,
  ])
}
