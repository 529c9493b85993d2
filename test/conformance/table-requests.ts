// Requests of DynamoDB's API as the table's room takes them: attribute values as plain values, and the older parameters
// (`KeyConditions`, `Expected`, `ScanFilter`, `AttributeUpdates`, `AttributesToGet`) as the expressions that AWS says they stand for.

type Body = Record<string, any>

/** A number that a double does not hold, or a value that no plain value stands for. */
export class Unspeakable extends Error {}

/** An attribute value, `{ S: 'a' }`, as a plain one. */
export function plain(value: any): unknown {
  const [[type, inner] = [], ...more] = Object.entries(value as Body)
  if (more.length > 0) throw new Unspeakable(JSON.stringify(value))
  switch (type) {
    case 'S':
    case 'BOOL':
      return inner
    case 'N':
      return numberOf(inner)
    case 'NULL':
      return null
    case 'L':
      return (inner as unknown[]).map(plain)
    case 'M':
      return plainItem(inner as Body)
    case 'NS':
      return { NS: (inner as string[]).map(numberOf) }
    case 'B':
    case 'SS':
    case 'BS':
      return value
    default:
      throw new Unspeakable(JSON.stringify(value))
  }
}

function numberOf(text: unknown): number {
  const number = Number(text)
  if (typeof text !== 'string' || !(number - number === 0) || digitsOf(text) !== digitsOf(String(number)))
    throw new Unspeakable(String(text))
  return number
}

/** The significant digits of a number's text. */
const digitsOf = (text: string): string =>
  text
    .replace(/e.*$/i, '')
    .replace(/[-+.]/g, '')
    .replace(/^0+|0+$/g, '')

export const plainItem = (item: Body): Body =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]))

/** What a request defines for its expressions, in names that nobody else uses. */
class Placeholders {
  readonly names: Body = {}
  readonly values: Body = {}

  name(attribute: string): string {
    const key = `#n${Object.keys(this.names).length}`
    this.names[key] = attribute
    return key
  }

  value(typed: unknown): string {
    const key = `:v${Object.keys(this.values).length}`
    this.values[key] = plain(typed)
    return key
  }
}

const COMPARED: Readonly<Record<string, string>> = { EQ: '=', NE: '<>', LE: '<=', LT: '<', GE: '>=', GT: '>' }

/** One condition in the older words, as an expression. */
function condition(attribute: string, given: Body, use: Placeholders): string {
  const values: unknown[] = given['AttributeValueList'] ?? (given['Value'] === undefined ? [] : [given['Value']])
  const operator: string = given['ComparisonOperator'] ?? (given['Exists'] === false ? 'NULL' : 'EQ')
  const name = use.name(attribute)
  if (operator === 'NULL') return `attribute_not_exists(${name})`
  if (operator === 'NOT_NULL') return `attribute_exists(${name})`
  if (operator === 'IN') return `${name} IN (${values.map((value) => use.value(value)).join(', ')})`
  const [first, second] = values.map((value) => use.value(value))
  if (operator in COMPARED) return `${name} ${COMPARED[operator]} ${first}`
  if (operator === 'BETWEEN') return `${name} BETWEEN ${first} AND ${second}`
  if (operator === 'BEGINS_WITH') return `begins_with(${name}, ${first})`
  if (operator === 'CONTAINS') return `contains(${name}, ${first})`
  if (operator === 'NOT_CONTAINS') return `attribute_exists(${name}) AND NOT contains(${name}, ${first})`
  throw new Unspeakable(operator)
}

function conditions(given: Body, operator: string, use: Placeholders): string | undefined {
  const all = Object.entries(given).map(([name, one]) => `(${condition(name, one, use)})`)
  return all.length === 0 ? undefined : all.join(` ${operator} `)
}

/** `AttributeUpdates` as an update expression. */
function updates(given: Body, use: Placeholders): string | undefined {
  const clauses: Record<string, string[]> = { SET: [], REMOVE: [], ADD: [], DELETE: [] }
  for (const [attribute, { Action: action = 'PUT', Value: value }] of Object.entries(given)) {
    const name = use.name(attribute)
    if (action === 'PUT') clauses['SET']!.push(`${name} = ${use.value(value)}`)
    else if (value === undefined) clauses['REMOVE']!.push(name)
    else if (action === 'ADD' && 'L' in value)
      clauses['SET']!.push(
        `${name} = list_append(if_not_exists(${name}, ${use.value({ L: [] })}), ${use.value(value)})`,
      )
    else clauses[action]!.push(`${name} ${use.value(value)}`)
  }
  const text = Object.entries(clauses)
    .filter(([, list]) => list.length > 0)
    .map(([word, list]) => `${word} ${list.join(', ')}`)
  return text.length === 0 ? undefined : text.join(' ')
}

/** A request on one table in the room's words. Throws `Unspeakable`. */
export function requestOf(given: Body): Body {
  const use = new Placeholders()
  const body: Body = {}
  for (const [key, value] of Object.entries(given)) {
    if (['Item', 'Key', 'ExclusiveStartKey', 'ExpressionAttributeValues'].includes(key)) body[key] = plainItem(value)
    else if (key === 'Keys') body[key] = value.map(plainItem)
    else if (!OLDER.includes(key) && key !== 'TableName') body[key] = value
  }
  const operator = given['ConditionalOperator'] ?? 'AND'
  const made: Body = {
    KeyConditionExpression: given['KeyConditions'] && conditions(given['KeyConditions'], 'AND', use),
    FilterExpression: filterOf(given, operator, use),
    ConditionExpression: given['Expected'] && conditions(given['Expected'], operator, use),
    UpdateExpression: given['AttributeUpdates'] && updates(given['AttributeUpdates'], use),
    ProjectionExpression: given['AttributesToGet']?.map((name: string) => use.name(name)).join(', '),
  }
  for (const [key, text] of Object.entries(made)) if (text !== undefined) body[key] = text
  if (Object.keys(use.names).length > 0)
    body['ExpressionAttributeNames'] = { ...body['ExpressionAttributeNames'], ...use.names }
  if (Object.keys(use.values).length > 0)
    body['ExpressionAttributeValues'] = { ...body['ExpressionAttributeValues'], ...use.values }
  return body
}

const OLDER = [
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
  'Expected',
  'AttributeUpdates',
  'AttributesToGet',
  'ConditionalOperator',
]

function filterOf(given: Body, operator: string, use: Placeholders): string | undefined {
  const filter = given['QueryFilter'] ?? given['ScanFilter']
  return filter === undefined ? undefined : conditions(filter, operator, use)
}
