// Compiles the step `Cache`: a cache in front of a read or beside a write, as ordinary calls of its engine's commands.
//
//   lazy, a read               lazy, with a lock
//   ────────────               ─────────────────
//   get ── hit ──► end         get ── hit ──► end
//    │ miss                     │ miss
//   Do                         lock ── taken by another ──► wait, get ── hit ──► end
//    │                          │                                  └ miss ──► lock
//   set                        get again, Do, set, unlock
import { isList, isTrue, textOf, type Entry, type Node } from '../cfn/node.ts'
import type { Action, CacheVerbs, Copies } from '../model/contract.ts'
import { LOCK } from '../parts/cache-verbs.ts'
import { purposesOf, type Catcher, type Instruction, type Stores, type Template } from '../parts/program.ts'
import { Fields, kindOf } from './fields.ts'
import type { Compiling, Draft } from './handler.ts'
import { CACHE, CACHE_LOCK, CACHE_STRATEGIES, namesOf } from './members.ts'
import { parseNumber, parsePercent } from './quantity.ts'
import { readSizeTemplate, readTemplate } from './values.ts'

/** How long a lock lasts that nobody gives back, and how often those who wait look: what is usual. */
const LOCK_LIFE = 10_000_000
const LOCK_POLL = 50_000

const READS = /:(?:BatchGet|Get|Query|Scan|List|Describe|Head|GET|query)/

interface Plan {
  readonly cache: string
  readonly verbs: CacheVerbs
  readonly key: Template
  readonly life: number | null
  readonly jitter: number
  readonly early: number
  readonly size: Template | undefined
  readonly value: Template | undefined
  readonly lock: { readonly life: number; readonly poll: number } | undefined
  readonly isMissOnError: boolean
  readonly place: string
  readonly level: number
}

/** Emits a step `Cache`; `beside` is where the step's answer goes, as `ResultPath` says. */
export function compileCache(
  compiler: Compiling,
  { value, keySpan }: Entry,
  place: string,
  beside: readonly string[] | null,
): void {
  const { context } = compiler
  const { problems } = context
  const fields = new Fields('`Cache`', value, namesOf(CACHE), problems)
  const plan = planOf(compiler, fields, place)
  const steps = fields.required('Do')
  const list = steps === undefined ? [] : isList(steps) ? steps.items : [steps]
  const last = list.at(-1)
  const action = last === undefined ? undefined : actionOf(last)
  if (plan === undefined || steps === undefined) return
  if (action === undefined) {
    problems.error('cache-without-answer', 'the steps of `Cache` do not end with a call', last?.span ?? keySpan, {
      label: 'the answer of the last step is what is cached, such as that of `dynamodb:GetItem`',
    })
    return
  }
  const strategy = fields.oneOf('Strategy', CACHE_STRATEGIES) ?? 'lazy'
  const copies = context.operations.get(action)?.copies as Copies<unknown> | undefined
  const isWrite = plan.value !== undefined || copies?.leaves !== undefined || !READS.test(action)
  const inner = new CacheStep(compiler, plan, list, beside)
  if (!isWrite) inner.read(strategy === 'lazy')
  else if (strategy === 'lazy') inner.origin()
  else if (plan.value === undefined && copies?.leaves === undefined)
    problems.error(
      'missing-member',
      `\`Cache\` needs \`Value\`: what \`${action}\` leaves behind is not known`,
      keySpan,
      {
        label: 'such as `Value: { Item: $.item }`',
      },
    )
  else inner.writeThrough()
}

function actionOf(step: Node): Action | undefined {
  if (step.kind !== 'map') return undefined
  for (const key of step.pairs.keys()) if (key.includes(':')) return key as Action
  return undefined
}

function planOf(compiler: Compiling, fields: Fields, place: string): Plan | undefined {
  const { context } = compiler
  const { problems } = context
  const into = fields.required('In')
  const keyNode = fields.required('Key')
  const found = into === undefined ? undefined : context.component(textOf(into) ?? '')
  const verbs = found?.def.caches?.(found.config)
  if (into !== undefined && verbs === undefined) {
    if (found === undefined)
      problems.error('unknown-resource', '`In` names no simulated resource', into.span, {
        label: 'expected a `!Ref` of a cache of this template',
      })
    else problems.error('wrong-resource', `\`${found.name}\` is ${found.def.type}, which is no cache`, into.span)
  }
  const key = keyNode === undefined ? undefined : readTemplate(keyNode, `${place}.Key`, context)
  if (key !== undefined && purposesOf(key).length > 0)
    problems.error('contradiction', '`Key` is drawn anew for each command', keyNode!.span, {
      label: 'draw it in the `Attributes` of the workload, and say `Key: $.id` here',
    })
  const jitter = shareOf(fields, 'Jitter')
  const early = numberOf(fields, 'EarlyRefresh')
  const life = fields.time('Ttl') ?? null
  const valueNode = fields.node('Value')
  const sizeNode = fields.node('Size')
  const onError = fields.oneOf('OnError', CACHE.OnError.words)
  const lock = lockOf(compiler, fields)
  if (verbs === undefined || key === undefined) return undefined
  return {
    cache: found!.name,
    verbs,
    key,
    life,
    jitter,
    early,
    size: sizeNode === undefined ? undefined : readSizeTemplate(sizeNode, `${place}.Size`, context),
    value: valueNode === undefined ? undefined : readTemplate(valueNode, `${place}.Value`, context),
    lock,
    isMissOnError: onError !== 'fail',
    place,
    level: compiler.cacheLevel,
  }
}

function lockOf({ context }: Compiling, fields: Fields): Plan['lock'] {
  const node = fields.node('Lock')
  if (node === undefined) return undefined
  if (node.kind !== 'map') return isTrue(node) ? { life: LOCK_LIFE, poll: LOCK_POLL } : undefined
  const members = new Fields('`Lock`', node, namesOf(CACHE_LOCK), context.problems)
  return { life: members.time('For') ?? LOCK_LIFE, poll: members.time('Poll') ?? LOCK_POLL }
}

function shareOf(fields: Fields, name: string): number {
  const node = fields.node(name)
  if (node === undefined) return 0
  const parsed = parsePercent(textOf(node) ?? '')
  if (parsed.ok && parsed.value >= 0 && parsed.value < 1) return parsed.value
  fields.problems.error('wrong-type', `\`${name}\` is ${kindOf(node)}, not a percentage below 100%`, node.span, {
    label: 'such as `10%`',
  })
  return 0
}

function numberOf(fields: Fields, name: string): number {
  const node = fields.node(name)
  if (node === undefined) return 0
  const parsed = parseNumber(textOf(node) ?? '')
  if (parsed.ok && parsed.value >= 0) return parsed.value
  fields.problems.error('wrong-type', `\`${name}\` is ${kindOf(node)}, not a number from 0`, node.span, {
    label: 'such as `1`',
  })
  return 0
}

/** The instructions of one step `Cache`. */
class CacheStep {
  private readonly compiler: Compiling
  private readonly plan: Plan
  private readonly list: readonly Node[]
  private resultPath: readonly string[] | null
  /** Commands on the cache whose failure is a miss, and where it goes. */
  private readonly misses: Draft[] = []

  constructor(compiler: Compiling, plan: Plan, list: readonly Node[], beside: readonly string[] | null) {
    this.compiler = compiler
    this.plan = plan
    this.list = list
    this.resultPath = beside
  }

  /** A read: the cache first; `fills` when a miss puts the answer into it. */
  read(fills: boolean): void {
    const { compiler, plan } = this
    const ends: Draft[] = []
    const hits: Draft[] = []
    const get = (early: number): void => {
      this.misses.push(this.command(plan.verbs.get, { kind: 'map', keys: ['Key'], values: [plan.key] }))
      hits.push(
        compiler.emit({
          op: 'hit',
          end: 0,
          cache: plan.cache,
          resultPath: null,
          origin: -1,
          early,
          purpose: `${plan.place}.EarlyRefresh`,
        }),
      )
    }
    get(fills ? plan.early : 0)
    const unlocks: Draft[] = []
    if (fills && plan.lock !== undefined) {
      const start = compiler.here
      this.misses.push(this.command(plan.verbs.add, this.lockBody(true)))
      const unlocked = compiler.emit({ op: 'unlocked', to: 0 })
      // Another one may have brought it between the miss and the lock.
      get(0)
      unlocks.push(hits.pop()!)
      const load = compiler.emit({ op: 'jump', to: 0 })
      unlocked['to'] = compiler.here
      compiler.emit({ op: 'wait', time: { kind: 'constant', value: plan.lock.poll } })
      get(0)
      compiler.emit({ op: 'jump', to: start })
      load['to'] = compiler.here
    }
    this.goto(this.misses, compiler.here)
    const from = compiler.here
    const origin = this.origin()
    const to = compiler.here
    if (fills) this.store(true)
    if (fills && plan.lock !== undefined) {
      for (const hit of unlocks) hit['end'] = compiler.here
      this.quietly(plan.verbs.delete, this.lockBody(false))
      ends.push(compiler.emit({ op: 'jump', to: 0 }))
      this.guard(from, to, compiler.here)
      this.quietly(plan.verbs.delete, this.lockBody(false))
      compiler.emit({ op: 'raise', catches: [] })
    }
    for (const jump of ends) jump['to'] = compiler.here
    for (const hit of hits) hit['end'] = compiler.here
    // A call that is wrong has left no instruction behind.
    const call = compiler.code[origin] as unknown as (Instruction & { op: 'call' }) | undefined
    const tells = call !== undefined && purposesOf(call.body).length === 0
    for (const hit of [...hits, ...unlocks]) {
      hit['resultPath'] = this.resultPath
      hit['origin'] = tells ? origin : -1
    }
  }

  /** A write that is followed by one into the cache: of what it leaves there. */
  writeThrough(): void {
    const { compiler, plan } = this
    const origin = this.origin()
    if (plan.value !== undefined) {
      this.store(false)
      return
    }
    const left = compiler.emit({ op: 'left', origin, to: 0 })
    this.store(true)
    const end = compiler.emit({ op: 'jump', to: 0 })
    left['to'] = compiler.here
    this.quietly(plan.verbs.delete, { kind: 'map', keys: ['Key'], values: [plan.key] })
    end['to'] = compiler.here
  }

  /** The steps themselves; returns where the call stands whose answer counts. */
  origin(): number {
    const { compiler, plan, list } = this
    if (plan.early > 0) compiler.emit({ op: 'miss', level: plan.level })
    compiler.cacheLevel++
    list.slice(0, -1).forEach((step, i) => compiler.step(step, `${plan.place}.Do.${i}`))
    const at = compiler.here
    compiler.step(list.at(-1)!, `${plan.place}.Do.${list.length - 1}`)
    compiler.cacheLevel--
    const call = compiler.code[at]
    if (call === undefined || call['op'] !== 'call') return -1
    if (call['resultPath'] === null) call['resultPath'] = this.resultPath
    else this.resultPath = call['resultPath'] as readonly string[]
    return at
  }

  /** Puts the last answer, or the step's own value, into the cache. That fails in silence. */
  private store(isAnswer: boolean): void {
    const { plan } = this
    const keys = ['Key']
    const values = [plan.key]
    if (plan.size !== undefined) {
      keys.push('ValueSize')
      values.push(plan.size)
    }
    if (!isAnswer) {
      keys.push('Value')
      values.push(plan.value!)
    }
    this.quietly(
      plan.verbs.set,
      { kind: 'map', keys, values },
      {
        life: plan.life,
        jitter: plan.life === null ? 0 : plan.jitter,
        purpose: `${plan.place}.Jitter`,
        parameter: plan.verbs.life,
        perLife: plan.verbs.perLife,
        isRefreshed: plan.early > 0,
        level: plan.level,
        isAnswer,
      },
    )
  }

  private lockBody(isTaken: boolean): Template {
    const { key, lock, verbs } = this.plan
    const name: Template = { kind: 'text', parts: [{ kind: 'constant', value: LOCK }, key] }
    if (!isTaken) return { kind: 'map', keys: ['Key'], values: [name] }
    const rest = { Value: '1', [verbs.life]: Math.ceil(lock!.life / verbs.perLife), ...verbs.addWith }
    return {
      kind: 'map',
      keys: ['Key', ...Object.keys(rest)],
      values: [name, ...Object.values(rest).map((value): Template => ({ kind: 'constant', value }))],
    }
  }

  private command(action: Action, body: Template, stores?: Stores): Draft {
    return this.compiler.emit({
      op: 'call',
      to: this.plan.cache,
      action,
      body,
      arg: 0,
      resultPath: null,
      catches: [],
      label: `${action} on ${this.plan.cache}`,
      ...(stores === undefined ? {} : { stores }),
    })
  }

  /** A command whose failure changes nothing, but where the step says otherwise. */
  private quietly(action: Action, body: Template, stores?: Stores): void {
    const command = this.command(action, body, stores)
    this.goto([command], this.compiler.here)
  }

  /** Lets commands on the cache that fail go on at a place. */
  private goto(commands: readonly Draft[], place: number): void {
    if (!this.plan.isMissOnError) return
    const catcher: Catcher = { errors: ['States.ALL'], goto: place, depth: this.compiler.loops }
    for (const command of commands) command['catches'] = [catcher]
  }

  /** What fails between two places goes on at a third. */
  private guard(from: number, to: number, place: number): void {
    this.compiler.guard(from, to, [{ errors: ['States.ALL'], goto: place, depth: this.compiler.loops }])
  }
}
