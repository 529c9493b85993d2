// Tables that are read from end to end where something cheaper would do.
import type { Finding, HandlerView, Lints, Scene } from '../../lint/contract.ts'
import { resource, workFunction } from '../../lint/examples.ts'
import type { Instruction } from '../../parts/program.ts'

type Call = Extract<Instruction, { op: 'call' }>

const GUIDE = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide'
const DELETES = ['dynamodb:DeleteItem', 'dynamodb:BatchWriteItem']
const PUTS = ['dynamodb:PutItem', 'dynamodb:BatchWriteItem']

const TABLE = [
  'BillingMode: PAY_PER_REQUEST',
  'KeySchema: [{ AttributeName: id, KeyType: HASH }]',
  'AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]',
]

const example = (...handler: readonly string[]): string => `Resources:
${workFunction(['Timeout: 60'])}${resource('Orders', 'AWS::DynamoDB::Table', TABLE)}${resource('Copy', 'AWS::DynamoDB::Table', TABLE)}Simulation:
  Workloads:
    Requests: { Target: Work, Rate: 1/s }
  Handlers:
    Work:
${handler.map((step) => `      - ${step}\n`).join('')}`

const SCAN = '{ dynamodb:Scan: { TableName: !Ref Orders }, ResultPath: $.found }'
const GET = 'dynamodb:GetItem: { TableName: !Ref Orders, Key: { id: $.id } }'
const each = (step: string): string => `ForEach:\n          In: $.found.Items\n          Do: [${step}]`

export const scanLints: Lints = {
  'dynamodb/scan-in-a-request': {
    severity: 'warning',
    title: 'a scan for every request',
    text: 'A scan reads the whole table, whatever it gives back: its time and its cost grow with the table, and it takes capacity from everybody else. For a request that waits, give the table or an index a key that the request knows, and query.',
    wrong: example(SCAN),
    right: example(GET),
    source: `${GUIDE}/bp-query-scan.html`,
    find: (scene) =>
      scene.handlers.flatMap((handler) => {
        if (!isAsked(handler, scene)) return []
        return callsOf(handler, ['dynamodb:Scan']).flatMap((call) => {
          // What deletes or copies a table is told as such.
          if (writesWhatItScanned(handler, call)) return []
          return [
            {
              message: `every request of \`${handler.of.logicalId}\` reads \`${call.to}\` from end to end`,
              span: handler.place(call),
              help: '`dynamodb:Query` or `dynamodb:GetItem` by a key of the table or of an index',
            },
          ]
        })
      }),
  },
  'dynamodb/cleaning-by-scan': {
    severity: 'warning',
    title: 'a table that is emptied item by item',
    text: 'To scan a table and delete what is found reads everything and pays a write for each item: 100,000 items of 1 KB take 12,500 read units and 100,000 write units. Deleting the table and making it anew takes seconds and no units; a time to live removes old items at no cost.',
    wrong: example(SCAN, each('dynamodb:DeleteItem: { TableName: !Ref Orders, Key: { id: $.id } }')),
    right: example(SCAN, each('Metric: { MetricName: Old }')),
    source: `N.DYNAMODB-20; ${GUIDE}/TTL.html`,
    find: (scene) =>
      scanners(scene).flatMap(({ handler, call }): Finding[] => {
        const deletes = callsOf(handler, DELETES).some(
          ({ to, body }) => to === call.to && mentions(body, 'DeleteRequest', 'Key'),
        )
        if (!deletes) return []
        return [
          {
            message: `\`${handler.of.logicalId}\` empties \`${call.to}\` by scan and delete: a read of everything, and a write for every item`,
            span: handler.place(call),
            help: '`dynamodb:DeleteTable` and `dynamodb:CreateTable`, or `TimeToLiveSpecification` for items that grow old',
          },
        ]
      }),
  },
  'dynamodb/copy-by-scan': {
    severity: 'warning',
    title: 'a table that is copied item by item',
    text: 'To scan one table and put what is found into another pays a read for all and a write for each item, in the capacity that the application lives on. An export to S3 and an import, or a backup restored into a new table, read none of it.',
    wrong: example(SCAN, each('dynamodb:PutItem: { TableName: !Ref Copy, Item: $ }')),
    right: example(GET),
    source: `N.DYNAMODB-24; ${GUIDE}/S3DataExport.HowItWorks.html`,
    find: (scene) =>
      scanners(scene).flatMap(({ handler, call }): Finding[] => {
        const other = callsOf(handler, PUTS).find(
          ({ to }) => to !== call.to && scene.at(to)?.type === 'AWS::DynamoDB::Table',
        )
        if (other === undefined) return []
        return [
          {
            message: `\`${handler.of.logicalId}\` copies \`${call.to}\` to \`${other.to}\` by scan and put: a read of everything, and a write for every item`,
            span: handler.place(call),
            help: 'export to S3 and import, or restore a backup into the new table',
          },
        ]
      }),
  },
}

function callsOf(handler: HandlerView, actions: readonly string[]): Call[] {
  return handler.program.code.filter((step): step is Call => step.op === 'call' && actions.includes(step.action))
}

/** The scans of handlers that somebody wrote. */
function scanners(scene: Scene): { handler: HandlerView; call: Call }[] {
  return scene.handlers
    .filter((handler) => handler.isWritten)
    .flatMap((handler) => callsOf(handler, ['dynamodb:Scan']).map((call) => ({ handler, call })))
}

function writesWhatItScanned(handler: HandlerView, scan: Call): boolean {
  return callsOf(handler, [...DELETES, ...PUTS]).some(
    ({ to, action }) => action !== 'dynamodb:PutItem' || to !== scan.to,
  )
}

/** Whether somebody waits for the function: a workload on it or on an API before it. */
function isAsked(handler: HandlerView, scene: Scene): boolean {
  return handler.isWritten && scene.workloads.some(({ reaches }) => reaches === handler.of)
}

function mentions(value: unknown, ...words: readonly string[]): boolean {
  const text = JSON.stringify(value)
  return words.some((word) => text.includes(`"${word}"`))
}
