// Caches in front of tables that do not do what they are meant for.
import type { Finding, HandlerView, Lints, Scene } from '../../lint/contract.ts'
import { resource } from '../../lint/examples.ts'
import type { Instruction } from '../../parts/program.ts'

type Call = Extract<Instruction, { op: 'call' }>

const GUIDE = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide'
const CLUSTER = 'AWS::DAX::Cluster'
/** Items of one request that are an aggregation rather than a few look-ups. */
const MANY = 100
const WRITES = /^dynamodb:(Put|Update|Delete|BatchWrite)Item$/
const READS = /^dax:(GetItem|BatchGetItem|Query|Scan)$/

const VPC = 'VpcConfig: { SubnetIds: [subnet-1], SecurityGroupIds: [sg-1] }'
const named = (name: string, properties: readonly string[]): string =>
  resource(name, 'AWS::Lambda::Function', [
    'Runtime: nodejs22.x',
    'Handler: index.handler',
    'Role: arn:aws:iam::123456789012:role/work',
    'Code: { ZipFile: "exports.handler = async () => {}" }',
    'Timeout: 30',
    ...properties,
  ])
const TABLE = resource('Orders', 'AWS::DynamoDB::Table', [
  'BillingMode: PAY_PER_REQUEST',
  'KeySchema: [{ AttributeName: id, KeyType: HASH }]',
  'AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]',
])
const cluster = (nodes: number): string =>
  resource('Cache', CLUSTER, [
    'NodeType: dax.r5.large',
    `ReplicationFactor: ${nodes}`,
    'IAMRoleARN: arn:aws:iam::123456789012:role/dax',
  ])
const GET = 'dax:GetItem: { TableName: !Ref Orders, Key: { id: "uniform(n=1000)" } }'

interface Example {
  readonly nodes?: number
  readonly function?: readonly string[]
  readonly steps: readonly string[]
}

const example = ({ nodes = 3, function: properties = [VPC], steps }: Example): string => `Resources:
${named('Work', properties)}${TABLE}${cluster(nodes)}Simulation:
  Workloads:
    Requests: { Target: Work, Rate: 1/s }
  Handlers:
    Work:
${steps.map((step) => `      - ${step}\n`).join('')}`

export const lints: Lints = {
  'dax/aggregate-item-by-item': {
    severity: 'warning',
    title: 'an aggregation that reads its items one by one',
    text: 'DAX keeps items and the results of queries, not what a program makes of them: a total over 1,000 items is 1,000 hits, for every request again. Keep the total itself in ElastiCache, where it is one get; let DAX serve the items.',
    wrong: example({ steps: [`Repeat:\n          Times: 1000\n          Do: [{ ${GET} }]`] }),
    right: example({ steps: [GET] }),
    source: `N.DAX-08; ${GUIDE}/DAX.html`,
    find: (scene) =>
      written(scene).flatMap((handler) =>
        callsWithTimes(handler).flatMap(({ call, times }): Finding[] =>
          call.action === 'dax:GetItem' && times >= MANY
            ? [
                {
                  message: `every request of \`${handler.of.logicalId}\` reads ${times} items through \`${call.to}\`, one by one`,
                  span: handler.place(call),
                  help: 'keep what is made of them in ElastiCache: one get',
                },
              ]
            : [],
        ),
      ),
  },
  'dax/written-around': {
    severity: 'warning',
    title: 'a table that is written around its cache',
    text: 'A cluster knows what is written through it. What goes straight to the table stays unseen in the item cache until its time to live is over, five minutes unless the parameter group says otherwise. Write through the cluster, or read strongly consistently where it matters.',
    wrong: example({ steps: [GET, 'dynamodb:PutItem: { TableName: !Ref Orders, Item: { id: a } }'] }),
    right: example({ steps: [GET, 'dax:PutItem: { TableName: !Ref Orders, Item: { id: a } }'] }),
    source: `DAX-R11; ${GUIDE}/DAX.consistency.html`,
    find: (scene) => {
      const cached = new Set(written(scene).flatMap((each) => callsOf(each, READS).map((call) => String(onto(call)))))
      return written(scene).flatMap((handler) =>
        callsOf(handler, WRITES)
          .filter(({ to }) => cached.has(to))
          .map((call) => ({
            message: `\`${handler.of.logicalId}\` writes \`${call.to}\` without the cache through which it is read`,
            span: handler.place(call),
            help: call.action.replace('dynamodb:', 'dax:'),
          })),
      )
    },
  },
  'dax/outside-the-vpc': {
    severity: 'warning',
    title: 'a function outside the network of its cache',
    text: 'A cluster lives in a VPC and is reached from inside it alone, at port 8111 (9111 with TLS). A function without `VpcConfig` cannot connect.',
    wrong: example({ function: [], steps: [GET] }),
    right: example({ steps: [GET] }),
    source: `DAX-R1; ${GUIDE}/DAX.create-cluster.html`,
    find: (scene) =>
      written(scene).flatMap((handler) => {
        const { of } = handler
        if (of.type !== 'AWS::Lambda::Function' || of.value('VpcConfig') !== undefined) return []
        return callsOf(handler, /^dax:/)
          .slice(0, 1)
          .map((call) => ({
            message: `\`${of.logicalId}\` is in no VPC and cannot reach \`${call.to}\``,
            span: handler.place(call),
            help: '`VpcConfig` with subnets of the cluster’s VPC',
          }))
      }),
  },
  'dax/too-few-nodes': {
    severity: 'note',
    title: 'a cache that a lost node takes away',
    text: 'While a cluster of one node is replaced, nothing is served, and what it held is gone; with two, one zone is all that is left after a loss. Three nodes in three zones go on.',
    wrong: example({ nodes: 1, steps: [GET] }),
    right: example({ steps: [GET] }),
    source: `DAX-R1; ${GUIDE}/DAX.concepts.cluster.html`,
    find: (scene) =>
      scene.all(CLUSTER).flatMap((found) => {
        const nodes = found.number(3, 'ReplicationFactor')
        if (!(nodes < 3)) return []
        return [
          {
            message: `\`${found.logicalId}\` has ${nodes === 1 ? 'one node' : `${nodes} nodes`}`,
            span: found.place('ReplicationFactor'),
            help: 'ReplicationFactor: 3',
          },
        ]
      }),
  },
}

function written(scene: Scene): readonly HandlerView[] {
  return scene.handlers.filter((handler) => handler.isWritten)
}

function callsOf({ program }: HandlerView, actions: RegExp): Call[] {
  return program.code.filter((step): step is Call => step.op === 'call' && actions.test(step.action))
}

/** The table that a call through a cluster is about. */
function onto({ body }: Call): unknown {
  if (body.kind !== 'map') return undefined
  const of = body.values[body.keys.indexOf('TableName')]
  return of?.kind === 'constant' ? of.value : undefined
}

/** The calls of a handler, each with how often the loops around it repeat it; lists of unknown length count once. */
function callsWithTimes({ program }: HandlerView): { call: Call; times: number }[] {
  const found: { call: Call; times: number }[] = []
  const open: { readonly end: number; readonly times: number }[] = []
  program.code.forEach((step, at) => {
    while (open.length > 0 && at >= open[open.length - 1]!.end) open.pop()
    if (step.op === 'each') open.push({ end: step.end, times: 1 })
    if (step.op === 'repeat')
      open.push({ end: step.end, times: step.times.kind === 'constant' ? Number(step.times.value) : 1 })
    if (step.op === 'call') found.push({ call: step, times: open.reduce((all, { times }) => all * times, 1) })
  })
  return found
}
