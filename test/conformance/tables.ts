// Requests to DynamoDB and their answers, recorded by dynalite's own tests, which its author also ran against AWS.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkCondition } from '../../sim/services/dynamodb/condition-checks.ts'
import { checkPlaceholders } from '../../sim/services/dynamodb/conditions.ts'
import {
  parseCondition,
  parseProjection,
  parseUpdate,
  type Clause,
  type Condition,
  type Parsed,
} from '../../sim/services/dynamodb/expressions.ts'
import { update } from '../../sim/services/dynamodb/updates.ts'
import { equalValues, Invalid, type Item } from '../../sim/services/dynamodb/values.ts'
import { table } from '../../sim/services/dynamodb/table.ts'
import { lab, type Lab, type Part } from '../kit.ts'
import { short } from './call-scripts.ts'
import { CORPUS, type Case, type Suite } from './suite.ts'
import { plain, plainItem, requestOf, Unspeakable } from './table-requests.ts'

type Body = Record<string, any>
interface Exchange {
  readonly op: string
  readonly request: Body
  readonly status: number
  readonly response: Body
}

const OPERATIONS = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem']
const file = join(CORPUS, 'conformance/dynamodb/dynalite_exchanges.json')
const { fixtures, vectors } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly fixtures: readonly { readonly request: Body }[]
  readonly vectors: readonly { readonly test: string; readonly exchanges: readonly Exchange[] }[]
}

/** The tables that the tests share, with capacity for all that they do. */
function world(): Lab {
  const units = { ReadCapacityUnits: 30_000, WriteCapacityUnits: 30_000 }
  const parts: Record<string, Part> = {}
  for (const { request } of fixtures) {
    const { TableName, BillingMode, GlobalSecondaryIndexes: indexes, ...properties } = request
    const isOnDemand = BillingMode === 'PAY_PER_REQUEST'
    parts[TableName] = {
      def: table,
      properties: {
        ...properties,
        BillingMode: BillingMode ?? 'PROVISIONED',
        ...(isOnDemand ? {} : { ProvisionedThroughput: units }),
        ...(indexes === undefined
          ? {}
          : { GlobalSecondaryIndexes: indexes.map((index: Body) => ({ ...index, ProvisionedThroughput: units })) }),
      },
      assumptions: { ReplicaLag: '0ms', IndexLag: '0ms' },
    }
  }
  const probe = Object.keys(parts).flatMap((name) => OPERATIONS.map((op) => [name, `dynamodb:${op}`] as const))
  const quotas = { 'dynamodb.PartitionReadUnits': 1e9, 'dynamodb.PartitionWriteUnits': 1e9 }
  return lab(parts, { probe, quotas })
}

/** Makes a request; one on several tables is made of each in turn, and their answers are put together. */
function ask(on: Lab, { op, request }: Exchange): { readonly status: string; readonly answer: Body } {
  const batch = request['RequestItems'] as Body | undefined
  if (batch === undefined) return on.ask(request['TableName'], `dynamodb:${op}`, requestOf(request))
  const all: Body = { Responses: {}, UnprocessedKeys: {}, UnprocessedItems: {}, ConsumedCapacity: [] }
  for (const [name, entry] of Object.entries(batch)) {
    const RequestItems = Array.isArray(entry) ? entry.map(writeOf) : requestOf(entry)
    const { ReturnConsumedCapacity } = request
    const { status, answer } = on.ask(name, `dynamodb:${op}`, {
      RequestItems,
      ...(ReturnConsumedCapacity === undefined ? {} : { ReturnConsumedCapacity }),
    })
    if (status !== 'OK') return { status, answer }
    Object.assign(all['Responses'], answer.Responses)
    Object.assign(all['UnprocessedKeys'], answer.UnprocessedKeys)
    Object.assign(all['UnprocessedItems'], answer.UnprocessedItems)
    if (answer.ConsumedCapacity !== undefined) all['ConsumedCapacity'].push(answer.ConsumedCapacity)
  }
  return { status: 'OK', answer: all }
}

function writeOf({ PutRequest, DeleteRequest }: Body): Body {
  return PutRequest === undefined
    ? { DeleteRequest: { Key: plainItem(DeleteRequest.Key) } }
    : { PutRequest: { Item: plainItem(PutRequest.Item) } }
}

const differs = (what: string, recorded: unknown, found: unknown): never => {
  throw new Error(`${what}: recorded ${short(recorded)}, found ${short(found)}`)
}

function compare(exchange: Exchange, { status, answer }: { readonly status: string; readonly answer: Body }): void {
  const { op, request, response } = exchange
  const expected = exchange.status === 200 ? 'OK' : String(response['__type']).replace(/.*#/, '')
  if (status !== expected) differs(`${op} status`, [expected, response['message']], [status, answer['message']])
  if (exchange.status !== 200) return
  for (const [key, recorded] of Object.entries(response)) {
    const found = answer[key]
    // Other tests have written to the same tables, and a Scan goes through them all in an order of its own.
    if (op === 'Scan' && ['ScannedCount', 'LastEvaluatedKey', 'ConsumedCapacity'].includes(key)) continue
    if (key === 'Items') sameItems(recorded, found, op === 'Scan')
    else if (['Item', 'Attributes', 'LastEvaluatedKey'].includes(key)) {
      if (found === undefined || !equalValues(plainItem(recorded), found)) differs(key, recorded, found)
    } else if (key === 'Responses')
      for (const name of Object.keys(request['RequestItems']))
        sameItems(recorded[name] ?? [], found?.[name] ?? [], true)
    else if (key === 'ItemCollectionMetrics') {
      const item = found && { ...found, ItemCollectionKey: found.ItemCollectionKey }
      if (!equalValues({ ...recorded, ItemCollectionKey: plainItem(recorded.ItemCollectionKey) }, item ?? null))
        differs(key, recorded, found)
    } else if (!isCovered(recorded, found)) differs(key, recorded, found)
  }
  for (const key of ['Item', 'Attributes', 'LastEvaluatedKey'])
    if (op !== 'Scan' && answer[key] !== undefined && response[key] === undefined) differs(key, undefined, answer[key])
}

function sameItems(recorded: readonly Body[], found: readonly Item[] | undefined, anyOrder: boolean): void {
  const wanted = recorded.map(plainItem)
  const left = [...(found ?? [])]
  const isSame = wanted.every((item, i) => {
    const at = anyOrder ? left.findIndex((one) => equalValues(one, item)) : equalValues(left[i], item) ? i : -1
    if (anyOrder && at >= 0) left.splice(at, 1)
    return at >= 0
  })
  if (!isSame || wanted.length !== (found ?? []).length) differs('items', wanted, found)
}

/** Whether a recorded value is all in what was found, which may tell more; lists in any order, as tables of a batch are. */
function isCovered(recorded: unknown, found: unknown): boolean {
  if (Array.isArray(recorded))
    return Array.isArray(found) && recorded.every((one) => found.some((other) => isCovered(one, other)))
  if (typeof recorded !== 'object' || recorded === null) return recorded === found
  return Object.entries(recorded).every(([key, value]) => isCovered(value, (found as Body | undefined)?.[key]))
}

/** Whether every value of a request and its answer can be said in plain values. */
function isSpeakable({ request, response }: Exchange): boolean {
  try {
    for (const body of [request, ...Object.values((request['RequestItems'] ?? {}) as Body)])
      if (Array.isArray(body)) body.forEach(writeOf)
      else requestOf(body)
    for (const item of (response['Items'] ?? []) as Body[]) Object.values(item).forEach(plain)
    return true
  } catch (error) {
    if (error instanceof Unspeakable) return false
    throw error
  }
}

/** What the tests do with items, in order and in a world of its own. */
const works: Case[] = vectors
  .filter(({ test, exchanges }) => / functionality /.test(test) && exchanges.every(({ op }) => OPERATIONS.includes(op)))
  .filter(({ exchanges }) => exchanges.every(isSpeakable))
  .map(({ test, exchanges }) => ({
    name: test.replace(' functionality', ''),
    run() {
      const on = world()
      for (const exchange of exchanges) compare(exchange, ask(on, exchange))
    },
  }))

const names = new Set(fixtures.map(({ request }) => request['TableName'] as string))

/** Requests to tables that are there, which AWS refuses. */
const refusals: Case[] = vectors
  .filter(({ test, exchanges }) => / validations /.test(test) && exchanges.every(({ op }) => OPERATIONS.includes(op)))
  .filter(({ exchanges }) => exchanges.every((one) => names.has(one.request['TableName']) && isSpeakable(one)))
  .map(({ test, exchanges }) => ({
    name: test.replace(' validations', '').replace(/ should return (\w+)/, ': $1'),
    run() {
      const on = world()
      for (const exchange of exchanges) compare(exchange, ask(on, exchange))
    },
  }))

const PARSERS: Readonly<Record<string, (text: unknown, what: string) => Parsed<unknown>>> = {
  KeyConditionExpression: parseCondition,
  FilterExpression: parseCondition,
  ConditionExpression: parseCondition,
  UpdateExpression: (text) => parseUpdate(text),
  ProjectionExpression: (text) => parseProjection(text),
}

/** Expressions that AWS says are none: which of the request's it is, the message tells. */
const expressions: Case[] = vectors.flatMap(({ test, exchanges }) =>
  exchanges.flatMap(({ request, response }, i): Case[] => {
    const [, what] = /^Invalid (\w+Expression): /.exec(response['message'] ?? '') ?? []
    const { ExpressionAttributeNames, ExpressionAttributeValues = {} } = request
    if (what === undefined || !(what in PARSERS) || request[what] === undefined) return []
    if (!isSpeakable({ op: '', status: 400, request: { ExpressionAttributeValues }, response: {} })) return []
    const values = plainItem(ExpressionAttributeValues)
    const run = (): void => {
      try {
        const parsed = PARSERS[what]!(request[what], what)
        // Those that nothing uses are a mistake of another kind.
        const of = (all: Body, used: readonly string[]): Body =>
          Object.fromEntries(used.filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name]]))
        const given = { names: of(ExpressionAttributeNames ?? {}, parsed.names), values: of(values, parsed.values) }
        checkPlaceholders(given, [parsed])
        if (PARSERS[what] === parseCondition) checkCondition(parsed.tree as Condition, given, what)
        if (what === 'UpdateExpression') update({}, parsed.tree as readonly Clause[], given, [])
      } catch (error) {
        if (error instanceof Invalid) return
        throw error
      }
      throw new Error(`${String(request[what])}: taken, but ${response['message']}`)
    }
    return [{ name: `${test.replace(/ validations should return ValidationException/, '')} ${i}`, run }]
  }),
)

const suite: Suite = { name: 'tables', cases: [...works, ...refusals, ...expressions] }
export default suite
