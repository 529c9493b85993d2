// The `Simulation` section as JSON Schema: from the members that the language reads, and from what the rooms answer, suffer and assume.
import { API_PARAMS } from '../lang/faults.ts'
import {
  ACTION,
  BESIDE,
  FAULT,
  POINT,
  SIMULATION,
  STEPS,
  WORKLOAD,
  type Member,
  type Members,
} from '../lang/members.ts'
import { priceWords } from '../lang/prices.ts'
import { registry } from '../lang/registry.ts'
import { prefixOf } from '../lang/resources.ts'
import { priceName } from '../model/price.ts'
import type { Op, Prop, Props, ServiceDef } from '../model/contract.ts'
import { PAGINATION } from '../parts/paging.ts'
import { API_FAULTS } from '../parts/api-faults.ts'
import {
  closed,
  described,
  DURATION,
  FLAG,
  FUNCTIONS,
  MOMENT,
  NUMERIC,
  proposed,
  RATE,
  ref,
  SIZE,
  TEXT,
  TIMES,
  words,
  type Schema,
} from './json.ts'

/** The section and what it refers to under `definitions`. */
export function simulationDefinitions(): Record<string, Schema> {
  const operations = [...registry.operations].map(([action, op]) => [action, operation(action, op)] as const)
  const step = stepMembers()
  return {
    Simulation: closed(membersOf(SIMULATION)),
    Step: closed({ ...step, ...membersOf(BESIDE) }, { defaultSnippets: STEP_SNIPPETS }),
    Steps: { anyOf: [{ type: 'array', items: ref('Step') }, ref('Step')] },
    Action: closed({ ...membersOf(ACTION), ...step, ...membersOf(BESIDE) }, { defaultSnippets: ACTION_SNIPPETS }),
    Fault: closed({ ...membersOf(FAULT), ...faults() }, { defaultSnippets: FAULT_SNIPPETS }),
    ...Object.fromEntries(operations),
  }
}

function membersOf(members: Members): Record<string, Schema> {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, schemaOf(member)]))
}

function requiredOf(members: Members): string[] {
  return Object.entries(members).flatMap(([name, { required }]) => (required === true ? [name] : []))
}

function schemaOf(member: Member): Schema {
  const examples = member.examples === undefined ? {} : { examples: member.examples }
  const notYet = member.notYet === true ? { deprecated: true, deprecationMessage: member.doc, not: {} } : {}
  return described({ ...formOf(member), ...examples, ...notYet }, member.doc)
}

function formOf({ form, words: list, of }: Member): Schema {
  switch (form) {
    case 'any':
      return {}
    case 'text':
    case 'condition':
      return TEXT
    case 'flag':
      return FLAG
    case 'words':
      return words(list!)
    case 'duration':
      return DURATION
    case 'moment':
      return MOMENT
    case 'size':
      return SIZE
    case 'number':
    case 'count':
      return NUMERIC
    case 'times':
      return TIMES
    case 'rates':
      return points(RATE)
    case 'users':
      return points(NUMERIC)
    case 'arrivals':
      return {
        ...TEXT,
        pattern: '^\\s*(poisson|regular|bursty\\s*\\(.*\\)|trace\\s*\\(.*\\)|[A-Z].*)\\s*$',
        patternErrorMessage: 'Expected poisson, regular, bursty(on=, off=) or trace(file).',
      }
    case 'map':
      return closed(membersOf(of!), requiredWhereWritten(of!))
    case 'named':
      return {
        type: 'object',
        additionalProperties: closed(membersOf(of!), requiredWhereWritten(of!)),
        ...(of === WORKLOAD ? { defaultSnippets: WORKLOAD_SNIPPETS } : {}),
      }
    case 'list': {
      const item = closed(membersOf(of!), requiredWhereWritten(of!))
      return { anyOf: [{ type: 'array', items: item }, item] }
    }
    case 'values':
      return { type: 'object' }
    case 'steps':
      return ref('Steps')
    case 'branches':
      return {
        anyOf: [{ type: 'array', items: ref('Steps') }, closed(membersOf(of!))],
      }
    case 'lock':
      return { anyOf: [FLAG, closed(membersOf(of!))] }
    case 'work':
      return { anyOf: [TIMES, closed(membersOf(of!))] }
    case 'exception':
      return { anyOf: [{ type: ['string', 'array'] }, closed(membersOf(of!))] }
    case 'resources':
      return { type: 'object', additionalProperties: ref('Resource') }
    case 'handlers':
      return { type: 'object', additionalProperties: ref('Steps') }
    case 'faults':
      return { type: 'array', items: ref('Fault') }
    case 'actions':
      return { type: 'array', items: ref('Action') }
    case 'quotas':
      return quotas()
    case 'prices':
      return prices()
    case 'assumptions':
      return assumptions()
    case 'expectations':
      return { type: 'array', items: { type: 'string', defaultSnippets: EXPECT_SNIPPETS } }
  }
}

function requiredWhereWritten(members: Members): Schema {
  const required = requiredOf(members)
  return required.length === 0 ? {} : { required }
}

/** A value, or a list of points. */
function points(value: Schema): Schema {
  const { At, Value } = membersOf(POINT) as Record<'At' | 'Value', Schema>
  const point = closed({ At, Value: { ...Value, ...value } }, { required: requiredOf(POINT) })
  const { minItems: _, type, ...one } = value
  return { ...one, type, items: { anyOf: [point, { type: ['string', 'array'] }] } }
}

/** Flow steps, and every operation that a room answers. */
function stepMembers(): Record<string, Schema> {
  const calls = [...registry.operations.keys()].map((action) => [action, ref(action)] as const)
  return { ...membersOf(STEPS), ...Object.fromEntries(calls) }
}

function operation(action: string, op: Op<unknown>): Schema {
  const params: Record<string, Schema> = {}
  if (op.target !== undefined) params[op.target] = described({}, 'The resource on which it is called: `!Ref Name`.')
  for (const name of op.params ?? []) params[name] ??= { description: `Parameter of ${action}.` }
  if (op.pages !== undefined)
    params[PAGINATION] ??= { description: 'Several pages as one answer: `PageSize`, `MaxItems`, `StartingToken`.' }
  for (const name of op.ignored ?? []) params[name] ??= { description: 'Known, and without effect on the model.' }
  const raises =
    op.errors === undefined || op.errors.length === 0
      ? ''
      : `\n\nRaises ${op.errors.map((name) => `\`${name}\``).join(', ')}.`
  return described(
    { type: 'object', properties: params, ...(op.target === undefined ? {} : { required: [op.target] }) },
    `${op.doc}${raises}`,
  )
}

/** Faults by id; what one id needs of several types is put together. */
function faults(): Record<string, Schema> {
  const made: Record<string, Schema> = {}
  const target = described({}, 'The resource that suffers it, or a list of them.')
  for (const def of registry.defs)
    for (const [id, { doc, params }] of Object.entries(def.faults ?? {}))
      made[id] = described(closed({ Target: target, ...propsOf(params) }, { required: ['Target'] }), doc)
  for (const [id, { doc, error, http }] of Object.entries(API_FAULTS))
    made[id] = described(closed({ Target: target, ...propsOf(API_PARAMS) }), `${doc} Raises \`${error}\` (${http}).`)
  return made
}

function propsOf(props: Props): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(props).map(([name, prop]) => [name, described(valuesOf(prop), propDoc(prop))]),
  )
}

/** What an editor can propose for a property of ours. */
function valuesOf(prop: Prop): Schema {
  if (prop.kind === 'bool') return FLAG
  if (prop.values !== undefined) return proposed(prop.values)
  return prop.default === undefined || typeof prop.default === 'object' ? {} : { examples: [prop.default] }
}

/** `The share of the calls. 0 to 100 %, 100 when absent.` A limit that is a quota is shown with its figure today. */
export function propDoc(prop: Prop, quotas: ServiceDef['quotas'] = {}): string {
  const unit = prop.unit === undefined ? '' : ` ${prop.unit}`
  const range =
    prop.range === undefined
      ? []
      : [`${prop.range.map((limit) => quotas[limit]?.current ?? limit).join(' to ')}${unit}`]
  const absent = ['string', 'number', 'boolean'].includes(typeof prop.default)
    ? [`\`${prop.default}\` when absent`]
    : []
  const doc = sentence(prop.doc)
  const rest = [...range, ...absent].join(', ')
  return `${prop.unused === true ? `Not simulated: ${prop.doc}` : doc}${rest === '' ? '' : ` ${sentence(rest)}`}`
}

function sentence(text: string): string {
  const whole = /[.?!]$/.test(text) ? text : `${text}.`
  return whole === '.' ? '' : whole[0]!.toUpperCase() + whole.slice(1)
}

function quotas(): Schema {
  const names: Record<string, Schema> = {
    Profile: described(
      words(['current', 'notes-2020']),
      '`current` is AWS today, `notes-2020` the figures of the study notes.',
    ),
  }
  for (const def of registry.defs)
    for (const [name, quota] of Object.entries(def.quotas)) {
      const then = quota.notes2020 === undefined ? '' : `, ${quota.notes2020} under \`notes-2020\``
      const doc = `${quota.doc} ${quota.current} ${quota.unit}${then}. [${quota.source}]`
      names[`${prefixOf(def.type)}.${name}`] = described({ ...NUMERIC, examples: [quota.current] }, doc)
    }
  return {
    ...words(['current', 'notes-2020']),
    properties: names,
    patternProperties: {
      ...FUNCTIONS,
      '^[a-z0-9-]+:[A-Za-z]+$': described(RATE, 'The rate at which the account may call this operation.'),
    },
    additionalProperties: false,
  }
}

function prices(): Schema {
  const names: Record<string, Schema> = {
    FreeTier: described(
      FLAG,
      'Whether the account has AWS’s free tier; it counts for a month only. `false` when absent.',
    ),
  }
  for (const def of registry.defs)
    for (const [name, price] of Object.entries(def.prices ?? {}))
      names[priceName(def.type, name, price)] = {
        description: `${price.doc}: ${priceWords(price)}.`,
        type: ['number', 'string', 'object'],
        minimum: 0,
      }
  return { type: 'object', properties: names, patternProperties: FUNCTIONS, additionalProperties: false }
}

function assumptions(): Schema {
  const names = (def: ServiceDef): Schema =>
    closed(
      Object.fromEntries(
        Object.entries(def.assumptions).map(([name, { doc, source, choices, default: value }]) => [
          name,
          described(
            choices === undefined ? { examples: [value] } : words(choices),
            `${doc} \`${value}\` when absent. [${source}]`,
          ),
        ]),
      ),
    )
  const types = registry.defs.filter((def) => Object.keys(def.assumptions).length > 0)
  return {
    type: 'object',
    properties: Object.fromEntries(types.map((def) => [def.type, described(names(def), def.summary)])),
    // A type that assumes nothing is a misspelt one; any other name is a logical id.
    propertyNames: { anyOf: [{ enum: types.map((def) => def.type) }, { pattern: '^[A-Za-z0-9]+$' }] },
    additionalProperties: { type: 'object' },
  }
}

const WORKLOAD_SNIPPETS = [
  {
    label: 'open workload',
    description: 'Requests at a rate, whatever becomes of them',
    body: { '${1:Shoppers}': { Target: '${2:Api}', Operation: '${3:GET /}', Rate: '${4:50/s}' } },
  },
  {
    label: 'closed workload',
    description: 'Users who wait for the answer, think, and ask again',
    body: {
      '${1:Users}': {
        Target: '${2:Api}',
        Operation: '${3:GET /}',
        Users: '${4:20}',
        ThinkTime: '${5:exponential(5s)}',
      },
    },
  },
]

const STEP_SNIPPETS = [
  { label: 'compute', description: 'Processor time', body: { Compute: '${1:lognormal(p50=8ms, p99=40ms)}' } },
  {
    label: 'for each record',
    description: 'Steps for each item of a batch',
    body: { ForEach: { In: '$.Records', Do: ['${1}'] } },
  },
]

const FAULT_SNIPPETS = [
  {
    label: 'failing invocations',
    description: 'A share of a function’s invocations fails for a time',
    body: {
      At: '${1:5m}',
      For: '${2:1m}',
      'aws:lambda:invocation-error': { Target: '${3:Function}', Percentage: '${4:20}' },
    },
  },
]

const ACTION_SNIPPETS = [
  {
    label: 'change a table’s capacity',
    description: 'What an operator would do at the console',
    body: {
      At: '${1:5m}',
      'dynamodb:UpdateTable': { TableName: '${2:Table}', ProvisionedThroughput: { WriteCapacityUnits: '${3:1000}' } },
    },
  },
]

const EXPECT_SNIPPETS = [
  { label: 'latency', description: 'A percentile of a metric', body: '${1:p99}(${2:Api}.${3:Latency}) < ${4:300 ms}' },
  { label: 'alarm', description: 'An alarm that never goes off', body: 'alarm(${1:Alarm}) == OK' },
  {
    label: 'errors',
    description: 'How often an exception is raised',
    body: 'count(${1:TooManyRequestsException} at ${2:Function}) == 0',
  },
]
