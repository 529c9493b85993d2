// Compiles the steps of a handler or of an operator's action into a flat program.
//
// A step is a map with one member that says what is done, and beside it what becomes of the answer (`ResultPath`) and of
// exceptions (`Catch`), in the words of the Amazon States Language.
import type { Problems } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import type { Span } from '../diag/span.ts'
import { entries, get, isList, isMap, isTrue, textOf, type Entry, type Node } from '../cfn/node.ts'
import type { Action, Config, Op, ServiceDef } from '../model/contract.ts'
import { PAGINATION } from '../parts/paging.ts'
import { ONCE_MAX, type Catcher, type Instruction, type Program, type Template } from '../parts/program.ts'
import { Fields, kindOf } from './fields.ts'
import { compileCache } from './cache-step.ts'
import { BESIDE, namesOf, STEPS, UNITS } from './members.ts'
import { parseNumber, parsePercent } from './quantity.ts'
import {
  type KeyTables,
  readCondition,
  readCountTemplate,
  readPath,
  readSizeTemplate,
  readTemplate,
  readTimeTemplate,
  SIZES,
} from './values.ts'

/** What the compiler must know of the scenario around the steps. */
export interface StepContext {
  readonly problems: Problems
  /** The component that a text of the template (ARN, URL, name) or a logical id stands for. */
  component(text: string): { readonly name: string; readonly def: ServiceDef; readonly config: Config } | undefined
  /** The account's component for an operation that names no resource. */
  account(action: string): { readonly name: string; readonly def: ServiceDef } | undefined
  /** The only component that answers an operation, if there is one alone. */
  only(action: string): { readonly name: string; readonly def: ServiceDef } | undefined
  /** Notes that a component works on another one in turn, by an operation of its own (`Op.onto`). */
  noteOnto(component: string, other: string, action: Action): void
  /** The place of a value that defines a resource (`Op.defines`). */
  definition(value: Node): number | undefined
  /** Every operation of every room, with the parameter that names its resource. */
  readonly operations: ReadonlyMap<string, Op<unknown>>
  /** Puts a line on the 'not simulated' list. */
  notSimulated(message: string, span: Span): void
  /** Puts a line on the list of what was found out because nobody said it. */
  noteInferred(line: string): void
  /** Where each instruction comes from, for those who speak about it later. */
  readonly stepSpans: Map<Instruction, Span>
  readFile(path: string, span: Span): string | undefined
  /** The tables from which keys are drawn. */
  readonly keys: KeyTables
}

/** More threads than any function has vCPUs make no difference. */
const THREADS_MAX = 1000

const FLOW = namesOf(STEPS)
const STEP_ADDS = namesOf(BESIDE)

export type Draft = { -readonly [K in keyof Instruction]: Instruction[K] } & Record<string, unknown>

/** What the compiler of one step may ask of the compiler of all. */
export interface Compiling {
  readonly context: StepContext
  readonly code: readonly Draft[]
  /** Where the next instruction will stand. */
  readonly here: number
  /** Loops open here, and steps `Cache`. */
  readonly loops: number
  cacheLevel: number
  emit(instruction: Instruction): Draft
  step(node: Node, place: string): void
  /** Adds catchers to what was emitted between two places. */
  guard(from: number, to: number, catches: readonly Catcher[]): void
}

/** Compiles a list of steps. `place` names its random streams; `remembers` says whether whoever does them can do some only once. */
export function compileSteps(node: Node, place: string, context: StepContext, remembers = false): Program {
  const compiler = new Compiler(context, remembers)
  compiler.steps(node, place)
  compiler.emit({ op: 'end' })
  const program = { code: compiler.code as readonly Instruction[], returns: compiler.returns }
  return compiler.hasInit ? { ...program, hasInit: true } : program
}

/** The parameter that names the resource behind a callee (`Op.onto`), as its logical id. */
export function readOnto(
  { key, value }: Entry,
  callee: string,
  action: Action,
  { onto }: Op<never>,
  context: StepContext,
): Template {
  const found = context.component(textOf(value) ?? '')
  if (found !== undefined && onto!.types.includes(found.def.type)) context.noteOnto(callee, found.name, action)
  else if (found === undefined)
    context.problems.error('unknown-resource', `\`${key}\` names no simulated resource`, value.span, {
      label: 'expected a `!Ref` of a resource of this template',
    })
  else
    context.problems.error('wrong-resource', `\`${found.name}\` is ${found.def.type}`, value.span, {
      label: `expected ${onto!.types.join(' or ')}`,
    })
  return { kind: 'constant', value: found?.name ?? '' }
}

/** Without the resource behind it, an operation of a callee in between has no meaning. */
export function checkOnto(
  given: readonly string[],
  callee: string,
  action: Action,
  { onto }: Op<never>,
  span: Span,
  { problems }: StepContext,
): void {
  if (onto !== undefined && !given.includes(onto.param))
    problems.error('missing-parameter', `\`${action}\` needs \`${onto.param}\``, span, {
      label: `the resource behind \`${callee}\``,
    })
}

class Compiler implements Compiling {
  readonly code: Draft[] = []
  returns = false
  hasInit = false
  readonly context: StepContext
  cacheLevel = 0
  /** Loops open around the current step within its frame, and whether that frame is a branch of `Parallel`. */
  private depth = 0
  private inBranch = false
  /** The place of the current step. */
  private span: Span | undefined

  private readonly remembers: boolean
  /** How many steps `Once` there are so far. */
  private onces = 0
  /** Whether what is done here stays in the environment: within `Init` and `Once`. */
  private stays = false
  private inInit = false

  constructor(context: StepContext, remembers: boolean) {
    this.context = context
    this.remembers = remembers
  }

  emit(instruction: Instruction): Draft {
    this.code.push(instruction as Draft)
    if (this.span !== undefined) this.context.stepSpans.set(instruction, this.span)
    return this.code[this.code.length - 1]!
  }

  steps(node: Node | undefined, place: string): void {
    if (node === undefined) return
    const list = isList(node) ? node.items : [node]
    list.forEach((step, i) => this.step(step, `${place}.${i}`))
  }

  get here(): number {
    return this.code.length
  }

  get loops(): number {
    return this.depth
  }

  step(node: Node, place: string): void {
    const { problems } = this.context
    if (!isMap(node)) {
      problems.error('not-a-step', 'a step is a map with one member', node.span, {
        label: 'such as `Compute: 20ms` or `sqs:SendMessage: {…}`',
      })
      return
    }
    const doing = entries(node).filter((entry) => !STEP_ADDS.includes(entry.key))
    if (doing.length !== 1) {
      const label =
        doing.length === 0
          ? 'such as `Compute: 20ms`'
          : `they are ${doing.map((entry) => `\`${entry.key}\``).join(', ')}`
      const does = doing.length === 0 ? 'nothing' : `${doing.length} things`
      problems.error('not-a-step', `this step does ${does}; a step does one thing`, node.span, { label })
      return
    }
    const entry = doing[0]!
    const start = this.here
    this.span = entry.keySpan
    if (entry.key === 'Cache') compileCache(this, entry, place, this.resultPath(get(node, 'ResultPath')))
    else if (FLOW.includes(entry.key)) this.flow(entry, place)
    else if (entry.key.includes(':')) this.call(entry, node, place)
    else this.unknown(entry)
    if (entry.key === 'Init' && get(node, 'Catch') !== undefined)
      this.context.problems.error('init-not-first', '`Init` has no `Catch`', get(node, 'Catch')!.span, {
        label: 'catch what a step inside of it raises',
      })
    else this.catchers(get(node, 'Catch'), start, place)
    if (get(node, 'ResultPath') !== undefined && !entry.key.includes(':') && entry.key !== 'Cache') {
      problems.error('no-result', `\`${entry.key}\` has no answer for \`ResultPath\``, get(node, 'ResultPath')!.span)
    }
  }

  private unknown(entry: Entry): void {
    const near = nearest(entry.key, [...FLOW, ...this.context.operations.keys()])
    this.context.problems.error('unknown-step', `\`${entry.key}\` is not a step`, entry.keySpan, {
      label:
        near === undefined
          ? 'expected an IAM action such as `sqs:SendMessage`, or one of the flow steps'
          : `did you mean \`${near}\`?`,
      notes: [`flow steps are ${FLOW.map((name) => `\`${name}\``).join(', ')}`],
    })
  }

  private flow({ key, keySpan, value }: Entry, place: string): void {
    const { context } = this
    const { problems } = context
    switch (key as Exclude<keyof typeof STEPS, 'Cache'>) {
      case 'Compute':
        this.compute(value, place)
        return
      case 'Wait': {
        const time = readTimeTemplate(value, `${place}.Wait`, context)
        if (time !== undefined) this.emit({ op: 'wait', time })
        return
      }
      case 'ForEach': {
        const fields = new Fields('`ForEach`', value, namesOf(STEPS.ForEach.of), problems)
        if (this.inBranch && isTrue(fields.node('ReportFailures')))
          problems.error('not-simulated-yet', '`ReportFailures` inside `Parallel` is not simulated yet', keySpan, {
            label: 'the failures of a branch end with it',
          })
        const list = fields.required('In')
        if (list === undefined) return
        const each = this.emit({
          op: 'each',
          list: readPath(list, context),
          end: 0,
          reportFailures: isTrue(fields.node('ReportFailures')),
        })
        this.loop(each, fields.required('Do'), place)
        return
      }
      case 'Repeat': {
        const fields = new Fields('`Repeat`', value, namesOf(STEPS.Repeat.of), problems)
        const times = fields.required('Times')
        if (times === undefined) return
        const repeat = this.emit({ op: 'repeat', times: readCountTemplate(times, `${place}.Times`, context), end: 0 })
        this.loop(repeat, fields.required('Do'), place)
        return
      }
      case 'Init':
        this.init(keySpan, value, place)
        return
      case 'Once':
        this.once(keySpan, value, place)
        return
      case 'Tmp':
        if (this.needsEnvironment(key, keySpan))
          this.emit({
            op: 'tmp',
            size: textOf(value) === 'clear' ? null : readSizeTemplate(value, `${place}.Tmp`, context),
            catches: [],
          })
        return
      case 'Memory':
        if (this.needsEnvironment(key, keySpan))
          this.emit({ op: 'memory', size: readSizeTemplate(value, `${place}.Memory`, context), keeps: this.stays })
        return
      case 'Parallel':
        this.parallel(value, place)
        return
      case 'If': {
        const fields = new Fields('`If`', value, namesOf(STEPS.If.of), problems)
        const condition = fields.required('Condition')
        if (condition === undefined) return
        const unless = this.emit({
          op: 'unless',
          condition: readCondition(condition, `${place}.Condition`, context),
          to: 0,
        })
        this.steps(fields.required('Then'), `${place}.Then`)
        if (fields.node('Else') === undefined) unless['to'] = this.here
        else {
          const jump = this.emit({ op: 'jump', to: 0 })
          unless['to'] = this.here
          this.steps(fields.node('Else'), `${place}.Else`)
          jump['to'] = this.here
        }
        return
      }
      case 'Choose':
        this.choose(value, place)
        return
      case 'Fail': {
        const fields = isMap(value) ? new Fields('`Fail`', value, namesOf(STEPS.Fail.of), problems) : undefined
        const error = fields === undefined ? textOf(value) : textOf(fields.node('Error'))
        if (error === undefined)
          problems.error('wrong-type', `\`Fail\` is ${kindOf(value)}, not the name of an exception`, value.span, {
            label: 'such as `Fail: PaymentDeclined`',
          })
        else this.emit({ op: 'fail', error, catches: [] })
        return
      }
      case 'Return':
        if (this.inBranch)
          problems.error('return-in-branch', '`Return` stands inside `Parallel`', keySpan, {
            label: 'a branch has no answer of its own; return behind `Parallel`',
          })
        if (this.inInit)
          problems.error('init-not-first', '`Return` stands inside `Init`', keySpan, {
            label: 'there is no request yet that could be answered',
          })
        this.returns = true
        this.emit({ op: 'return', value: readTemplate(value, `${place}.Return`, context) })
        return
      case 'Metric':
        this.metric(value, place)
        return
    }
  }

  private loop(opener: Draft, body: Node | undefined, place: string): void {
    const start = this.here
    this.depth++
    this.steps(body, `${place}.Do`)
    this.depth--
    this.emit({ op: 'next', start })
    opener['end'] = this.here
  }

  /** A time at one full vCPU, and the threads that share it. */
  private compute(value: Node, place: string): void {
    const { context } = this
    const fields = isMap(value)
      ? new Fields('`Compute`', value, namesOf(STEPS.Compute.of), context.problems)
      : undefined
    const of = fields === undefined ? value : fields.required('Time')
    const time = of === undefined ? undefined : readTimeTemplate(of, `${place}.Compute`, context)
    if (time === undefined) return
    const node = fields?.node('Threads')
    const threads = node === undefined ? 1 : Number(textOf(node))
    if (!(Number.isInteger(threads) && threads >= 1 && threads <= THREADS_MAX))
      context.problems.error('out-of-range', `\`Threads\` is ${kindOf(node!)}`, node!.span, {
        label: `expected a whole number from 1 to ${THREADS_MAX}`,
      })
    else this.emit(threads === 1 ? { op: 'compute', time } : { op: 'compute', time, threads })
  }

  /** Whether the program runs in execution environments, as what is done here needs them. */
  private needsEnvironment(step: string, span: Span): boolean {
    if (this.remembers) return true
    this.context.problems.error('once-outside-a-function', `\`${step}\` stands outside of a function’s handler`, span, {
      label: 'only a function has execution environments that remember what they did',
    })
    return false
  }

  /** Code outside the handler: a jump leads every request over it. */
  private init(span: Span, value: Node, place: string): void {
    if (!this.needsEnvironment('Init', span)) return
    if (this.here > 0) {
      this.context.problems.error('init-not-first', '`Init` is not the first step of the handler', span, {
        label: 'code outside the handler runs before any request; for the first request only there is `Once`',
      })
      return
    }
    this.hasInit = true
    const jump = this.emit({ op: 'jump', to: 0 })
    this.stays = true
    this.inInit = true
    this.steps(value, `${place}.Init`)
    this.inInit = false
    this.stays = false
    this.emit({ op: 'end' })
    jump['to'] = this.here
  }

  private once(span: Span, value: Node, place: string): void {
    const { problems } = this.context
    if (!this.needsEnvironment('Once', span)) return
    if (this.onces === ONCE_MAX) {
      problems.error('once-outside-a-function', `a handler has at most ${ONCE_MAX} steps \`Once\``, span)
      return
    }
    const nth = this.onces++
    const once = this.emit({ op: 'once', nth, to: 0 })
    const { stays } = this
    this.stays = true
    this.steps(value, `${place}.Once`)
    this.stays = stays
    this.emit({ op: 'did', nth })
    once['to'] = this.here
  }

  private parallel(value: Node, place: string): void {
    const { context } = this
    const over = isMap(value)
      ? new Fields('`Parallel`', value, namesOf(STEPS.Parallel.of), context.problems)
      : undefined
    if (over === undefined && !isList(value)) {
      context.problems.error('wrong-type', '`Parallel` is a list of branches', value.span, {
        label: 'or `{ ForEach: $.list, Do: […] }`',
      })
      return
    }
    const list = over?.required('ForEach')
    if (over !== undefined && list === undefined) return
    const branches: number[] = []
    const fork = this.emit({
      op: 'parallel',
      branches,
      list: list === undefined ? null : readPath(list, context),
      join: 0,
      catches: [],
    })
    const bodies = over === undefined ? (isList(value) ? value.items : []) : [over.required('Do')]
    const { depth, inBranch } = this
    this.inBranch = true
    bodies.forEach((body, i) => {
      this.depth = 0
      branches.push(this.here)
      this.steps(body, `${place}.${i}`)
      this.emit({ op: 'end' })
    })
    this.depth = depth
    this.inBranch = inBranch
    fork['join'] = this.here
  }

  private choose(value: Node, place: string): void {
    const { problems } = this.context
    if (!isList(value) || value.items.length === 0) {
      problems.error('wrong-type', '`Choose` is a list of `{ Weight, Do }`', value.span)
      return
    }
    const weights: number[] = []
    const to: number[] = []
    const cumulative: number[] = []
    this.emit({ op: 'choose', cumulative, to, purpose: place })
    const jumps: Draft[] = []
    value.items.forEach((item, i) => {
      const fields = new Fields('a choice', item, namesOf(STEPS.Choose.of), problems)
      weights.push(this.weight(fields.required('Weight')))
      to.push(this.here)
      this.steps(fields.required('Do'), `${place}.${i}`)
      jumps.push(this.emit({ op: 'jump', to: 0 }))
    })
    for (const jump of jumps) jump['to'] = this.here
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    let sum = 0
    for (const weight of weights) cumulative.push((sum += weight) / total)
    if (!(total > 0) && weights.every((weight) => !Number.isNaN(weight)))
      problems.error('out-of-range', 'the weights of `Choose` add up to 0', value.span)
  }

  private weight(node: Node | undefined): number {
    if (node === undefined) return 0
    const text = textOf(node) ?? ''
    const parsed = text.endsWith('%') ? parsePercent(text) : parseNumber(text)
    if (parsed.ok && parsed.value >= 0) return parsed.value
    this.context.problems.error('wrong-type', `\`Weight\` is ${kindOf(node)}, not a number from 0`, node.span, {
      label: 'such as `3` or `70%`',
    })
    return Number.NaN
  }

  private metric(value: Node, place: string): void {
    const { context } = this
    const fields = new Fields('`Metric`', value, namesOf(STEPS.Metric.of), context.problems)
    const name = fields.required('MetricName')
    const dimensions = entries(fields.node('Dimensions')).map(
      ({ key, value: of }) => [key, readTemplate(of, `${place}.${key}`, context)] as const,
    )
    this.emit({
      op: 'metric',
      namespace: fields.text('Namespace') ?? 'Custom',
      name: (name === undefined ? undefined : textOf(name)) ?? '',
      value:
        fields.node('Value') === undefined
          ? { kind: 'constant', value: 1 }
          : readCountTemplate(fields.node('Value')!, `${place}.Value`, context),
      dimensions,
      unit: fields.oneOf('Unit', UNITS) ?? 'None',
      resolution: fields.oneOf('StorageResolution', STEPS.Metric.of.StorageResolution.words) === '1' ? 1 : 60,
    })
  }

  private call({ key, keySpan, value }: Entry, step: Node, place: string): void {
    const { context } = this
    const { problems } = context
    const action = key as Action
    const operation = context.operations.get(action)
    if (operation === undefined) {
      const near = nearest(key, context.operations.keys())
      problems.error(
        near === undefined ? 'not-simulated-yet' : 'unknown-action',
        near === undefined ? `\`${key}\` is not simulated yet` : `\`${key}\` is not an operation that is known here`,
        keySpan,
        {
          label: near === undefined ? 'no room answers this operation' : `did you mean \`${near}\`?`,
        },
      )
      return
    }
    if (!isMap(value)) {
      problems.error('wrong-type', `\`${key}\` takes a map of parameters`, value.span)
      return
    }
    const target = this.target(action, operation.target, keySpan, value)
    if (target === undefined) return
    const { op, name } = target
    const known = [...(op.params ?? []), ...(op.ignored ?? []), ...(op.pages === undefined ? [] : [PAGINATION])]
    const names: string[] = []
    const values: Template[] = []
    for (const parameter of value.pairs.values()) {
      if (parameter.key === operation.target) continue
      if (!known.includes(parameter.key)) {
        const near = nearest(parameter.key, known)
        if (near !== undefined)
          problems.error(
            'unknown-parameter',
            `\`${parameter.key}\` is not a parameter of \`${action}\``,
            parameter.keySpan,
            { label: `did you mean \`${near}\`?` },
          )
        else context.notSimulated(`\`${parameter.key}\` of \`${action}\` has no effect on the model`, parameter.keySpan)
        continue
      }
      if (op.ignored?.includes(parameter.key)) {
        context.notSimulated(`\`${parameter.key}\` of \`${action}\` has no effect on the model`, parameter.keySpan)
        continue
      }
      names.push(parameter.key)
      if (parameter.key === op.onto?.param) {
        values.push(readOnto(parameter, name, action, op, context))
        continue
      }
      if (parameter.key === op.defines) {
        values.push({ kind: 'constant', value: context.definition(parameter.value) })
        continue
      }
      const at = `${place}.${parameter.key}`
      values.push(
        SIZES.has(parameter.key)
          ? readSizeTemplate(parameter.value, at, context)
          : readTemplate(parameter.value, at, context),
      )
    }
    checkOnto(names, name, action, op, keySpan, context)
    const resultPath = this.resultPath(get(step, 'ResultPath'))
    this.emit({
      op: 'call',
      to: name,
      action,
      body: { kind: 'map', keys: names, values },
      arg: 0,
      resultPath,
      catches: [],
      label: `${action} on ${name}`,
      ...(names.includes(PAGINATION) ? { pages: op.pages! } : {}),
    })
  }

  /** The component that answers the call: the one that the operation's own parameter names, or the account's. */
  private target(
    action: Action,
    by: string | undefined,
    keySpan: Span,
    params: Node,
  ): { op: Op<never>; name: string } | undefined {
    const { context } = this
    // Where the account has a resource of its own, the default bus, the parameter may be left out.
    const isNamed = by !== undefined && get(params, by) !== undefined
    const mayBeLeftOut = context.operations.get(action)?.targetMayBeLeftOut === true
    const found = isNamed ? this.named(by, params) : mayBeLeftOut ? context.only(action) : context.account(action)
    const op = found?.def.ops[action]
    if (found !== undefined && op !== undefined) return { op: op as Op<never>, name: found.name }
    const node = by === undefined ? undefined : get(params, by)
    if (by !== undefined && node === undefined)
      context.problems.error('missing-parameter', `\`${action}\` needs \`${by}\``, keySpan, {
        label: 'the resource on which it is called',
      })
    else if (found !== undefined)
      context.problems.error(
        'wrong-resource',
        `\`${found.name}\` is ${found.def.type}, which does not answer \`${action}\``,
        node?.span ?? keySpan,
      )
    else
      context.problems.error('unknown-resource', `\`${by}\` names no simulated resource`, node?.span ?? keySpan, {
        label: 'expected a `!Ref` or `!GetAtt` of a resource of this template',
      })
    return undefined
  }

  private named(by: string, params: Node): { name: string; def: ServiceDef } | undefined {
    const node = get(params, by)
    const text = node === undefined ? undefined : textOf(node)
    return text === undefined ? undefined : this.context.component(text)
  }

  private resultPath(node: Node | undefined): readonly string[] | null {
    if (node === undefined) return null
    const template = readPath(node, this.context)
    if (template.kind !== 'path') return null
    if (template.path.some((step) => typeof step === 'number'))
      this.context.problems.error('wrong-type', '`ResultPath` goes into a list', node.span, {
        label: 'it names members alone, such as `$.answer`',
      })
    return template.path.map(String)
  }

  /** Wraps what was emitted since `start`: the catchers stand behind it and are jumped over when all goes well. */
  private catchers(node: Node | undefined, start: number, place: string): void {
    if (node === undefined) return
    const over = this.emit({ op: 'jump', to: 0 })
    const catches: Catcher[] = []
    const jumps: Draft[] = [over]
    const guarded = this.here - 1
    for (const [i, item] of (isList(node) ? node.items : [node]).entries()) {
      const fields = new Fields('`Catch`', item, namesOf(BESIDE.Catch.of), this.context.problems)
      const names = fields.required('ErrorEquals')
      const errors =
        names === undefined ? [] : (isList(names) ? names.items : [names]).map((name) => textOf(name) ?? '')
      catches.push({ errors, goto: this.here, depth: this.depth })
      this.steps(fields.node('Do'), `${place}.Catch.${i}`)
      jumps.push(this.emit({ op: 'jump', to: 0 }))
    }
    for (const jump of jumps) jump['to'] = this.here
    this.guard(start, guarded, catches)
  }

  guard(from: number, to: number, catches: readonly Catcher[]): void {
    for (let at = from; at < to; at++) {
      const instruction = this.code[at]!
      if ('catches' in instruction) instruction['catches'] = [...(instruction['catches'] as Catcher[]), ...catches]
      // A branch is a frame of its own: what fails in it fails `Parallel`, and that is caught.
      if (instruction.op === 'parallel') at = (instruction['join'] as number) - 1
    }
  }
}
