// Partition keys that take more than one partition can give, found before anything runs.
//
// The one idea: what a workload sends is a template, and so is every event and message on its way. Put into one another they show
// where the partition key of a write comes from, and how much of the rate its most frequent value takes.
import type { HandlerView, Lints, Scene, WorkloadView, Written } from '../../lint/contract.ts'
import { resource, workFunction } from '../../lint/examples.ts'
import { conditionalSteps, loopsAround, partOf, within } from '../../parts/symbolic.ts'
import type { Instruction, Template } from '../../parts/program.ts'
import { count } from '../../parts/words.ts'

type Call = Extract<Instruction, { op: 'call' }>

/** What one partition gives a second (DDB-R30). */
const WRITES = 1_000
const READS = 3_000
const KB = 1_024
const GUIDE = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide'

/** A use of a table by the key of its partition. */
interface Use {
  readonly table: Written
  readonly kind: 'write' | 'read'
  /** Units a second at the peak, all keys together. */
  readonly units: number
  /** The part of the most frequent key, and how many keys there are. */
  readonly share: number
  readonly keys: number
  readonly span: WorkloadView['span']
  readonly workload: WorkloadView
}

const example = (key: string, rate: string, writes: number): string => `Resources:
${workFunction()}${resource('Events', 'AWS::DynamoDB::Table', [
  'KeySchema: [{ AttributeName: tenant, KeyType: HASH }, { AttributeName: id, KeyType: RANGE }]',
  'AttributeDefinitions:',
  '  - { AttributeName: tenant, AttributeType: S }',
  '  - { AttributeName: id, AttributeType: S }',
  `ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: ${writes} }`,
])}Simulation:
  Workloads:
    Tenants:
      Target: Work
      Rate: ${rate}
      Attributes: { tenant: "${key}", id: uuid }
  Handlers:
    Work:
      - dynamodb:PutItem: { TableName: !Ref Events, Item: { tenant: $.tenant, id: $.id } }`

export const keyLints: Lints = {
  'dynamodb/hot-key': {
    severity: 'warning',
    title: 'one key that wants more than a partition gives',
    text: 'All items of a partition key lie on one partition, which gives 1,000 write units and 3,000 read units a second whatever the capacity of the table. A key that is asked for more is throttled while the rest of the table idles. Spread it over suffixes, or choose a key of more values.',
    wrong: example('hot(key=tenant-7, share=0.6, of=1000)', '3000/s', 6000),
    right: example('uniform(n=1000)', '3000/s', 6000),
    source: `N.DYNAMODB-26, DDB-R30; ${GUIDE}/bp-partition-key-design.html`,
    find: (scene) =>
      usesOf(scene).flatMap(({ table, kind, units, share, span, workload }) => {
        const most = kind === 'write' ? WRITES : READS
        const hottest = units * share
        if (!(hottest > most)) return []
        return [
          {
            message: `one partition key of \`${table.logicalId}\` takes ${count(hottest)} ${kind} units/s at the peak of \`${workload.name}\`, and a partition gives ${count(most)}`,
            span,
            help: `spread the key over ${Math.ceil((1.5 * hottest) / most)} suffixes, or choose a partition key of more values`,
          },
        ]
      }),
  },
  'dynamodb/few-keys': {
    severity: 'warning',
    title: 'fewer keys than partitions',
    text: 'A table spreads its items over partitions by their partition key. With fewer values of it than partitions, some partitions never see an item, and the capacity that was bought for them is never used: a country or a status makes a bad key, a user or an order a good one.',
    wrong: example('choice(de: 0.4, fr: 0.3, it: 0.3)', '2000/s', 8000),
    right: example('uniform(n=100000)', '2000/s', 8000),
    source: `N.DYNAMODB-26, DDB-R32; ${GUIDE}/bp-partition-key-uniform-load.html`,
    find: (scene) =>
      usesOf(scene).flatMap(({ table, kind, keys, span }) => {
        const [most, member] = kind === 'write' ? [WRITES, 'WriteCapacityUnits'] : [READS, 'ReadCapacityUnits']
        const bought = table.number(0, 'ProvisionedThroughput', member)
        if (!(keys * most < bought)) return []
        return [
          {
            message: `${keys} ${keys === 1 ? 'key' : 'keys'} can use ${count(keys * most)} of the ${count(bought)} ${kind} units of \`${table.logicalId}\``,
            span,
            help: `choose a partition key of many values, or add a suffix of ${Math.ceil((2 * bought) / most / keys)} values to it`,
          },
        ]
      }),
  },
}

/** Workloads beyond this many are not followed: each goes through a whole handler, and further through queues. */
const WORKLOADS_MAX = 100

/** Every use of a table whose key can be followed back to the attributes of a workload. */
function usesOf(scene: Scene): readonly Use[] {
  return scene.workloads.slice(0, WORKLOADS_MAX).flatMap((workload) => {
    if (!(workload.peak > 0)) return []
    const { target, action, body } = workload
    if (target.type === 'AWS::DynamoDB::Table') return useOf(workload, target, action, body, workload.span)
    const payload = action === 'lambda:InvokeFunction' ? partOf(body, ['Payload']) : body
    if (target.type === 'AWS::SQS::Queue')
      return action === 'sqs:SendMessage'
        ? behindQueue(scene, workload, target, partOf(body, ['MessageBody']), new Set())
        : []
    const handler = scene.handlers.find(({ of }) => of === workload.reaches)
    return handler === undefined || payload === undefined
      ? []
      : inHandler(scene, workload, handler, payload, undefined, new Set())
  })
}

function behindQueue(
  scene: Scene,
  workload: WorkloadView,
  queue: Written,
  message: Template | undefined,
  followed: Set<Written>,
): Use[] {
  if (message === undefined || followed.has(queue)) return []
  followed.add(queue)
  return scene.all('AWS::Lambda::EventSourceMapping').flatMap((mapping) => {
    const fn = scene.at(mapping.value('EventSourceArn')) === queue ? scene.at(mapping.value('FunctionName')) : undefined
    const handler = scene.handlers.find(({ of }) => of === fn)
    return handler === undefined ? [] : inHandler(scene, workload, handler, undefined, message, followed)
  })
}

/** The uses in one handler: by steps that every event takes, in no loop but that over the messages of a batch. */
function inHandler(
  scene: Scene,
  workload: WorkloadView,
  handler: HandlerView,
  event: Template | undefined,
  message: Template | undefined,
  followed: Set<Written>,
): Use[] {
  const { code } = handler.program
  const conditional = conditionalSteps(handler.program)
  const loops = loopsAround(handler.program)
  return code.flatMap((step, i) => {
    if (step.op !== 'call' || conditional.has(i)) return []
    const loop = loops[i]
    const overMessages = loop?.op === 'each' && loop.list.kind === 'path' && loop.list.path.join('.') === 'Records'
    const scope = loop === undefined ? event : overMessages ? message : undefined
    const body = scope === undefined ? undefined : within(step.body, scope)
    const target = scene.at(step.to)
    if (body === undefined || target === undefined) return []
    if (step.action === 'sqs:SendMessage')
      return behindQueue(scene, workload, target, partOf(body, ['MessageBody']), followed)
    return useOf(workload, target, step.action, body, handler.place(step as Call))
  })
}

const WRITE_ACTIONS: Readonly<Record<string, string>> = {
  'dynamodb:PutItem': 'Item',
  'dynamodb:UpdateItem': 'Key',
  'dynamodb:DeleteItem': 'Key',
}

function useOf(
  workload: WorkloadView,
  table: Written,
  action: string,
  body: Template,
  span: WorkloadView['span'],
): Use[] {
  if (table.type !== 'AWS::DynamoDB::Table') return []
  const schema = table.list('KeySchema') as readonly { readonly AttributeName?: unknown; readonly KeyType?: unknown }[]
  const hash = schema.find((key) => key?.KeyType === 'HASH')?.AttributeName
  const member = Object.hasOwn(WRITE_ACTIONS, action) ? WRITE_ACTIONS[action]! : undefined
  if (typeof hash !== 'string' || (member === undefined && action !== 'dynamodb:GetItem')) return []
  const key = partOf(body, [member ?? 'Key', hash])
  const spread = key === undefined ? undefined : spreadOf(key)
  if (spread === undefined) return []
  const size = Math.max(KB, meanOf(partOf(body, ['ItemSize'])))
  const consistent = partOf(body, ['ConsistentRead'])
  const reads =
    (size / (4 * KB) > 1 ? size / (4 * KB) : 1) *
    (consistent?.kind === 'constant' && consistent.value === true ? 1 : 0.5)
  const units = workload.peak * (member === undefined ? reads : size / KB)
  return [{ table, kind: member === undefined ? 'read' : 'write', units, ...spread, span, workload }]
}

/** How a key varies: the part of its most frequent value, and how many values it has; undefined where that is not known. */
function spreadOf(key: Template): { share: number; keys: number } | undefined {
  if (key.kind === 'constant') return key.value === undefined ? undefined : { share: 1, keys: 1 }
  if (key.kind === 'key') return { share: key.key.topShare, keys: key.key.count }
  if (key.kind !== 'text') return undefined
  const parts = key.parts.filter((part) => part.kind !== 'constant').map(spreadOf)
  const [only] = parts
  return parts.length === 0 ? { share: 1, keys: 1 } : parts.length === 1 ? only : undefined
}

function meanOf(size: Template | undefined): number {
  if (size?.kind === 'draw') return size.sampler.mean
  return size?.kind === 'constant' && typeof size.value === 'number' ? size.value : 0
}
