// When the requests of a workload come: a rate along straight lines, users who think, bursts, or a recorded trace.
import { isList, textOf, type Node } from '../cfn/index.ts'
import type { Distribution } from '../engine/sample.ts'
import { toInteger } from '../engine/time.ts'
import { Arguments, unknownName, type Parameters } from './arguments.ts'
import { readingCall, type Call } from './calls.ts'
import { readColumn } from './csv.ts'
import { Fields, kindOf } from './fields.ts'
import type { StepContext } from './handler.ts'
import { namesOf, POINT } from './members.ts'
import { parseDuration, parseNumber, parseRate } from './quantity.ts'
import type { Scanner } from './scanner.ts'
import { SCALE_MAX } from './settings.ts'
import { taken } from './taken.ts'
import { frozenSampler, readDistribution } from './values.ts'

/** More users than this are not simulated one by one. */
const USERS_MAX = 1_000_000

const FORMS: Readonly<Record<string, Parameters>> = {
  poisson: { names: [], form: 'poisson' },
  regular: { names: [], form: 'regular' },
  bursty: { names: ['on', 'off'], form: 'bursty(on=, off=)' },
  trace: {
    names: ['file', 'column', 'count', 'period', 'unit', 'from', 'speed', 'scale'],
    optional: ['column', 'count', 'period', 'unit', 'from', 'speed', 'scale'],
    form: 'trace(file.csv, column=)',
  },
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['s', 1_000_000],
  ['ms', 1_000],
  ['us', 1],
])

/** What `Arrivals` says, read but for its file. */
type Form =
  | { readonly kind: 'poisson' | 'regular' }
  | { readonly kind: 'bursty'; readonly on: number; readonly off: number }
  | {
      readonly kind: 'trace'
      readonly file: string
      readonly column: string | undefined
      readonly counts: boolean
      readonly period: number
      /** µs of one unit of the times. */
      readonly unit: number
      readonly from: number
      readonly speed: number
      readonly scale: number
    }

/**
 * The part of a workload's config that says when its requests come; `factor` takes the place of its `Scale`. Mistakes are
 * reported; what is made then is not used.
 */
export function readArrivals(
  fields: Fields,
  context: StepContext,
  duration: number,
  factor?: number,
): Record<string, unknown> {
  const written = fields.number('Scale', 0, SCALE_MAX, false)
  const Scale = factor ?? written ?? 1
  const load = readLoad(fields, context, duration, Scale)
  if (factor !== undefined && load['Arrivals'] === 'trace')
    context.problems.error('contradiction', `${fields.what} plays a trace of moments, which has no scale`, fields.span)
  return { Scale, ...load }
}

function readLoad(fields: Fields, context: StepContext, duration: number, scale: number): Record<string, unknown> {
  const { problems } = context
  const users = fields.node('Users')
  const rate = fields.node('Rate')
  if (users !== undefined) {
    if (rate !== undefined)
      problems.error('contradiction', `${fields.what} has both \`Rate\` and \`Users\``, users.span, {
        label: 'a workload is open (`Rate`) or closed (`Users`)',
      })
    else fields.refuse(['Arrivals'], 'for users: each sends again when it has thought')
    const think = fields.node('ThinkTime')
    const time: Distribution | undefined =
      think === undefined ? { kind: 'constant', value: 0 } : readDistribution(think, 'duration', context)
    return {
      Arrivals: 'poisson',
      Rate: [],
      Users: pointsOf(users, '`Users`', context, usersOf).map(({ at, value }) => ({
        at,
        value: Math.min(USERS_MAX, Math.round(value * scale)),
      })),
      ThinkTime: time === undefined ? undefined : frozenSampler(time),
    }
  }
  fields.refuse(['ThinkTime'], 'without `Users`')
  const node = fields.node('Arrivals')
  const form = formOf(node, context)
  if (form?.kind === 'trace') {
    fields.refuse(['Rate'], 'beside a trace, which has its own')
    if (!form.counts) fields.refuse(['Scale'], 'for a trace of moments')
    return traceOf({ ...form, scale: form.scale * scale }, node!, context, duration)
  }
  if (rate === undefined) {
    if (form !== undefined)
      problems.error('missing-member', `${fields.what} needs \`Rate\` or \`Users\``, fields.span, {
        label: 'such as `Rate: 50/s` or `Users: 20`',
      })
    return {}
  }
  const Rate = pointsOf(rate, '`Rate`', context, rateOf).map(({ at, value }) => ({ at, perSecond: value * scale }))
  if (form?.kind !== 'bursty') return { Arrivals: form?.kind, Rate }
  const phase = (mean: number): unknown => frozenSampler({ kind: 'exponential', mean })
  return { Arrivals: 'bursty', Rate, BurstyOn: phase(form.on), BurstyOff: phase(form.off) }
}

function formOf(node: Node | undefined, context: StepContext): Form | undefined {
  if (node === undefined) return { kind: 'poisson' }
  const text = textOf(node)
  if (text === undefined) {
    context.problems.error('wrong-type', `\`Arrivals\` is ${kindOf(node)}, not a text`, node.span)
    return undefined
  }
  const form = readingCall(text, (value, scanner): Form => {
    const name = value.kind === 'word' ? value : value.name
    if (!Object.hasOwn(FORMS, name.text))
      unknownName('unknown-arrivals', 'a way to arrive', name, Object.keys(FORMS), scanner)
    const call: Call =
      value.kind === 'call' ? value : { kind: 'call', name, args: [], start: value.start, end: value.end }
    return meaning(name.text, new Arguments(call, FORMS[name.text]!, scanner), scanner)
  })
  return taken(form, node, context)
}

function meaning(kind: string, args: Arguments, scanner: Scanner): Form {
  const time = (name: string): number => {
    const value = args.read(name, parseDuration)
    if (value === 0) args.refuse('out-of-range', name, '; it is longer than 0s')
    return value
  }
  const factor = (name: string): number => {
    const value = args.has(name) ? args.read(name, parseNumber) : 1
    if (value === 0) args.refuse('out-of-range', name, '; it is above 0')
    return value
  }
  if (kind === 'bursty') return { kind, on: time('on'), off: time('off') }
  if (kind !== 'trace') return { kind: kind as 'poisson' | 'regular' }
  const counts = args.has('count')
  for (const name of counts ? ['column', 'unit'] : ['period', 'scale'])
    if (args.has(name))
      args.refuse('contradiction', name, counts ? '; `count=` names the column' : '; it belongs to `count=`')
  const unit = args.has('unit') ? args.word('unit') : undefined
  if (unit !== undefined && !UNITS.has(unit.text))
    unknownName('unknown-unit', 'a unit of a trace', unit, [...UNITS.keys()], scanner)
  return {
    kind,
    file: args.word('file').text,
    column: counts ? args.word('count').text : args.has('column') ? args.word('column').text : undefined,
    counts,
    period: args.has('period') ? time('period') : 60_000_000,
    unit: UNITS.get(unit?.text ?? 's')!,
    from: args.has('from') ? args.read('from', parseDuration) : 0,
    speed: factor('speed'),
    scale: factor('scale'),
  }
}

/**
 * A trace: either a moment a line (`column=`, seconds unless `unit=`), or a number of requests a line for equal periods (`count=`,
 * `period=`), which come at random within their period. `speed` plays it faster, `scale` multiplies the counts, `from` skips.
 */
function traceOf(
  form: Form & { kind: 'trace' },
  node: Node,
  context: StepContext,
  duration: number,
): Record<string, unknown> {
  const content = context.readFile(form.file, node.span)
  if (content === undefined) return {}
  const column = readColumn(content, form.column, (cell) => {
    const value = toInteger(cell.trim(), form.counts ? 1 : form.unit)
    if (typeof value === 'number' && value >= 0) return { ok: true, value }
    const message = `\`${cell}\` is ${typeof value === 'number' ? 'negative' : value}`
    return { ok: false, slug: 'not-a-number', message, offset: 0, length: cell.length }
  })
  if (!column.ok) {
    const { label, help } = column
    context.problems.error(column.slug, `\`${form.file}\`: ${column.message}`, node.span, {
      ...(label === undefined ? {} : { label }),
      ...(help === undefined ? {} : { help }),
    })
    return {}
  }
  if (!form.counts)
    return { Arrivals: 'trace', Rate: [], TraceTimes: momentsOf(column.value, form.from, form.speed, duration) }
  const period = Math.max(1, Math.round(form.period / form.speed))
  const skip = Math.floor(form.from / form.speed / period)
  return { Arrivals: 'poisson', Rate: stepsOf(column.value.slice(skip), period, form.scale, duration) }
}

function momentsOf(values: readonly number[], from: number, speed: number, duration: number): Float64Array {
  const moments = values
    .map((value) => Math.round((value - from) / speed))
    .filter((value) => value >= 0 && value <= duration)
  return Float64Array.from(moments).sort()
}

/** Counts of equal periods as a rate with steps: Poisson arrivals at each period's own mean. */
function stepsOf(
  counts: readonly number[],
  period: number,
  scale: number,
  duration: number,
): { at: number; perSecond: number }[] {
  const points: { at: number; perSecond: number }[] = []
  for (let i = 0; i < counts.length && i * period < duration; i++) {
    const perSecond = ((counts[i]! * scale) / period) * 1e6
    points.push({ at: i * period, perSecond }, { at: (i + 1) * period, perSecond })
  }
  points.push({ at: points[points.length - 1]?.at ?? 0, perSecond: 0 })
  return points
}

interface Point {
  readonly at: number
  readonly value: number
}

/** One value for ever, or points joined by straight lines. */
function pointsOf(
  node: Node,
  what: string,
  context: StepContext,
  read: (node: Node, what: string, context: StepContext) => number,
): readonly Point[] {
  const { problems } = context
  if (!isList(node)) return [{ at: 0, value: read(node, what, context) }]
  if (node.items.length === 0) problems.error('missing-member', `${what} has no points`, node.span)
  let last = 0
  return node.items.map((item) => {
    const fields = new Fields(`a point of ${what}`, item, namesOf(POINT), problems)
    const value = fields.required('Value')
    fields.required('At')
    const at = fields.duration('At') ?? last
    if (at < last) problems.error('out-of-order', `the points of ${what} go back in time`, item.span)
    last = at
    return { at, value: value === undefined ? 0 : read(value, '`Value`', context) }
  })
}

function rateOf(node: Node, what: string, context: StepContext): number {
  const text = textOf(node)
  if (text !== undefined) {
    const rate = taken(parseRate(text), node, context)
    return rate === undefined ? 0 : (rate.count / rate.perMicros) * 1e6
  }
  context.problems.error('not-a-rate', `${what} is ${kindOf(node)}, not a rate`, node.span, {
    label: 'such as `50/s` or `3000/min`',
  })
  return 0
}

function usersOf(node: Node, what: string, context: StepContext): number {
  const parsed = parseNumber(textOf(node) ?? '')
  if (parsed.ok && Number.isInteger(parsed.value) && parsed.value <= USERS_MAX) return parsed.value
  context.problems.error('wrong-type', `${what} is ${kindOf(node)}, not a whole number of users`, node.span, {
    label: `expected 0 to ${USERS_MAX}`,
  })
  return 0
}
