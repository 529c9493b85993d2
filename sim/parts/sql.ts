// The part of Kinesis Analytics' streaming SQL that is simulated: streams, pumps, and windows with GROUP BY and OVER.
//
//   CREATE [OR REPLACE] STREAM name (column type, …);
//   CREATE [OR REPLACE] PUMP name AS INSERT INTO stream [(column, …)]
//     SELECT STREAM expression [AS name], … FROM stream [WHERE condition]
//     [GROUP BY expression, … with STEP(ROWTIME BY INTERVAL …) or FLOOR(… TO …) for a tumbling window] [HAVING condition]
//     [WINDOWED BY STAGGER (PARTITION BY expression, … RANGE INTERVAL …)]
//     [WINDOW name AS ([PARTITION BY expression, …] RANGE INTERVAL … PRECEDING | ROWS n PRECEDING)];
//
// A recursive descent: each rule of the grammar is a function that takes its words from the front. What is outside of the part is
// refused with its place, never passed over.
import { SqlError, tokensOf, type Token } from './sql-tokens.ts'

export type Expression =
  | { readonly op: 'constant'; readonly value: number | string | boolean | null }
  | { readonly op: 'column'; readonly name: string; readonly at: number }
  | { readonly op: 'rowtime' }
  /** The beginning of the tumbling window of so many µs that a row falls into. */
  | { readonly op: 'window'; readonly size: number }
  | { readonly op: 'unary'; readonly sign: 'not' | '-' | 'is null'; readonly of: Expression }
  | { readonly op: 'binary'; readonly sign: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly op: 'case'
      readonly when: readonly (readonly [Expression, Expression])[]
      readonly otherwise: Expression | null
    }
  | { readonly op: 'call'; readonly name: string; readonly args: readonly Expression[] }
  /** `number` counts the aggregates of a select; `over` names its sliding window. */
  | {
      readonly op: 'aggregate'
      readonly number: number
      readonly name: Aggregate
      readonly of: Expression | null
      readonly isDistinct: boolean
      readonly over: string | null
    }

export type Aggregate = 'COUNT' | 'SUM' | 'AVG' | 'MIN' | 'MAX'

/** Rows of one partition that came within so many µs, or the last so many before the current one. */
export interface SlidingWindow {
  readonly partition: readonly Expression[]
  readonly range: number | null
  readonly rows: number | null
}

export interface Select {
  readonly columns: readonly { readonly name: string; readonly of: Expression }[]
  readonly from: string
  readonly where: Expression | null
  readonly having: Expression | null
  readonly aggregates: readonly (Expression & { readonly op: 'aggregate' })[]
  /** What becomes of its rows: each by itself, over a sliding window, or at the end of a tumbling or stagger window. */
  readonly kind: 'each' | 'sliding' | 'tumbling' | 'stagger'
  /** GROUP BY, without the window itself; of a stagger window PARTITION BY. */
  readonly groups: readonly Expression[]
  /** µs, of a tumbling or stagger window. */
  readonly size: number
  readonly windows: Readonly<Record<string, SlidingWindow>>
}

export interface StreamOfRows {
  readonly name: string
  readonly columns: readonly string[]
}

export interface Pump {
  readonly name: string
  readonly into: string
  /** The columns of the stream that are filled, in order. */
  readonly columns: readonly string[]
  readonly select: Select
  readonly at: number
}

export interface Program {
  readonly streams: readonly StreamOfRows[]
  readonly pumps: readonly Pump[]
}

const AGGREGATES: readonly string[] = ['COUNT', 'SUM', 'AVG', 'MIN', 'MAX']
/** Functions of values, and how many arguments they take. */
const FUNCTIONS: ReadonlyMap<string, readonly [min: number, max: number]> = new Map([
  ['ABS', [1, 1]],
  ['CEIL', [1, 1]],
  ['CHAR_LENGTH', [1, 1]],
  ['COALESCE', [1, 20]],
  ['LOWER', [1, 1]],
  ['MOD', [2, 2]],
  ['UPPER', [1, 1]],
])
const UNITS: ReadonlyMap<string, number> = new Map([
  ['SECOND', 1e6],
  ['MINUTE', 60e6],
  ['HOUR', 3_600e6],
  ['DAY', 86_400e6],
])
/** Words that end an expression and can name no column. */
const RESERVED = new Set(
  'AND AS BETWEEN BY CASE CREATE ELSE END FROM GROUP HAVING INSERT INTO IS NOT NULL OR OVER PARTITION PUMP RANGE ROWS SELECT STREAM THEN TO WHEN WHERE WINDOW WINDOWED JOIN LEFT RIGHT INNER FULL CROSS ON UNION ORDER LIMIT'.split(
    ' ',
  ),
)
const DEPTH_MAX = 64

/** Reads the code of an application whose input streams have these names; throws an `SqlError`. */
export function parseSql(code: string, inputs: readonly string[]): Program {
  return new Parser(tokensOf(code)).program(inputs)
}

class Parser {
  private readonly tokens: readonly Token[]
  private at = 0
  private depth = 0
  private aggregates: (Expression & { op: 'aggregate' })[] = []
  private inline: Record<string, SlidingWindow> = {}

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  program(inputs: readonly string[]): Program {
    const streams = new Map<string, StreamOfRows>()
    const pumps: Pump[] = []
    while (!this.isAtEnd) {
      if (this.skip(';')) continue
      this.expect('CREATE')
      if (this.skip('OR')) this.expect('REPLACE')
      if (this.skip('STREAM')) {
        const stream = this.stream()
        streams.set(stream.name, stream)
      } else if (this.skip('PUMP')) pumps.push(this.pump(streams))
      else this.refuse('after CREATE a STREAM or a PUMP is expected')
      if (!this.isAtEnd) this.expect(';')
    }
    for (const { select, into, at, name } of pumps) {
      if (!streams.has(select.from) && !inputs.includes(select.from))
        throw new SqlError(`\`${name}\` reads the stream \`${select.from}\`, which nobody creates`, at)
      if (leadsTo(into, select.from, pumps)) throw new SqlError(`\`${name}\` feeds the stream that it reads`, at)
    }
    return { streams: [...streams.values()], pumps }
  }

  private stream(): StreamOfRows {
    const name = this.name('a stream')
    const columns: string[] = []
    this.expect('(')
    do {
      columns.push(this.name('a column'))
      this.type()
    } while (this.skip(','))
    this.expect(')')
    return { name, columns }
  }

  /** `VARCHAR(4)`, `INTEGER`, `DECIMAL(8, 2)`: values keep the type that they have. */
  private type(): void {
    this.name('a type')
    if (this.skip('PRECISION')) return
    if (!this.skip('(')) return
    do this.number()
    while (this.skip(','))
    this.expect(')')
  }

  private pump(streams: ReadonlyMap<string, StreamOfRows>): Pump {
    const { at } = this.now
    const name = this.name('a pump')
    this.expect('AS')
    this.skip('STARTED')
    this.expect('INSERT')
    this.expect('INTO')
    const into = this.name('a stream')
    const stream = streams.get(into)
    if (stream === undefined)
      throw new SqlError(`\`${name}\` inserts into \`${into}\`, which is not created before`, at)
    let columns = stream.columns
    if (this.skip('(')) {
      columns = this.list(() => this.name('a column'))
      this.expect(')')
      const unknown = columns.find((column) => !stream.columns.includes(column))
      if (unknown !== undefined) throw new SqlError(`\`${into}\` has no column \`${unknown}\``, at)
    }
    const select = this.select()
    if (select.columns.length > 0 && select.columns.length !== columns.length)
      throw new SqlError(
        `\`${name}\` selects ${select.columns.length} columns for the ${columns.length} of \`${into}\``,
        at,
      )
    return { name, into, columns, select, at }
  }

  private select(): Select {
    this.aggregates = []
    this.inline = {}
    const { at } = this.now
    this.expect('SELECT')
    this.expect('STREAM')
    const columns = this.skip('*') ? [] : this.list(() => this.column())
    this.expect('FROM')
    const from = this.name('a stream')
    if (this.skip('AS') || (this.now.kind === 'name' && !RESERVED.has(this.now.text))) this.name('an alias')
    const where = this.skip('WHERE') ? this.expression() : null
    const inWhere = this.aggregates.length
    const grouped = this.skip('GROUP') ? (this.expect('BY'), this.list(() => this.expression())) : []
    const having = this.skip('HAVING') ? this.expression() : null
    let stagger: { readonly groups: Expression[]; readonly size: number } | null = null
    if (this.skip('WINDOWED')) stagger = this.stagger()
    const windows = { ...this.inline }
    if (this.skip('WINDOW'))
      do {
        const name = this.name('a window')
        this.expect('AS')
        windows[name] = this.sliding()
      } while (this.skip(','))
    const own = this.aggregates.filter(({ over }) => over === null)
    const over = this.aggregates.filter((each) => each.over !== null)
    const lost = over.find((each) => !Object.hasOwn(windows, each.over!))
    if (lost !== undefined) throw new SqlError(`there is no window \`${lost.over}\``, at)
    if (inWhere > 0 && where !== null && this.aggregates.slice(0, inWhere).some((each) => within(where, each)))
      throw new SqlError('WHERE looks at one row: use HAVING for a COUNT, SUM, AVG, MIN or MAX', at)
    const tumbling = grouped.filter((each) => each.op === 'window')
    const rest = grouped.filter((each) => each.op !== 'window')
    const common = { columns, from, where, having, aggregates: this.aggregates, windows }
    if (stagger !== null) return { ...common, kind: 'stagger', ...stagger }
    if (tumbling.length > 1) throw new SqlError('GROUP BY names more than one window', at)
    if (tumbling.length === 1) {
      if (over.length > 0) throw new SqlError('OVER and a tumbling window do not go together', at)
      return { ...common, kind: 'tumbling', groups: rest, size: tumbling[0].size }
    }
    if (grouped.length > 0 || own.length > 0)
      throw new SqlError(
        'a stream has no end: GROUP BY needs STEP(ROWTIME BY INTERVAL …), FLOOR(ROWTIME TO MINUTE) or WINDOWED BY STAGGER, an aggregate without it OVER',
        at,
      )
    if (having !== null) throw new SqlError('HAVING needs GROUP BY', at)
    return { ...common, kind: over.length > 0 ? 'sliding' : 'each', groups: [], size: 0 }
  }

  private column(): { readonly name: string; readonly of: Expression } {
    const of = this.expression()
    const isNamed = this.skip('AS') || (['name', 'quoted'].includes(this.now.kind) && !RESERVED.has(this.now.text))
    const name = isNamed ? this.name('a name') : of.op === 'column' ? of.name : ''
    return { name, of }
  }

  private stagger(): { readonly groups: Expression[]; readonly size: number } {
    this.expect('BY')
    this.expect('STAGGER')
    this.expect('(')
    this.expect('PARTITION')
    this.expect('BY')
    const groups = this.list(() => this.expression())
    this.expect('RANGE')
    const size = this.interval()
    this.expect(')')
    return { groups, size }
  }

  private sliding(): SlidingWindow {
    this.expect('(')
    const partition = this.skip('PARTITION') ? (this.expect('BY'), this.list(() => this.expression())) : []
    const isRange = this.skip('RANGE')
    if (!isRange) this.expect('ROWS')
    const size = isRange ? this.interval() : this.number()
    this.expect('PRECEDING')
    this.expect(')')
    return { partition, range: isRange ? size : null, rows: isRange ? null : size }
  }

  /** `INTERVAL '60' SECOND`, in µs. */
  private interval(): number {
    this.expect('INTERVAL')
    const { text, kind, at } = this.now
    const count = Number(text)
    if (kind !== 'text' || !/^\d{1,9}(\.\d{1,6})?$/.test(text) || count <= 0)
      this.refuse("a number in quotes is expected, such as `INTERVAL '60' SECOND`")
    this.at++
    const size = Math.round(count * this.unit())
    if (size < 1) throw new SqlError('the interval is too short', at)
    return size
  }

  private unit(): number {
    const unit = UNITS.get(this.now.text)
    if (unit === undefined) return this.refuse('SECOND, MINUTE, HOUR or DAY is expected')
    this.at++
    if (this.skip('(')) {
      this.number()
      this.expect(')')
    }
    return unit
  }

  // Expressions, from what binds least.

  private expression(): Expression {
    if (++this.depth > DEPTH_MAX) throw new SqlError(`expressions are nested more than ${DEPTH_MAX} deep`, this.now.at)
    let left = this.conjunction()
    while (this.skip('OR')) left = { op: 'binary', sign: 'or', left, right: this.conjunction() }
    this.depth--
    return left
  }

  private conjunction(): Expression {
    let left = this.negation()
    while (this.skip('AND')) left = { op: 'binary', sign: 'and', left, right: this.negation() }
    return left
  }

  private negation(): Expression {
    let isNegative = false
    while (this.skip('NOT')) isNegative = !isNegative
    const of = this.comparison()
    return isNegative ? { op: 'unary', sign: 'not', of } : of
  }

  private comparison(): Expression {
    const left = this.sum()
    if (this.skip('IS')) {
      const isNot = this.skip('NOT')
      this.expect('NULL')
      const of: Expression = { op: 'unary', sign: 'is null', of: left }
      return isNot ? { op: 'unary', sign: 'not', of } : of
    }
    if (this.skip('BETWEEN')) {
      const from = this.sum()
      this.expect('AND')
      const to = this.sum()
      const above: Expression = { op: 'binary', sign: '>=', left, right: from }
      return { op: 'binary', sign: 'and', left: above, right: { op: 'binary', sign: '<=', left, right: to } }
    }
    for (const sign of ['=', '<>', '!=', '<=', '>=', '<', '>'])
      if (this.skip(sign)) return { op: 'binary', sign: sign === '!=' ? '<>' : sign, left, right: this.sum() }
    return left
  }

  private sum(): Expression {
    let left = this.product()
    for (let sign = this.oneOf(['+', '-', '||']); sign !== undefined; sign = this.oneOf(['+', '-', '||']))
      left = { op: 'binary', sign, left, right: this.product() }
    return left
  }

  private product(): Expression {
    let left = this.factor()
    for (let sign = this.oneOf(['*', '/']); sign !== undefined; sign = this.oneOf(['*', '/']))
      left = { op: 'binary', sign, left, right: this.factor() }
    return left
  }

  private factor(): Expression {
    let isNegative = false
    while (this.skip('-')) isNegative = !isNegative
    const of = this.primary()
    return isNegative ? { op: 'unary', sign: '-', of } : of
  }

  private primary(): Expression {
    const { kind, text, at } = this.now
    if (kind === 'number' || kind === 'text') {
      this.at++
      return { op: 'constant', value: kind === 'number' ? Number(text) : text }
    }
    if (this.skip('(')) {
      const inner = this.expression()
      this.expect(')')
      return inner
    }
    if (kind === 'name') {
      if (text === 'TRUE' || text === 'FALSE' || text === 'NULL') {
        this.at++
        return { op: 'constant', value: text === 'NULL' ? null : text === 'TRUE' }
      }
      if (this.skip('CASE')) return this.choice()
      const isCall = this.tokens[this.at + 1]?.text === '(' && this.tokens[this.at + 1]?.kind === 'sign'
      if (isCall) return this.call()
      if (RESERVED.has(text)) return this.refuse('a value is expected')
    }
    let name = this.name('a value')
    if (this.skip('.')) name = this.name('a column')
    return name === 'ROWTIME' ? { op: 'rowtime' } : { op: 'column', name, at }
  }

  private choice(): Expression {
    const when: [Expression, Expression][] = []
    while (this.skip('WHEN')) {
      const condition = this.expression()
      this.expect('THEN')
      when.push([condition, this.expression()])
    }
    if (when.length === 0) this.refuse('WHEN is expected')
    const otherwise = this.skip('ELSE') ? this.expression() : null
    this.expect('END')
    return { op: 'case', when, otherwise }
  }

  private call(): Expression {
    const { text: name, at } = this.now
    this.at += 2
    if (AGGREGATES.includes(name)) return this.aggregate(name as Aggregate)
    if (name === 'STEP') return this.step()
    if (name === 'FLOOR') return this.floor()
    if (name === 'CAST') {
      const of = this.expression()
      this.expect('AS')
      this.type()
      this.expect(')')
      return of
    }
    const arity = FUNCTIONS.get(name)
    if (arity === undefined)
      throw new SqlError(
        `\`${name}\` is not among the simulated functions: ${[...AGGREGATES, 'STEP', 'FLOOR', 'CAST', ...FUNCTIONS.keys()].join(', ')}`,
        at,
      )
    const args = this.list(() => this.expression())
    this.expect(')')
    if (args.length < arity[0] || args.length > arity[1])
      throw new SqlError(`\`${name}\` does not take ${args.length} arguments`, at)
    return { op: 'call', name, args }
  }

  private aggregate(name: Aggregate): Expression {
    const isDistinct = this.skip('DISTINCT')
    const of = name === 'COUNT' && !isDistinct && this.skip('*') ? null : this.expression()
    this.expect(')')
    let over: string | null = null
    if (this.skip('OVER')) {
      if (this.now.text === '(' && this.now.kind === 'sign') {
        over = `window ${Object.keys(this.inline).length + 1}`
        this.inline[over] = this.sliding()
      } else over = this.name('a window')
    }
    const found = { op: 'aggregate', number: this.aggregates.length, name, of, isDistinct, over } as const
    this.aggregates.push(found)
    return found
  }

  /** `STEP(ROWTIME BY INTERVAL '60' SECOND)`. */
  private step(): Expression {
    this.rowtime()
    this.expect('BY')
    const size = this.interval()
    this.expect(')')
    return { op: 'window', size }
  }

  /** `FLOOR(ROWTIME TO MINUTE)`, `FLOOR((ROWTIME - TIMESTAMP '…') SECOND / 10 TO SECOND)`, or the whole part of a number. */
  private floor(): Expression {
    const start = this.at
    if (this.skip('(')) {
      const isWindow = this.isRowtime()
      if (isWindow) {
        this.rowtime()
        this.expect('-')
        this.expect('TIMESTAMP')
        this.at++
        this.expect(')')
        const unit = this.unit()
        const times = this.skip('/') ? this.number() : 1
        this.expect('TO')
        this.unit()
        this.expect(')')
        return { op: 'window', size: unit * times }
      }
      this.at = start
    }
    if (this.isRowtime()) {
      this.rowtime()
      this.expect('TO')
      const size = this.unit()
      this.expect(')')
      return { op: 'window', size }
    }
    const of = this.expression()
    if (this.skip('TO')) {
      const { at } = this.now
      this.unit()
      throw new SqlError('FLOOR … TO takes ROWTIME: times in columns are not simulated', at)
    }
    this.expect(')')
    return { op: 'call', name: 'FLOOR', args: [of] }
  }

  private isRowtime(): boolean {
    const last = this.tokens[this.at + 1]?.text === '.' ? this.tokens[this.at + 2] : this.now
    return last?.text === 'ROWTIME'
  }

  private rowtime(): void {
    if (!this.isRowtime()) this.refuse('ROWTIME is expected')
    this.at += this.tokens[this.at + 1]?.text === '.' ? 3 : 1
  }

  // Words.

  private get now(): Token {
    return this.tokens[this.at]
  }

  private get isAtEnd(): boolean {
    return this.tokens[this.at].kind === 'end'
  }

  private list<T>(one: () => T): T[] {
    const all = [one()]
    while (this.skip(',')) all.push(one())
    return all
  }

  /** Takes a word or a sign, if it comes next. */
  private skip(text: string): boolean {
    const { kind } = this.now
    if (this.now.text !== text || (kind !== 'name' && kind !== 'sign')) return false
    this.at++
    return true
  }

  private oneOf(signs: readonly string[]): string | undefined {
    return signs.find((sign) => this.skip(sign))
  }

  private expect(text: string): void {
    if (!this.skip(text)) this.refuse(`\`${text}\` is expected`)
  }

  /** A name, in capitals or as it is quoted. */
  private name(what: string): string {
    const { kind, text } = this.now
    if (kind !== 'quoted' && (kind !== 'name' || RESERVED.has(text))) this.refuse(`${what} is expected`)
    this.at++
    return text
  }

  private number(): number {
    const { kind, text } = this.now
    if (kind !== 'number' || !/^\d{1,9}$/.test(text) || Number(text) < 1) this.refuse('a whole number is expected')
    this.at++
    return Number(text)
  }

  private refuse(message: string): never {
    const { kind, text, at } = this.now
    throw new SqlError(`${message}, found ${kind === 'end' ? 'the end' : `\`${text}\``}`, at)
  }
}

/** Whether a stream feeds another one, by whatever pumps. */
function leadsTo(from: string, to: string, pumps: readonly Pump[], steps = 0): boolean {
  if (from === to) return true
  return (
    steps <= pumps.length && pumps.some((pump) => pump.select.from === from && leadsTo(pump.into, to, pumps, steps + 1))
  )
}

function within(expression: Expression, wanted: Expression): boolean {
  if (expression === wanted) return true
  switch (expression.op) {
    case 'unary':
      return within(expression.of, wanted)
    case 'binary':
      return within(expression.left, wanted) || within(expression.right, wanted)
    case 'call':
      return expression.args.some((each) => within(each, wanted))
    case 'case':
      return (
        expression.when.some(([condition, value]) => within(condition, wanted) || within(value, wanted)) ||
        (expression.otherwise !== null && within(expression.otherwise, wanted))
      )
    default:
      return false
  }
}
