// `Simulation.Workloads`: load on an entry of the system, open or closed, and how its client behaves.
import type { Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import type { Distribution, Sampler } from '../engine/sample.ts'
import { toInteger } from '../engine/time.ts'
import { entries, get, isList, textOf, type Node } from '../cfn/index.ts'
import type { ComponentPlan } from '../model/plan.ts'
import type { Template } from '../parts/program.ts'
import { backoff, sdkRetries, type RetrySettings } from '../parts/retry.ts'
import { readColumn } from './csv.ts'
import { Fields } from './fields.ts'
import type { StepContext } from './handler.ts'
import { readingCall } from './calls.ts'
import { parseDuration, parseRate } from './quantity.ts'
import { registry } from './registry.ts'
import type { Component, Resources } from './resources.ts'
import type { Named, SimulationSection } from './simulation.ts'
import { frozenSampler, readAttribute, readDistribution, readSizeTemplate, readTemplate } from './values.ts'

const MEMBERS = [
  'Target',
  'Operation',
  'Parameters',
  'Rate',
  'Arrivals',
  'Users',
  'ThinkTime',
  'Attributes',
  'Client',
  'Count',
]
const CLIENT = ['Timeout', 'Retries', 'MaxAttempts', 'Backoff', 'Sdk']
const BACKOFF = ['Base', 'Cap', 'Jitter']

export function readWorkloads(
  section: SimulationSection,
  resources: Resources,
  context: StepContext,
  duration: number,
): ComponentPlan[] {
  return section.workloads
    .map((workload) => readWorkload(workload, resources, context, duration))
    .filter((plan) => plan !== undefined)
}

function readWorkload(
  { name, span, node }: Named,
  resources: Resources,
  context: StepContext,
  duration: number,
): ComponentPlan | undefined {
  const { problems } = context
  const fields = new Fields(`the workload \`${name}\``, node, MEMBERS, problems)
  if (resources.component(name) !== undefined)
    problems.error('name-taken', `\`${name}\` is the name of a resource too`, span, {
      label: 'a workload needs a name of its own',
    })
  const target = targetOf(fields, resources, context)
  if (target === undefined) return undefined
  const entry = entryOf(fields, target, context)
  if (entry === undefined) return undefined
  const def = registry.byType.get('Sim::Client::Workload')!
  const config: Record<string, unknown> = {
    Target: target.name,
    Action: entry.action,
    Arg: entry.arg,
    Body: bodyOf(fields, entry.action, target, context),
    ...arrivalsOf(fields, context, duration),
    Client: clientOf(fields.node('Client'), entry.action, context),
    Count: fields.number('Count', 0, Number.MAX_SAFE_INTEGER, true),
  }
  return { name, type: def.type, def, config }
}

function targetOf(fields: Fields, resources: Resources, context: StepContext): Component | undefined {
  const node = fields.required('Target')
  const text = node === undefined ? undefined : textOf(node)
  const target = text === undefined ? undefined : resources.component(text)
  if (target !== undefined || node === undefined) return target
  const near =
    text === undefined
      ? undefined
      : nearest(
          text,
          resources.components.map((component) => component.name),
        )
  context.problems.error(
    'unknown-resource',
    `\`${text ?? ''}\` is no simulated resource of this scenario`,
    node.span,
    near === undefined ? {} : { label: `did you mean \`${near}\`?` },
  )
  return undefined
}

/** The operation that the workload calls: a route, an action, or the only thing that its target can be asked from outside. */
function entryOf(
  fields: Fields,
  target: Component,
  context: StepContext,
): { action: `${string}:${string}`; arg: number } | undefined {
  const { problems } = context
  const node = fields.node('Operation')
  const operation = fields.text('Operation')
  if (operation === undefined) {
    const possible = target.def.entries?.(target.config) ?? Object.keys(target.def.ops)
    const only =
      possible.length === 1
        ? possible[0]
        : target.def.entry === undefined && target.def.ops['lambda:InvokeFunction'] !== undefined
          ? 'lambda:InvokeFunction'
          : undefined
    if (only === undefined)
      problems.error('missing-member', `${fields.what} needs \`Operation\``, fields.span, {
        label: `possible are ${possible
          .slice(0, 8)
          .map((name) => `\`${name}\``)
          .join(', ')}`,
      })
    return only === undefined ? undefined : resolveEntry(only, target, fields.span, context)
  }
  return resolveEntry(operation, target, node!.span, context)
}

function resolveEntry(
  operation: string,
  target: Component,
  span: Span,
  context: StepContext,
): { action: `${string}:${string}`; arg: number } | undefined {
  const entry = target.def.entry?.(target.config, operation)
  if (entry !== undefined && 'action' in entry) return entry
  if (entry !== undefined) {
    context.problems.error(
      'unknown-operation',
      entry.error,
      span,
      entry.help === undefined ? {} : { label: entry.help },
    )
    return undefined
  }
  if (Object.hasOwn(target.def.ops, operation)) return { action: operation as `${string}:${string}`, arg: 0 }
  const near = nearest(operation, Object.keys(target.def.ops))
  context.problems.error(
    'unknown-operation',
    `\`${target.name}\` (${target.def.type}) does not answer \`${operation}\``,
    span,
    {
      label:
        near === undefined
          ? `possible are ${Object.keys(target.def.ops).slice(0, 8).join(', ')}`
          : `did you mean \`${near}\`?`,
    },
  )
  return undefined
}

/** What each request carries: the attributes as the event of an API or a function, as the body of a message, or the parameters of an action. */
function bodyOf(fields: Fields, action: string, target: Component, context: StepContext): Template {
  const keys: string[] = []
  const values: Template[] = []
  for (const { key, value } of entries(fields.node('Attributes'))) {
    keys.push(key)
    values.push(readAttribute(value, key, context))
  }
  const event: Template =
    keys.length === 0 ? { kind: 'constant', value: Object.freeze({}) } : { kind: 'map', keys, values }
  const parameters = fields.node('Parameters')
  if (parameters !== undefined) return parametersOf(parameters, event, context)
  if (target.def.entry !== undefined || action.startsWith('http:')) return event
  if (action === 'sqs:SendMessage') return wrap('MessageBody', event)
  if (action === 'lambda:InvokeFunction') return wrap('Payload', event)
  return event
}

/** Parameters of an action, in which `$` is the attributes. */
function parametersOf(node: Node, event: Template, context: StepContext): Template {
  const keys: string[] = []
  const values: Template[] = []
  for (const { key, value } of entries(node)) {
    keys.push(key)
    values.push(
      key === 'ItemSize' || key === 'MessageSize'
        ? readSizeTemplate(value, key, context)
        : readTemplate(value, key, context),
    )
  }
  return { kind: 'scoped', scope: event, of: { kind: 'map', keys, values } }
}

function wrap(key: string, of: Template): Template {
  if (of.kind === 'constant') return { kind: 'constant', value: Object.freeze({ [key]: of.value }) }
  return { kind: 'map', keys: [key], values: [of] }
}

function arrivalsOf(fields: Fields, context: StepContext, duration: number): Record<string, unknown> {
  const { problems } = context
  const users = fields.node('Users')
  const rate = fields.node('Rate')
  if (users !== undefined && rate !== undefined)
    problems.error('contradiction', `${fields.what} has both \`Rate\` and \`Users\``, users.span, {
      label: 'a workload is open (`Rate`) or closed (`Users`)',
    })
  if (users !== undefined) {
    const think = fields.node('ThinkTime')
    const distribution: Distribution | undefined =
      think === undefined ? { kind: 'constant', value: 0 } : readDistribution(think, 'duration', context)
    return {
      Arrivals: 'poisson',
      Rate: [],
      Users: pointsOf(users, '`Users`', context, numberOf).map(({ at, perSecond }) => ({ at, value: perSecond })),
      ThinkTime: sampler(distribution),
    }
  }
  const arrivals = fields.text('Arrivals') ?? 'poisson'
  const node = fields.node('Arrivals')
  const form = readingCall(arrivals, (value) => value)
  const name = form.ok ? (form.value.kind === 'word' ? form.value.text : form.value.name.text) : arrivals
  if (name === 'trace') return { Arrivals: 'trace', Rate: [], ...traceOf(arrivals, node!, context, duration) }
  if (rate === undefined) {
    problems.error('missing-member', `${fields.what} needs \`Rate\` or \`Users\``, fields.span, {
      label: 'such as `Rate: 50/s` or `Users: 20`',
    })
    return {}
  }
  const points = pointsOf(rate, '`Rate`', context, rateOf)
  if (name === 'bursty') return { Arrivals: 'bursty', Rate: points, ...burstyOf(arrivals, node!, context) }
  if (name !== 'poisson' && name !== 'regular') {
    const near = nearest(name, ['poisson', 'regular', 'bursty', 'trace'])
    problems.error('unknown-value', `\`Arrivals\` is \`${arrivals}\``, node!.span, {
      label:
        near === undefined
          ? 'possible are `poisson`, `regular`, `bursty(on=, off=)`, `trace(file.csv)`'
          : `did you mean \`${near}\`?`,
    })
  }
  return { Arrivals: name, Rate: points }
}

function sampler(distribution: Distribution | undefined): Sampler | undefined {
  return distribution === undefined ? undefined : frozenSampler(distribution)
}

/** One value for ever, or points joined by straight lines. */
function pointsOf(
  node: Node,
  what: string,
  context: StepContext,
  read: (node: Node, what: string, context: StepContext) => number,
): { at: number; perSecond: number }[] {
  if (!isList(node)) return [{ at: 0, perSecond: read(node, what, context) }]
  const points = node.items.map((item) => {
    const fields = new Fields(`a point of ${what}`, item, ['At', 'Value'], context.problems)
    const value = fields.required('Value')
    return {
      at: fields.duration('At') ?? 0,
      perSecond: value === undefined ? 0 : read(value, '`Value`', context),
      span: item.span,
    }
  })
  points.forEach((point, i) => {
    if (i > 0 && point.at < points[i - 1]!.at)
      context.problems.error('out-of-order', `the points of ${what} go back in time`, point.span)
  })
  return points.map(({ at, perSecond }) => ({ at, perSecond }))
}

function rateOf(node: Node, what: string, context: StepContext): number {
  const text = textOf(node)
  const parsed = text === undefined ? undefined : parseRate(text)
  if (parsed?.ok === true) return (parsed.value.count / parsed.value.perMicros) * 1e6
  context.problems.error('not-a-rate', parsed?.ok === false ? parsed.message : `${what} is not a rate`, node.span, {
    label: 'such as `50/s` or `3000/min`',
  })
  return 0
}

function numberOf(node: Node, what: string, context: StepContext): number {
  const value = Number(textOf(node) ?? '')
  if (Number.isInteger(value) && value >= 0) return value
  context.problems.error('wrong-type', `${what} is not a whole number from 0`, node.span)
  return 0
}

/** The members of `name(a, key=value)` by key; the first one without a key under `file`. */
function argumentsOf(text: string, node: Node, known: readonly string[], context: StepContext): Map<string, string> {
  const made = new Map<string, string>()
  const read = readingCall(text, (value) => value)
  if (!read.ok)
    context.problems.error(read.slug, read.message, node.span, read.label === undefined ? {} : { label: read.label })
  else if (read.value.kind === 'call') {
    for (const { key, value } of read.value.args) {
      const name = key?.text ?? 'file'
      if (!known.includes(name))
        context.problems.error(
          'unknown-argument',
          `\`${name}\` is not an argument of \`${read.value.name.text}\``,
          node.span,
          { label: `possible are ${known.map((one) => `\`${one}\``).join(', ')}` },
        )
      else if (value.kind === 'word') made.set(name, value.text)
    }
  }
  return made
}

function burstyOf(text: string, node: Node, context: StepContext): Record<string, unknown> {
  const given = argumentsOf(text, node, ['on', 'off'], context)
  const phase = (name: string): unknown => {
    const parsed = parseDuration(given.get(name) ?? '')
    if (parsed.ok && parsed.value > 0) return sampler({ kind: 'exponential', mean: parsed.value })
    context.problems.error('missing-argument', `\`bursty\` needs \`${name}\` as a time`, node.span, {
      label: 'such as `bursty(on=10s, off=50s)`',
    })
    return undefined
  }
  return { BurstyOn: phase('on'), BurstyOff: phase('off') }
}

/**
 * A trace: either a moment a line (`column=`, seconds unless `unit=`), or a number of requests a line for equal periods (`count=`,
 * `period=`), which are spread evenly over their period. `speed` plays it faster, `scale` multiplies the counts, `from` skips.
 */
function traceOf(text: string, node: Node, context: StepContext, duration: number): Record<string, unknown> {
  const given = argumentsOf(
    text,
    node,
    ['file', 'column', 'count', 'period', 'unit', 'from', 'speed', 'scale'],
    context,
  )
  const { problems } = context
  const path = given.get('file')
  const content = path === undefined ? undefined : context.readFile(path, node.span)
  if (path === undefined)
    problems.error('missing-argument', '`trace` needs a file', node.span, {
      label: 'such as `trace(arrivals.csv, column=time)`',
    })
  if (content === undefined) return {}
  const time = (name: string, fallback: number): number => {
    const value = given.get(name)
    if (value === undefined) return fallback
    const parsed = parseDuration(value)
    if (parsed.ok) return parsed.value
    problems.error('not-a-duration', parsed.message, node.span)
    return fallback
  }
  const factor = (name: string): number => {
    const value = Number(given.get(name) ?? '1')
    if (value > 0 && value < Infinity) return value
    problems.error('out-of-range', `\`${name}\` is \`${given.get(name)}\``, node.span, {
      label: 'expected a number above 0',
    })
    return 1
  }
  const counts = given.get('count')
  const unit = given.get('unit') === 'ms' ? 1_000 : given.get('unit') === 'us' ? 1 : 1_000_000
  const column = readColumn(content, counts ?? given.get('column'), (cell) => {
    const value = toInteger(cell.trim(), counts === undefined ? unit : 1)
    return typeof value === 'number'
      ? { ok: true, value }
      : { ok: false, slug: 'not-a-number', message: `\`${cell}\` is ${value}`, offset: 0, length: cell.length }
  })
  if (!column.ok) {
    problems.error(
      column.slug,
      `\`${path}\`: ${column.message}`,
      node.span,
      column.label === undefined ? {} : { label: column.label },
    )
    return {}
  }
  const from = time('from', 0)
  const speed = factor('speed')
  if (counts === undefined) return { TraceTimes: momentsOf(column.value, from, speed, duration) }
  const period = Math.max(1, Math.round(time('period', 60_000_000) / speed))
  const scale = factor('scale')
  const skip = Math.floor(from / speed / period)
  return { Arrivals: 'poisson', Rate: stepsOf(column.value.slice(skip), period, scale, duration) }
}

function momentsOf(values: readonly number[], from: number, speed: number, duration: number): Float64Array {
  const moments = values
    .map((value) => Math.round((value - from) / speed))
    .filter((value) => value >= 0 && value <= duration)
  return Float64Array.from(moments.sort((a, b) => a - b))
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

/** The client's behaviour in figures. An HTTP client retries nothing unless told to; an SDK is in standard mode (RET §5). */
function clientOf(
  node: Node | undefined,
  action: string,
  context: StepContext,
): { Retries: RetrySettings; Timeout: number | null } {
  const isSdk = !action.startsWith('execute-api:') && !action.startsWith('http:')
  if (node === undefined)
    return {
      Retries: sdkRetries({ mode: isSdk ? 'standard' : 'none', sdk: 'javascript', variant2026: false, action }),
      Timeout: null,
    }
  const fields = new Fields('`Client`', node, CLIENT, context.problems)
  const maxAttempts = fields.number('MaxAttempts', 1, 1000, true)
  const backoffNode = fields.node('Backoff')
  const timeout = get(node, 'Timeout')
  const Timeout = timeout === undefined || textOf(timeout) === 'none' ? null : (fields.duration('Timeout') ?? null)
  if (backoffNode !== undefined) {
    const own = new Fields('`Backoff`', backoffNode, BACKOFF, context.problems)
    const base = own.duration('Base') ?? 100_000
    return {
      Retries: backoff(
        maxAttempts ?? 3,
        base,
        own.duration('Cap') ?? 20_000_000,
        own.oneOf('Jitter', ['none', 'full', 'equal', 'decorrelated']) ?? 'full',
      ),
      Timeout,
    }
  }
  const mode =
    fields.oneOf('Retries', ['legacy', 'standard', 'adaptive', 'none']) ??
    (isSdk || maxAttempts !== undefined ? 'standard' : 'none')
  const sdk = fields.oneOf('Sdk', ['javascript', 'python', 'javascript-2026', 'python-2026']) ?? 'javascript'
  return {
    Retries: sdkRetries({
      mode,
      sdk: sdk.startsWith('python') ? 'python' : 'javascript',
      variant2026: sdk.endsWith('2026'),
      action,
      maxAttempts,
    }),
    Timeout,
  }
}
