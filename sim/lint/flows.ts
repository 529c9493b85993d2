// Who sets whom to work: calls in handlers, and the resources that wire one service to another.
import type { InferredCall } from '../infer/index.ts'
import type { Flow, Scene, Written } from './contract.ts'

/** Every flow between two resources of the template. Of a function without a handler of its own, the calls that are strongly inferred. */
export function flowsOf(scene: Omit<Scene, 'flows'>, calls: readonly InferredCall[]): readonly Flow[] {
  const flows: Flow[] = []
  const wire = (by: Written, from: unknown, to: unknown, ...path: (string | number)[]): void => {
    const source = scene.at(from)
    const target = scene.at(to)
    if (source === undefined || target === undefined) return
    flows.push({
      from: source.logicalId,
      to: target.logicalId,
      by: by.type,
      span: by.place(...path),
      isCertain: true,
    })
  }
  const written = new Set(scene.handlers.filter(({ isWritten }) => isWritten).map(({ of }) => of.logicalId))
  for (const { from, to, action, kind, strength, evidence } of calls)
    if (kind === 'code' && strength === 'strong' && !written.has(from))
      flows.push({ from, to, by: action, span: evidence[0]!.span, isCertain: false })
  for (const handler of scene.handlers.filter(({ isWritten }) => isWritten))
    for (const instruction of handler.program.code)
      if (instruction.op === 'call')
        flows.push({
          from: handler.of.logicalId,
          to: instruction.to,
          by: instruction.action,
          span: handler.place(instruction),
          isCertain: true,
        })
  for (const mapping of scene.all('AWS::Lambda::EventSourceMapping'))
    wire(mapping, mapping.value('EventSourceArn'), mapping.value('FunctionName'), 'EventSourceArn')
  for (const subscription of scene.all('AWS::SNS::Subscription'))
    wire(subscription, subscription.value('TopicArn'), subscription.value('Endpoint'), 'Endpoint')
  for (const topic of scene.all('AWS::SNS::Topic'))
    topic
      .list('Subscription')
      .forEach((_, i) => wire(topic, topic.logicalId, topic.value('Subscription', i, 'Endpoint'), 'Subscription', i))
  for (const bucket of scene.all('AWS::S3::Bucket'))
    for (const [kind, target] of NOTIFICATIONS)
      bucket.list('NotificationConfiguration', kind).forEach((_, i) => {
        const path = ['NotificationConfiguration', kind, i] as const
        wire(bucket, bucket.logicalId, bucket.value(...path, target), ...path)
      })
  for (const rule of scene.all('AWS::Events::Rule'))
    rule
      .list('Targets')
      .forEach((_, i) => wire(rule, rule.logicalId, rule.value('Targets', i, 'Arn'), 'Targets', i, 'Arn'))
  for (const config of scene.all('AWS::Lambda::EventInvokeConfig'))
    for (const outcome of ['OnSuccess', 'OnFailure']) {
      const path = ['DestinationConfig', outcome, 'Destination']
      wire(config, config.value('FunctionName'), config.value(...path), ...path)
    }
  return flows
}

/** What a bucket notifies, and the member that names it. */
const NOTIFICATIONS = [
  ['LambdaConfigurations', 'Function'],
  ['QueueConfigurations', 'Queue'],
  ['TopicConfigurations', 'Topic'],
] as const
