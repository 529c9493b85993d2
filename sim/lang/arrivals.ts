// When the requests of a workload come: a rate along straight lines, users who think, bursts, or a recorded trace.
import { isList, textOf, type Node } from '../cfn/index.ts'
import type { Distribution } from '../engine/sample.ts'
import {
  FORMATS,
  loadOf,
  momentOf,
  readRecording,
  type Format,
  type Load,
  type Moments,
  type RecordedFlaw,
} from '../recorded/index.ts'
import { Arguments, unknownName, type Parameters } from './arguments.ts'
import { readingCall, type Call } from './calls.ts'
import { Fields, kindOf } from './fields.ts'
import type { StepContext } from './handler.ts'
import { namesOf, POINT } from './members.ts'
import { formatMicros } from '../engine/time.ts'
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
    names: ['file', 'column', 'count', 'period', 'unit', 'from', 'speed', 'scale', 'format'],
    optional: ['column', 'count', 'period', 'unit', 'from', 'speed', 'scale', 'format'],
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
      readonly format: Format | undefined
      readonly column: string | undefined
      /** The column or metric that counts requests. */
      readonly count: string | undefined
      /** µs between two counts. */
      readonly period: number | undefined
      /** µs of one unit of the times. */
      readonly unit: number | undefined
      /** What is left out: so long (µs), or all before a date (µs since 1970). */
      readonly from: number
      readonly isDate: boolean
      readonly speed: number
      readonly scale: number
      /** The argument that has a meaning for counts alone, if one is given. */
      readonly ofCounts: string | undefined
    }

/** When requests come, and the recording that says so where each request is one of its rows. */
export interface ReadArrivals {
  readonly config: Record<string, unknown>
  readonly recorded?: RecordedRows | undefined
}

/** The rows of a recording in the order in which the requests of the run come. */
export type RecordedRows = Pick<Moments, 'columns' | 'rows'> & { readonly file: string }

/**
 * The part of a workload's config that says when its requests come; `factor` takes the place of its `Scale`. Mistakes are
 * reported; what is made then is not used.
 */
export function readArrivals(fields: Fields, context: StepContext, duration: number, factor?: number): ReadArrivals {
  const written = fields.number('Scale', 0, SCALE_MAX, false)
  const Scale = factor ?? written ?? 1
  const load = readLoad(fields, context, duration, Scale)
  const isMoments = load.config['Arrivals'] === 'trace'
  if (isMoments && factor !== undefined)
    context.problems.error('contradiction', `${fields.what} plays a trace of moments, which has no scale`, fields.span)
  else if (isMoments) fields.refuse(['Scale'], 'for a trace of moments')
  return { ...load, config: { Scale, ...load.config } }
}

function readLoad(fields: Fields, context: StepContext, duration: number, scale: number): ReadArrivals {
  const { problems } = context
  const users = fields.node('Users')
  const rate = fields.node('Rate')
  if (users !== undefined) {
    if (rate !== undefined)
      problems.error('contradiction', `${fields.what} has both \`Rate\` and \`Users\``, users.span, {
        label: 'a workload is open (`Rate`) or closed (`Users`)',
      })
    else fields.refuse(['Arrivals'], 'for users: each sends again when it has thought')
    return { config: readUsers(users, fields.node('ThinkTime'), context, scale) }
  }
  fields.refuse(['ThinkTime'], 'without `Users`')
  const node = fields.node('Arrivals')
  const form = formOf(node, context)
  if (form?.kind === 'trace') {
    fields.refuse(['Rate'], 'beside a trace, which has its own')
    return traceOf({ ...form, scale: form.scale * scale }, fields.what, node!, context, duration)
  }
  if (rate === undefined) {
    if (form !== undefined)
      problems.error('missing-member', `${fields.what} needs \`Rate\` or \`Users\``, fields.span, {
        label: 'such as `Rate: 50/s` or `Users: 20`',
      })
    return { config: {} }
  }
  const Rate = pointsOf(rate, '`Rate`', context, rateOf).map(({ at, value }) => ({ at, perSecond: value * scale }))
  if (form?.kind !== 'bursty') return { config: { Arrivals: form?.kind, Rate } }
  const phase = (mean: number): unknown => frozenSampler({ kind: 'exponential', mean })
  return { config: { Arrivals: 'bursty', Rate, BurstyOn: phase(form.on), BurstyOff: phase(form.off) } }
}

function readUsers(users: Node, think: Node | undefined, context: StepContext, scale: number): Record<string, unknown> {
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
  if (counts)
    for (const name of ['column', 'unit'])
      if (args.has(name)) args.refuse('contradiction', name, '; `count=` names the column')
  const text = (name: string): string | undefined => (args.has(name) ? args.word(name).text : undefined)
  const unit = args.has('unit') ? args.word('unit') : undefined
  if (unit !== undefined && !UNITS.has(unit.text))
    unknownName('unknown-unit', 'a unit of a trace', unit, [...UNITS.keys()], scanner)
  const format = args.has('format') ? args.word('format') : undefined
  if (format !== undefined && !Object.hasOwn(FORMATS, format.text))
    unknownName('unknown-trace-format', 'a format of recordings', format, Object.keys(FORMATS), scanner)
  const date = momentOf(text('from') ?? '')
  return {
    kind,
    file: args.word('file').text,
    format: format?.text as Format | undefined,
    column: text('column'),
    count: text('count'),
    period: args.has('period') ? time('period') : undefined,
    unit: unit === undefined ? undefined : UNITS.get(unit.text)!,
    from: date ?? (args.has('from') ? args.read('from', parseDuration) : 0),
    isDate: date !== undefined,
    speed: factor('speed'),
    scale: factor('scale'),
    ofCounts: ['scale', 'period'].find((name) => args.has(name)),
  }
}

type TraceForm = Form & { readonly kind: 'trace' }

/**
 * A trace: requests at their own moments, or a number of requests for each period, which come at random moments of it. `from`
 * skips, `speed` plays it faster, `scale` multiplies the counts.
 */
function traceOf(form: TraceForm, what: string, node: Node, context: StepContext, duration: number): ReadArrivals {
  const content = context.readFile(form.file, node.span)
  if (content === undefined) return { config: {} }
  const load = recordedLoad(content, form, what, node, context)
  if (load === undefined) return { config: {} }
  const isDated = form.isDate && load.origin !== undefined
  if (form.isDate && !isDated)
    context.problems.error('contradiction', `\`${form.file}\` has no dates that \`from\` could stand for`, node.span, {
      label: 'such as `from=90s`',
    })
  return playLoad(load, form, isDated ? form.from - load.origin! : form.from, duration)
}

/** The config of a workload that plays a load from `from` µs of it on, as long as the run lasts. */
export function playLoad(
  load: Load,
  how: { readonly file: string; readonly speed: number; readonly scale: number },
  from: number,
  duration: number,
): ReadArrivals {
  if (load.kind === 'moments') return playMoments(load, how, from, duration)
  const period = Math.max(1, Math.round(load.period / how.speed))
  const skip = Math.max(0, Math.floor(from / how.speed / period))
  const Rate = stepsOf(load.counts.subarray(skip), period, how.scale, duration)
  return { config: { Arrivals: 'counted', Rate, CountedPeriod: period } }
}

/** The load that a file tells of. What was found out is noted, what could not be read is told. */
function recordedLoad(
  content: string,
  form: TraceForm,
  what: string,
  node: Node,
  { problems, noteInferred }: StepContext,
): Load | undefined {
  const tell = ({ slug, message, label, help }: RecordedFlaw): undefined =>
    problems.error(slug, `\`${form.file}\`: ${message}`, node.span, {
      ...(label === undefined ? {} : { label }),
      ...(help === undefined ? {} : { help }),
    }) as undefined
  let read = readRecording(content, form)
  // One moment a line, without a title.
  if (
    read.ok &&
    read.value.content.kind === 'requests' &&
    read.value.content.at === undefined &&
    form.column === undefined
  )
    read = readRecording(content, { ...form, column: '1' })
  if (!read.ok) return tell(read)
  const load = loadOf(read.value, form.count)
  if (!load.ok) return tell(load)
  const { value } = load
  if (value.kind === 'moments' && form.ofCounts !== undefined)
    return tell({
      ok: false,
      slug: 'contradiction',
      message: `it has a moment for each request, and \`${form.ofCounts}\` is of counts by period`,
      help: 'name the column of counts: `count=`',
    })
  const { malformed, detected } = read.value
  if (malformed.count > 0)
    problems.warning(
      'malformed-lines',
      `\`${form.file}\`: ${malformed.count} ${malformed.count === 1 ? 'line is' : 'lines are'} left out`,
      node.span,
      { notes: malformed.first.map(({ line, why }) => `line ${line}: ${why}`) },
    )
  if (form.format === undefined) noteInferred(`${what} plays \`${form.file}\`, ${detected}: ${amountOf(value)}`)
  return value
}

function amountOf(load: Load): string {
  if (load.kind === 'moments')
    return `${load.at.length} requests in ${formatMicros(load.at[load.at.length - 1]! - load.at[0]!)}`
  const total = load.counts.reduce((sum, count) => sum + count, 0)
  return `${Math.round(total)} requests in ${formatMicros(load.counts.length * load.period)}`
}

/** Those of the moments that the run has time for. */
function playMoments(
  { at, rows, columns }: Moments,
  { file, speed }: { readonly file: string; readonly speed: number },
  from: number,
  duration: number,
): ReadArrivals {
  const times = at.map((value) => Math.round((value - from) / speed))
  const first = times.findIndex((time) => time >= 0)
  const after = times.findIndex((time) => time > duration)
  const [start, end] = [first < 0 ? times.length : first, after < 0 ? times.length : after]
  return {
    config: { Arrivals: 'trace', Rate: [], TraceTimes: times.slice(start, end) },
    recorded: { file, columns, rows: rows.slice(start, end) },
  }
}

/** Counts of equal periods as a rate with steps. */
function stepsOf(
  counts: Float64Array,
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
