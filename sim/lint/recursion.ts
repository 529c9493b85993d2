// Work that comes back to where it came from.
import type { Finding, Flow, Lints, Scene } from './contract.ts'
import { mapping, queues, resource, workFunction } from './examples.ts'

export const recursionLints: Lints = {
  'lambda/recursion': {
    severity: 'warning',
    title: 'a function that sets itself to work',
    text: 'A function that sends to what invokes it runs again for everything that it sends. One message for each message goes round for ever; two make the number of invocations double every round until the concurrency of the account is used up. AWS stops loops through SQS, SNS, S3 and Lambda after about 16 rounds, and no others.',
    wrong: example('Jobs'),
    right: example('Later'),
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html',
    find: (scene) => cyclesOf(scene),
  },
}

function example(target: string): string {
  const later = resource('Later', 'AWS::SQS::Queue')
  return `Resources:
${queues(['VisibilityTimeout: 180'])}${workFunction(['Timeout: 30'])}${mapping(['BatchSize: 1'])}${target === 'Later' ? later : ''}Simulation:
  Handlers:
    Work:
      - sqs:SendMessage: { QueueUrl: !Ref ${target}, MessageBody: again }
`
}

/** What a function reads is no work for others; what it asks of a queue does not fill it. */
const SETS_TO_WORK =
  /^(sqs:SendMessage(Batch)?|sns:Publish(Batch)?|lambda:Invoke(Function|Async)?|s3:(PutObject|CopyObject)|dynamodb:(Put|Update|Delete|BatchWrite|TransactWrite)\w*|kinesis:PutRecords?|events:PutEvents|states:Start(Sync)?Execution)$/

/** The shortest way from each function back to itself, told once for each circle at the call that closes it. */
function cyclesOf(scene: Scene): Finding[] {
  const flows = scene.flows.filter(({ by }) => by.startsWith('AWS::') || SETS_TO_WORK.test(by))
  const outOf = new Map<string, Flow[]>()
  for (const flow of flows) {
    const list = outOf.get(flow.from)
    if (list === undefined) outOf.set(flow.from, [flow])
    else list.push(flow)
  }
  const told = new Set<string>()
  return scene.all('AWS::Lambda::Function').flatMap(({ logicalId }) => {
    const way = wayBack(logicalId, outOf)
    if (way === undefined) return []
    const circle = way.map((flow) => flow.from)
    const key = [...circle].sort().join(' ')
    if (told.has(key)) return []
    told.add(key)
    const [first, ...others] = way
    const isCertain = way.every((flow) => flow.isCertain)
    return [
      {
        message: `\`${logicalId}\` ${isCertain ? 'sets' : 'may set'} itself to work: ${[...circle, logicalId].map((id) => `\`${id}\``).join(' → ')}`,
        span: first!.span,
        also: others.slice(0, 3).map(({ span, from, to }) => ({ span, label: `\`${from}\` → \`${to}\`` })),
        help: 'send what is done to another queue, topic or bucket, or stop after a number of rounds that the message carries',
      },
    ]
  })
}

/** The shortest way from a resource to itself. */
function wayBack(start: string, outOf: ReadonlyMap<string, readonly Flow[]>): readonly Flow[] | undefined {
  const came = new Map<string, Flow>()
  const queue = [start]
  for (let here = queue.shift(); here !== undefined; here = queue.shift())
    for (const flow of outOf.get(here) ?? []) {
      if (flow.to === start) {
        const way = [flow]
        for (let at = flow.from; at !== start; at = way[0]!.from) way.unshift(came.get(at)!)
        return way
      }
      if (came.has(flow.to)) continue
      came.set(flow.to, flow)
      queue.push(flow.to)
    }
  return undefined
}
