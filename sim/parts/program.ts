// What a handler or an operator's action is once compiled: a flat list of instructions, and nothing else.
//
// Steps nest in the scenario and are flat here: a loop or a branch is a jump, so where an invocation stands is one
// integer, which can be saved, drawn and costed.
import type { Rng } from '../engine/rng.ts'
import type { Sampler } from '../engine/sample.ts'
import type { Action, Pages } from '../model/contract.ts'

/** A value built per event from the scope: constants, paths, lists and maps of them. See `evaluate`. */
export type Template =
  | { readonly kind: 'constant'; readonly value: unknown }
  /** Own properties from the scope down; an absent one gives undefined. */
  | { readonly kind: 'path'; readonly path: readonly (string | number)[] }
  /** Texts and paths joined: `cart#{$.id}`. */
  | { readonly kind: 'text'; readonly parts: readonly Template[] }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'map'; readonly keys: readonly string[]; readonly values: readonly Template[] }
  /** A value in whose paths `$` stands for another template's value. */
  | { readonly kind: 'scoped'; readonly scope: Template; readonly of: Template }
  /** A draw from a distribution, from the stream named by its place. */
  | { readonly kind: 'draw'; readonly sampler: Sampler; readonly purpose: string }
  /** A draw of a key; `names` gives the text of an index. */
  | { readonly kind: 'key'; readonly key: KeySource; readonly purpose: string }

/** Draws keys, as texts or (of what was recorded) as numbers. It holds no state: what comes next stands in the stream of its purpose. */
export interface KeySource {
  /** The part of the draws that the most frequent key takes, 0 where no key comes twice. */
  readonly topShare: number
  /** How many keys there are; Infinity where each draw is a new one. */
  readonly count: number
  draw(streams: Streams, purpose: string): string | number
}

/** A condition on the scope. */
export type Condition =
  | {
      readonly kind: 'compare'
      readonly op: '<' | '<=' | '>' | '>=' | '==' | '!='
      readonly left: Template
      readonly right: Template
    }
  | { readonly kind: 'exists'; readonly of: Template }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  /** True with this probability, from its own stream. */
  | { readonly kind: 'chance'; readonly share: number; readonly purpose: string }

/** Whom an uncaught exception of an instruction goes to: the catcher whose names match first. */
export interface Catcher {
  /** Exception names; `States.ALL` matches every one. */
  readonly errors: readonly string[]
  readonly goto: number
  /** How many loops of its frame are open where it stands: those opened further in are left. */
  readonly depth: number
}

export type Instruction =
  /** Calls an operation and waits for the answer. */
  | {
      readonly op: 'call'
      readonly to: string
      readonly action: Action
      readonly body: Template
      readonly arg: number
      readonly resultPath: readonly string[] | null
      readonly catches: readonly Catcher[]
      readonly label: string
      /** How the client asks for all pages and joins them; absent = it makes one request. */
      readonly pages?: Pages
      /** Beside the body: what goes into a cache, and for how long. */
      readonly stores?: Stores
    }
  /** A cache has answered: what it holds is the result, and the frame goes on at `end`; else here, to ask the origin. */
  | {
      readonly op: 'hit'
      readonly end: number
      readonly cache: string
      readonly resultPath: readonly string[] | null
      /** The call whose answers are kept; −1 = whether a copy is stale cannot be told. */
      readonly origin: number
      /** β of the early refresh; 0 = none. */
      readonly early: number
      readonly purpose: string
    }
  /** The origin is asked from now on, for a step `Cache` with so many others around it. */
  | { readonly op: 'miss'; readonly level: number }
  /** Goes on at `to` unless the last answer says that a lock was taken. */
  | { readonly op: 'unlocked'; readonly to: number }
  /** Behind a write: the last answer becomes what a read would answer now; goes on at `to` where nothing is left. */
  | { readonly op: 'left'; readonly origin: number; readonly to: number }
  /** Raises the exception again that was caught last. */
  | { readonly op: 'raise'; readonly catches: readonly Catcher[] }
  /** Uses the processor for a time at one full vCPU. */
  | { readonly op: 'compute'; readonly time: Template; readonly threads?: number }
  /** Lets time pass without the processor. */
  | { readonly op: 'wait'; readonly time: Template }
  /** Opens a loop over a list; an empty one jumps to `end`. The item becomes the scope. */
  | { readonly op: 'each'; readonly list: Template; readonly end: number; readonly reportFailures: boolean }
  /** Opens a loop of a number of rounds. */
  | { readonly op: 'repeat'; readonly times: Template; readonly end: number }
  /** Closes a round: back to `start` or out of the loop. */
  | { readonly op: 'next'; readonly start: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'unless'; readonly condition: Condition; readonly to: number }
  /** Jumps over what this process has done before; `did` notes that it has. */
  | { readonly op: 'once'; readonly nth: number; readonly to: number }
  | { readonly op: 'did'; readonly nth: number }
  /** Writes so many bytes into the `/tmp` of the environment; null = deletes what is there. */
  | { readonly op: 'tmp'; readonly size: Template | null; readonly catches: readonly Catcher[] }
  /** Takes memory until the invocation ends, or as long as the environment lives. */
  | { readonly op: 'memory'; readonly size: Template; readonly keeps: boolean }
  /** Jumps to one of several places by weight (cumulative, the last is 1). */
  | {
      readonly op: 'choose'
      readonly cumulative: readonly number[]
      readonly to: readonly number[]
      readonly purpose: string
    }
  /** Starts a branch at each place and goes on at `join` when all have ended; over a list, one branch an item. */
  | {
      readonly op: 'parallel'
      readonly branches: readonly number[]
      readonly list: Template | null
      readonly join: number
      readonly catches: readonly Catcher[]
    }
  /** Ends a branch, or a program; `returns` stands for the program's own where several are joined. */
  | { readonly op: 'end'; readonly returns?: boolean }
  | { readonly op: 'fail'; readonly error: string; readonly catches: readonly Catcher[] }
  | { readonly op: 'return'; readonly value: Template }
  /** Emits a custom metric. */
  | {
      readonly op: 'metric'
      readonly namespace: string
      readonly name: string
      readonly value: Template
      readonly dimensions: readonly (readonly [string, Template])[]
      readonly unit: string
      readonly resolution: number
    }

/** How an answer is stored in a cache. */
export interface Stores {
  /** µs; null = for ever. Spread by so large a share up and down, drawn for a purpose. */
  readonly life: number | null
  readonly jitter: number
  readonly purpose: string
  /** The parameter of the life, and how many µs one of it is. */
  readonly parameter: string
  readonly perLife: number
  /** Whether what an early refresh must know is stored with the answer: how long it took to get, and when it expires. */
  readonly isRefreshed: boolean
  readonly level: number
  /** Whether the answer of the last call is stored; else the body has its value. */
  readonly isAnswer: boolean
}

export interface Program {
  readonly code: readonly Instruction[]
  /** True when some instruction is `return`: a handler without one succeeds with `{ statusCode: 200 }`. */
  readonly returns: boolean
  /** True when it begins with a jump over steps that an execution environment does before its first request; they have an `end` of their own. */
  readonly hasInit?: boolean
}

/** As many steps of a program can be done once: a process keeps a bit for each. */
export const ONCE_MAX = 31

/** A program that does nothing and succeeds. */
export const EMPTY_PROGRAM: Program = { code: [{ op: 'end' }], returns: false }

/** Streams of random numbers by purpose, opened at assembly. */
export interface Streams {
  get(purpose: string): Rng
  /** 0, 1, 2, …: a counter of its own for each purpose. */
  turn(purpose: string): number
}

/** Builds a template's value. `scope` is what `$` stands for. */
export function evaluate(template: Template, scope: unknown, streams: Streams): unknown {
  switch (template.kind) {
    case 'constant':
      return template.value
    case 'path':
      return follow(scope, template.path)
    case 'map': {
      const { keys, values } = template
      const made: Record<string, unknown> = {}
      for (let i = 0; i < keys.length; i++) {
        const of = values[i]
        // Most members are constants and paths: without a call for each of them a map takes a fifth less.
        const value =
          of.kind === 'constant' ? of.value : of.kind === 'path' ? follow(scope, of.path) : evaluate(of, scope, streams)
        if (keys[i] !== '__proto__') made[keys[i]] = value
        else put(made, keys[i], value)
      }
      return made
    }
    case 'list':
      return listOf(template.items, scope, streams)
    case 'text': {
      let text = ''
      for (const part of template.parts) text += textOf(evaluate(part, scope, streams))
      return text
    }
    case 'scoped':
      return evaluate(template.of, evaluate(template.scope, scope, streams), streams)
    case 'draw':
      return template.sampler.draw(streams.get(template.purpose))
    case 'key':
      return template.key.draw(streams, template.purpose)
  }
}

/** Beside `evaluate`, not in it: a closure there, as `map` would need, costs every call of it a context of 48 bytes. */
function listOf(items: readonly Template[], scope: unknown, streams: Streams): unknown[] {
  const made: unknown[] = []
  for (let i = 0; i < items.length; i++) made.push(evaluate(items[i], scope, streams))
  return made
}

/** Own properties only: a scenario's path never reaches a prototype. */
export function follow(scope: unknown, path: readonly (string | number)[]): unknown {
  let value = scope
  for (let i = 0; i < path.length; i++) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, path[i])) return undefined
    value = (value as Record<string | number, unknown>)[path[i]]
  }
  return value
}

/** A copy of `scope` with `value` at `path`; what lies beside the path is shared. */
export function withResult(scope: unknown, path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value
  const base: Record<string, unknown> =
    scope !== null && typeof scope === 'object' && !Array.isArray(scope)
      ? { ...(scope as Record<string, unknown>) }
      : {}
  put(base, path[0], withResult(Object.hasOwn(base, path[0]) ? base[path[0]] : undefined, path.slice(1), value))
  return base
}

/** Sets an own member, also one with the only name that plain assignment takes for the prototype. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}

/** Decides a condition. A comparison of things that are not both numbers or both texts is only ever equal or not. */
export function holds(condition: Condition, scope: unknown, streams: Streams): boolean {
  switch (condition.kind) {
    case 'chance':
      return streams.get(condition.purpose).float() < condition.share
    case 'exists':
      return evaluate(condition.of, scope, streams) !== undefined
    case 'not':
      return !holds(condition.of, scope, streams)
    case 'and':
      return condition.of.every((part) => holds(part, scope, streams))
    case 'or':
      return condition.of.some((part) => holds(part, scope, streams))
    case 'compare':
      return compare(condition.op, evaluate(condition.left, scope, streams), evaluate(condition.right, scope, streams))
  }
}

/** Every purpose that a program or a template draws for, so that its streams can be opened at assembly. */
export function purposesOf(root: Program | Template): string[] {
  const found = new Set<string>()
  const look = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return
    if ('sampler' in value || 'key' in value || 'purpose' in value) {
      const purpose = (value as { purpose?: unknown }).purpose
      if (typeof purpose === 'string') found.add(purpose)
      if ('sampler' in value || 'key' in value) return
    }
    if ('kind' in value && (value as Template).kind === 'constant') return
    for (const part of Object.values(value)) look(part)
  }
  look(root)
  return [...found].sort()
}

function compare(op: '<' | '<=' | '>' | '>=' | '==' | '!=', left: unknown, right: unknown): boolean {
  if (op === '==') return left === right
  if (op === '!=') return left !== right
  const comparable =
    (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string')
  if (!comparable) return false
  const a = left as number
  const b = right as number
  return op === '<' ? a < b : op === '<=' ? a <= b : op === '>' ? a > b : a >= b
}

function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : value === undefined
      ? ''
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value)
}
