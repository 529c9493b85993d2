// Scripts of DynamoDB that were run against AWS: writes, transactions and reads of tables that they create.
import { table } from '../../sim/services/dynamodb/table.ts'
import { lab, type Answer, type Lab, type Part } from '../kit.ts'
import { CallScript, scriptCases, Unknown, type Comparison, type Step, type Vector } from './call-scripts.ts'
import type { Suite } from './suite.ts'
import { plainItem, requestOf } from './table-requests.ts'

type Body = Record<string, any>

const OPERATIONS: Readonly<Record<string, string>> = {
  put_item: 'PutItem',
  update_item: 'UpdateItem',
  delete_item: 'DeleteItem',
  get_item: 'GetItem',
  query: 'Query',
  scan: 'Scan',
  batch_write_item: 'BatchWriteItem',
  transact_write_items: 'TransactWriteItems',
}

/** What no room of a table does. */
const LEFT_OUT: readonly (readonly [RegExp, string])[] = [
  [/execute_|partiql/i, 'PartiQL'],
  [/kms|SSESpecification/, 'keys of encryption'],
  [/aws_client_factory|global_tables/, 'several clients'],
  [
    /continuous_backup|contributor_insights|streaming_destination|warm_throughput|pay_per_request/,
    'settings that are only told',
  ],
  [/create_duplicate_table|table_crud/, 'tables as operations of the account'],
  [/dynamodbstreams/, 'streams: the suite `table-streams` and the tests of the room'],
]

class TableScript extends CallScript {
  protected readonly comparison: Comparison = { unlike: /HTTPHeaders|HTTPStatusCode|\.B$/, absent: [], isWhole: false }
  protected readonly lab: Lab

  constructor(vector: Vector) {
    super(vector)
    const parts: Record<string, Part> = {}
    for (const { call, kwargs } of vector.steps)
      if (call?.includes('create_table')) {
        const { TableName, Tags: _, ...properties } = kwargs as Body
        parts[TableName] = {
          def: table,
          properties,
          assumptions: { ReplicaLag: '0ms', IndexLag: '0ms', InitialBurst: '300s' },
        }
      }
    const actions = Object.values(OPERATIONS)
    this.lab = lab(
      { Elsewhere: { def: table, properties: parts[Object.keys(parts)[0]!]?.properties ?? ELSEWHERE }, ...parts },
      {
        probe: ['Elsewhere', ...Object.keys(parts)].flatMap((to) =>
          actions.map((one) => [to, `dynamodb:${one}`] as const),
        ),
      },
    )
  }

  protected codeOf(refusal: Answer): string {
    return refusal.status
  }

  protected make({ i, kwargs = {} }: Step, call: string): void {
    const name = call.slice(call.lastIndexOf('.') + 1)
    if (name === 'match') return this.match(kwargs as Body)
    if (call.includes('create_table'))
      this.results.set(i!, { TableDescription: { TableArn: (kwargs as Body)['TableName'] } })
    const operation = OPERATIONS[name]
    if (operation === undefined) return
    const [to, body] = this.requestTo(this.resolve(kwargs) as Body)
    const answer = this.lab.ask(to, `dynamodb:${operation}`, body)
    if (answer.status !== 'OK') {
      if (!this.raising && this.isRecorded(answer)) return
      if (!this.raising) throw new Error(`step ${i} ${operation}: ${answer.status}: ${answer.answer?.message}`)
      this.refusal = answer
      return
    }
    this.results.set(i!, answer.answer)
  }

  /** Whether a refusal that the script does not expect is what was recorded. */
  private isRecorded({ status, answer }: Answer): boolean {
    const found = Object.values<any>(this.vector.recorded_content ?? {}).find((one) => one?.Error?.Code === status)
    if (found?.Item !== undefined) this.compare(plainItem(found.Item), answer.Item, status)
    return found !== undefined
  }

  /** Which table is asked what; a transaction is asked of a table that it may not even name. */
  private requestTo(request: Body): [string, Body] {
    const batch = request['RequestItems'] as Body | undefined
    if (batch !== undefined) {
      const [[to, entries] = ['', []]] = Object.entries<Body[]>(batch)
      const RequestItems = entries.map(({ PutRequest: put, DeleteRequest: gone }: Body) =>
        put === undefined
          ? { DeleteRequest: { Key: plainItem(gone.Key) } }
          : { PutRequest: { Item: plainItem(put.Item) } },
      )
      return [to, { RequestItems }]
    }
    if (request['TransactItems'] === undefined) return [request['TableName'], requestOf(request)]
    const TransactItems = request['TransactItems'].map((one: Body) =>
      Object.fromEntries(
        Object.entries<Body>(one).map(([kind, action]) => [
          kind,
          { TableName: action['TableName'], ...requestOf(action) },
        ]),
      ),
    )
    return ['Elsewhere', { TransactItems }]
  }

  private match({ key, obj }: Body): void {
    const recorded: any = this.vector.recorded_content?.[key]
    if (typeof recorded === 'string') {
      const { status, answer } = this.refusal!
      if (!recorded.includes(`(${status})`) || !recorded.endsWith(String(answer.message)))
        throw new Error(`${key}: recorded ${recorded}, found ${status}: ${answer.message}`)
      return
    }
    try {
      const found = this.resolve(obj) as Body | undefined
      // The script's own transformer has no result here.
      if (found === undefined) return
      if (recorded?.Item !== undefined) this.compare(plainItem(recorded.Item), found['Item'], `${key}.Item`)
      else this.compare(recorded, found, key)
    } catch (error) {
      if (!(error instanceof Unknown)) throw error
    }
  }
}

const ELSEWHERE = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
}

const suite: Suite = {
  name: 'table-scripts',
  cases: scriptCases('dynamodb', LEFT_OUT, (vector) => new TableScript(vector).run()),
}
export default suite
