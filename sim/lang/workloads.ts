// `Simulation.Workloads`: load on an entry of the system, open or closed, and how its client behaves.
import type { Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import { get, textOf, type Entry as Member, type Node, type Scalar } from '../cfn/index.ts'
import type { Action, Entry, Op } from '../model/contract.ts'
import type { ComponentPlan } from '../model/plan.ts'
import type { Template } from '../parts/program.ts'
import { backoff, sdkRetries, type RetrySettings } from '../parts/retry.ts'
import { readArrivals, type RecordedRows } from './arrivals.ts'
import { Fields } from './fields.ts'
import { checkOnto, readOnto, type StepContext } from './handler.ts'
import { BACKOFF, CLIENT, JITTERS, namesOf, RETRIES, SDKS, WORKLOAD } from './members.ts'
import { operationsOf, registry } from './registry.ts'
import type { Component, Resources } from './resources.ts'
import { parseTemplate } from './path.ts'
import type { Named, SimulationSection } from './simulation.ts'
import { taken } from './taken.ts'
import { readRecorded } from './recorded-column.ts'
import { readAttribute, readSizeTemplate, readTemplate, SIZES } from './values.ts'

/** Reads the workloads; `scales` are the factors that are given from outside. */
export function readWorkloads(
  section: SimulationSection,
  resources: Resources,
  context: StepContext,
  duration: number,
  scales: ReadonlyMap<string, number>,
): ComponentPlan[] {
  return section.workloads
    .map((workload) => readWorkload(workload, resources, context, duration, scales.get(workload.name)))
    .filter((plan) => plan !== undefined)
}

function readWorkload(
  { name, span, node }: Named,
  resources: Resources,
  context: StepContext,
  duration: number,
  scale: number | undefined,
): ComponentPlan | undefined {
  const { problems } = context
  const fields = new Fields(`the workload \`${name}\``, node, namesOf(WORKLOAD), problems)
  if (resources.component(name) !== undefined)
    problems.error('name-taken', `\`${name}\` is the name of a resource too`, span, {
      label: 'a workload needs a name of its own',
    })
  const target = targetOf(fields, resources, context)
  const entry = target === undefined ? undefined : entryOf(fields, target, context)
  if (target === undefined || entry === undefined) {
    // What else is wrong is told all the same.
    readArrivals(fields, context, duration)
    clientOf(fields.node('Client'), '', context)
    for (const { key, value } of fields.members('Attributes')) readAttribute(value, key, context)
    return undefined
  }
  const def = registry.byType.get('Sim::Client::Workload')!
  const { config: arrivals, recorded } = readArrivals(fields, context, duration, scale)
  const config: Record<string, unknown> = {
    Target: target.name,
    Action: entry.action,
    Arg: entry.arg,
    Body: bodyOf(fields, entry, target, recorded, context),
    ...arrivals,
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
function entryOf(fields: Fields, target: Component, context: StepContext): Entry | undefined {
  const { problems } = context
  const node = fields.node('Operation')
  const operation = fields.text('Operation')
  if (operation === undefined) {
    const entries = (target.complete ? target.def.entries?.(target.config) : undefined) ?? []
    const possible = entries.length > 0 ? entries : operationsOf(target.def)
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

function resolveEntry(operation: string, target: Component, span: Span, context: StepContext): Entry | undefined {
  if (!target.complete) return undefined
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
  const possible = operationsOf(target.def)
  if ((possible as readonly string[]).includes(operation)) return { action: operation as `${string}:${string}`, arg: 0 }
  const near = nearest(operation, possible)
  context.problems.error(
    'unknown-operation',
    `\`${target.name}\` (${target.def.type}) does not answer \`${operation}\``,
    span,
    {
      label: near === undefined ? `possible are ${possible.slice(0, 8).join(', ')}` : `did you mean \`${near}\`?`,
    },
  )
  return undefined
}

/** What each request carries: the attributes as the event of an API or a function, as the body of a message, or the parameters of an action. */
function bodyOf(
  fields: Fields,
  entry: Entry,
  target: Component,
  recorded: RecordedRows | undefined,
  context: StepContext,
): Template {
  const { action } = entry
  const keys: string[] = []
  const values: Template[] = []
  for (const { key, value } of fields.members('Attributes')) {
    keys.push(key)
    values.push(readRecorded(value, key, recorded, context) ?? readAttribute(value, key, context))
  }
  const event: Template =
    keys.length === 0 ? { kind: 'constant', value: Object.freeze({}) } : { kind: 'map', keys, values }
  const node = fields.node('Parameters')
  const written =
    node === undefined && entry.parameters === undefined
      ? undefined
      : parametersOf(node?.span ?? fields.span, fields.members('Parameters'), target, action, event, context)
  if (entry.parameters !== undefined) return requestOf(entry.parameters, written!, fields, event, context)
  if (written !== undefined) return written
  return carried(event, action, target)
}

/** A request by HTTP: what its operation brings along, such as the path, what `Parameters` say, and the attributes as its body. */
function requestOf(
  brought: Readonly<Record<string, string>>,
  own: Written,
  fields: Fields,
  event: Template,
  context: StepContext,
): Template {
  const node = fields.node('Operation') as Scalar
  const names = Object.keys(brought).filter((name) => !own.of.keys.includes(name))
  const values = names.map((name): Template => {
    const text = brought[name]!
    return taken(parseTemplate(text), node, context) ?? { kind: 'constant', value: text }
  })
  const hasBody =
    own.of.keys.includes('Body') || (event.kind === 'constant' && Object.keys(event.value as object).length === 0)
  const body: readonly Template[] = hasBody ? [] : [{ kind: 'path', path: [] }]
  const keys = [...names, ...own.of.keys, ...(hasBody ? [] : ['Body'])]
  return { kind: 'scoped', scope: event, of: { kind: 'map', keys, values: [...values, ...own.of.values, ...body] } }
}

/** An event as an operation takes it: the body of a message, the payload of an invocation, or by itself. */
export function carried(event: Template, action: string, target: Component): Template {
  if (target.def.entry !== undefined || action.startsWith('http:')) return event
  if (action === 'sqs:SendMessage') return wrap('MessageBody', event)
  if (action === 'sns:Publish') return wrap('Message', event)
  if (action === 'lambda:InvokeFunction') return wrap('Payload', event)
  if (action === 'firehose:PutRecord') return wrap('Record', wrap('Data', event))
  return event
}

/** Parameters, whose values are built with the attributes as `$`. */
type Written = Template & { readonly kind: 'scoped'; readonly of: Template & { readonly kind: 'map' } }

/** Parameters of an action, in which `$` is the attributes. */
function parametersOf(
  span: Span,
  written: readonly Member[],
  target: Component,
  action: Action,
  event: Template,
  context: StepContext,
): Written {
  const op = target.def.ops[action] as Op<never> | undefined
  const keys: string[] = []
  const values: Template[] = []
  for (const { key, keySpan, value } of written) {
    const known = op?.params ?? []
    if (!known.includes(key)) {
      const near = nearest(key, known)
      if (near !== undefined)
        context.problems.error('unknown-parameter', `\`${key}\` is not a parameter of the operation`, keySpan, {
          label: `did you mean \`${near}\`?`,
        })
      else context.notSimulated(`\`${key}\` of the workload's operation has no effect on the model`, keySpan)
      continue
    }
    keys.push(key)
    if (key === op?.onto?.param) values.push(readOnto({ key, keySpan, value }, target.name, action, op, context))
    else values.push(SIZES.has(key) ? readSizeTemplate(value, key, context) : readTemplate(value, key, context))
  }
  if (op !== undefined) checkOnto(keys, target.name, action, op, span, context)
  return { kind: 'scoped', scope: event, of: { kind: 'map', keys, values } }
}

function wrap(key: string, of: Template): Template {
  if (of.kind === 'constant') return { kind: 'constant', value: Object.freeze({ [key]: of.value }) }
  return { kind: 'map', keys: [key], values: [of] }
}

/** The client's behaviour in figures. An HTTP client retries nothing unless told to; an SDK is in standard mode (RET §5). */
function clientOf(
  node: Node | undefined,
  action: string,
  context: StepContext,
): { Retries: RetrySettings; Timeout: number | null; AcceptLateAnswers?: boolean } {
  const isSdk = !action.startsWith('execute-api:') && !action.startsWith('http:')
  if (node === undefined)
    return {
      Retries: sdkRetries({ mode: isSdk ? 'standard' : 'none', sdk: 'javascript', variant2026: false, action }),
      Timeout: null,
    }
  const fields = new Fields('`Client`', node, namesOf(CLIENT), context.problems)
  const maxAttempts = fields.number('MaxAttempts', 1, 1000, true)
  const backoffNode = fields.node('Backoff')
  // An answer to an attempt that was given up still ends its request: the client listens on after it has sent again.
  const late = fields.oneOf('AcceptLateAnswers', ['true', 'false']) === 'true' ? { AcceptLateAnswers: true } : {}
  const timeout = get(node, 'Timeout')
  const Timeout = timeout === undefined || textOf(timeout) === 'none' ? null : (fields.time('Timeout') ?? null)
  if (backoffNode !== undefined) {
    fields.refuse(['Retries', 'Sdk'], 'beside `Backoff`, which says all of it')
    const own = new Fields('`Backoff`', backoffNode, namesOf(BACKOFF), context.problems)
    const base = own.duration('Base') ?? 100_000
    return {
      Retries: backoff(
        maxAttempts ?? 3,
        base,
        own.duration('Cap') ?? 20_000_000,
        own.oneOf('Jitter', JITTERS) ?? 'full',
      ),
      Timeout,
      ...late,
    }
  }
  const mode = fields.oneOf('Retries', RETRIES) ?? (isSdk || maxAttempts !== undefined ? 'standard' : 'none')
  if (mode === 'none') fields.refuse(['MaxAttempts', 'Sdk'], 'without retries')
  const sdk = fields.oneOf('Sdk', SDKS) ?? 'javascript'
  return {
    Retries: sdkRetries({
      mode,
      sdk: sdk.startsWith('python') ? 'python' : 'javascript',
      variant2026: sdk.endsWith('2026'),
      action,
      maxAttempts,
    }),
    Timeout,
    ...late,
  }
}
