// Calls to EventBridge that somebody made on AWS, made again in a world of the model: what arrives in queues, what is refused.
//
// Of the recorded scripts those are taken whose calls make buses, rules with queues as targets, and events. All that a script makes
// is there from the beginning; then its events are put and its queues read, in its order.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { matches, type Pattern } from '../../sim/parts/patterns.ts'
import { flawOfPattern } from '../../sim/parts/pattern-flaws.ts'
import { eventBus } from '../../sim/services/events/event-bus.ts'
import { aQueue, AT_ONCE, DEFAULT, events, messages, ROLE, ruleOf } from '../events.ts'
import { Refused, SECOND, type Lab, type Part } from '../kit.ts'
import { CORPUS, type Case, type Suite } from './suite.ts'

interface Step {
  readonly i: number
  readonly call?: string
  readonly args?: readonly any[]
  readonly kwargs?: any
  readonly expect?: string
  readonly value?: string
  readonly expect_error_begin?: string
}
interface Script {
  readonly id: string
  readonly incomplete: unknown
  readonly steps: readonly Step[]
  readonly recorded_content: Readonly<Record<string, any>> | null
}

const file = join(CORPUS, 'conformance/events/scripts.json')
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Script[] }

const FILTERED = 'put_events_with_filter_to_sqs'
/** Calls whose meaning is known here; a script with another one is left out. */
const KNOWN = new Set([
  ...['sqs_as_events_target', 'sqs_create_queue', 'sqs_get_queue_arn', 'events_create_event_bus', 'events_put_rule'],
  ...['aws_client.events.put_targets', 'aws_client.events.put_events', 'aws_client.events.test_event_pattern'],
  ...[
    'aws_client.sqs.receive_message',
    'aws_client.sqs.delete_message',
    'snapshot.match',
    'allow_event_rule_to_sqs_queue',
  ],
  FILTERED,
])
/** Each must do something that can be compared. */
const TELLING = /put_events|test_event_pattern|put_targets|put_rule/

const taken = vectors.filter(
  ({ incomplete, steps }) =>
    incomplete === null &&
    steps.every(({ call }) => call === undefined || KNOWN.has(call)) &&
    steps.some(({ call }) => TELLING.test(call ?? '')),
)

/** The name behind `<<7:events_create_event_bus>>[EventBusArn]`: what step 7 made. */
class Names {
  private readonly made = new Map<number, string>()

  set(step: number, name: string): void {
    this.made.set(step, name)
  }

  of(text: unknown): string {
    const step = /^<<(\d+):/.exec(String(text))?.[1]
    return step === undefined ? String(text) : (this.made.get(Number(step)) ?? String(text))
  }
}

/** The parts that a script makes. */
function partsOf(script: Script, names: Names): Record<string, Part> {
  const parts: Record<string, Part> = {}
  const rules = new Map<string, { pattern: unknown; bus: unknown; more: Record<string, unknown>; targets: any[] }>()
  for (const { i, call, kwargs = {}, args = [] } of script.steps) {
    if (call === 'sqs_as_events_target' || call === 'sqs_create_queue') {
      names.set(i, `Queue${i}`)
      parts[`Queue${i}`] = aQueue
    } else if (call === 'sqs_get_queue_arn') names.set(i, names.of(args[0]))
    else if (call === 'events_create_event_bus') {
      names.set(i, kwargs.Name)
      parts[kwargs.Name] = { def: eventBus, properties: { Name: kwargs.Name }, assumptions: AT_ONCE }
    } else if (call === 'events_put_rule') {
      names.set(i, kwargs.Name)
      rules.set(kwargs.Name, {
        pattern: kwargs.EventPattern,
        bus: kwargs.EventBusName,
        more: pick(kwargs, ['State', 'ScheduleExpression']),
        targets: [],
      })
    } else if (call === 'aws_client.events.put_targets')
      for (const target of kwargs.Targets)
        rules.get(names.of(kwargs.Rule))!.targets.push({ ...target, Arn: names.of(target.Arn), ...ROLE })
    else if (call === FILTERED) {
      const { input_path: InputPath, input_transformer: InputTransformer } = kwargs
      parts[`Queue${i}`] = aQueue
      const target = {
        ...{ Id: 'a', Arn: `Queue${i}`, ...ROLE },
        ...(InputPath === undefined ? {} : { InputPath }),
        ...(InputTransformer === undefined ? {} : { InputTransformer }),
      }
      rules.set(`Rule${i}`, { pattern: kwargs.pattern, bus: `Bus${i}`, more: {}, targets: [target] })
      parts[`Bus${i}`] = { def: eventBus, properties: { Name: `bus${i}` }, assumptions: AT_ONCE }
    }
  }
  for (const [name, { pattern, bus, more, targets }] of rules)
    parts[name] = ruleOf(pattern, targets, { EventBusName: bus, ...more })
  return parts
}

function pick(from: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])))
}

function run(script: Script): void {
  const names = new Names()
  const refusals = script.steps.flatMap(({ i, expect_error_begin: begins }) => (begins === undefined ? [] : [i]))
  const isRefused = script.steps.some(
    ({ i, call }) => /put_targets|put_rule/.test(call ?? '') && refusals.includes(i - 1),
  )
  let l: Lab
  try {
    l = events(partsOf(script, names))
  } catch (error) {
    if (error instanceof Refused && isRefused) return
    throw error
  }
  if (isRefused) throw new Error('AWS refuses what the model takes')
  const results = new Map<number, unknown>()
  for (const step of script.steps) results.set(step.i, play(l, script, step, results, names))
}

/** Makes one call; a comparison throws where the model departs from what AWS answered. */
function play(l: Lab, script: Script, step: Step, results: ReadonlyMap<number, unknown>, names: Names): unknown {
  const { call, kwargs = {}, args = [] } = step
  switch (call) {
    case 'aws_client.events.put_events': {
      const { status, answer } = l.ask(DEFAULT, 'events:PutEvents', { Entries: kwargs.Entries })
      l.run(l.now + SECOND)
      return status === 'OK' ? answer : { Error: { Code: status } }
    }
    case FILTERED: {
      const all: unknown[] = []
      for (const [entries, arrives] of kwargs.entries_asserts as readonly [readonly object[], boolean][]) {
        l.ask(`Bus${step.i}`, 'events:PutEvents', { Entries: entries })
        l.run(l.now + SECOND)
        const found = messages(l, `Queue${step.i}`)
        if (found.length > 0 !== arrives)
          throw new Error(`${JSON.stringify(entries)} ${arrives ? 'has not arrived' : 'has arrived'}`)
        all.push(...found)
      }
      return all
    }
    case 'aws_client.sqs.receive_message':
      return { Messages: messages(l, names.of(kwargs.QueueUrl)) }
    case 'aws_client.events.test_event_pattern':
      return testPattern(kwargs.EventPattern, kwargs.Event)
    case 'snapshot.match': {
      const key = String(kwargs.key ?? args[0])
      const wanted: unknown = script.recorded_content?.[key]
      const found = valueOf(kwargs.obj ?? args[1], results)
      if (wanted !== undefined && found !== undefined) compare(wanted, found, key)
      return undefined
    }
  }
  if (step.expect === 'truthy') {
    const found = valueOf(step.value, results)
    if (found !== undefined && found !== true) throw new Error(`${step.value} is ${JSON.stringify(found)}`)
  }
  return undefined
}

function testPattern(pattern: string, event: string): unknown {
  let read: unknown
  try {
    read = JSON.parse(pattern)
  } catch {
    return { Error: { Code: 'InvalidEventPatternException' } }
  }
  const given = JSON.parse(event) as Readonly<Record<string, unknown>>
  if (!['id', 'source', 'detail-type', 'account', 'region', 'time'].every((name) => name in given))
    return { Error: { Code: 'ValidationException' } }
  return flawOfPattern(read) === undefined
    ? { Result: matches(read as Pattern, given) }
    : { Error: { Code: 'InvalidEventPatternException' } }
}

/** What `<<7:receive_message>>[Messages][0]` stands for; undefined = nothing that is looked at here. */
function valueOf(expression: unknown, results: ReadonlyMap<number, unknown>): unknown {
  if (Array.isArray(expression)) return expression.map((each) => valueOf(each, results))
  const match = /^<<(\d+):\w+>>((?:\[\w+\])*)/.exec(String(expression))
  if (match === null) return undefined
  const [, step, path] = match
  // A call that must fail stands behind the line that says so.
  const at = String(expression).includes(':raised>>') ? Number(step) + 1 : Number(step)
  return [...path!.matchAll(/\[(\w+)\]/g)].reduce<any>((value, [, key]) => value?.[key!], results.get(at))
}

/** Placeholders of a recording stand for any text; of what AWS says more, only what both say is compared. */
function compare(wanted: unknown, found: unknown, path: string): void {
  const fail = (): never => {
    throw new Error(`${path}: expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`)
  }
  if (typeof wanted === 'string') {
    // Texts among the bodies are recorded as JSON.
    const text = typeof found === 'string' && wanted.startsWith('"') ? JSON.stringify(found) : found
    if (typeof text !== 'string') return fail()
    const pattern = wanted
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/<[\w-]+(?::\d+)?>|\bdate\b|\b1{12}\b|<account>/g, '.+')
    if (!new RegExp(`^${pattern}$`, 's').test(text)) fail()
  } else if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) return fail()
    wanted.forEach((each, i) => compare(each, found[i], `${path}.${i}`))
  } else if (typeof wanted === 'object' && wanted !== null) {
    if (typeof found !== 'object' || found === null) return fail()
    for (const [key, value] of Object.entries(wanted))
      if (!UNLIKE.has(key)) compare(value, (found as Record<string, unknown>)[key], `${path}.${key}`)
  } else if (wanted !== found) fail()
}

/** What the model has in a form of its own, or not at all. */
const UNLIKE = new Set([
  'MessageId',
  'ReceiptHandle',
  'MD5OfBody',
  'ResponseMetadata',
  'Message',
  'MessageRaw',
  'Attributes',
])

const cases: Case[] = taken.map((script) => ({
  name: script.id.slice(script.id.indexOf('::') + 2),
  run: () => run(script),
}))

const suite: Suite = { name: 'events-scripts', cases }
export default suite
