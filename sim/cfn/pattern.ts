// Patterns of parameters (`AllowedPattern`), matched in time linear in the text whatever the pattern is.
//
// The one idea: a stranger's pattern must not be able to stall us, so it never reaches a backtracking engine. It becomes a small
// machine whose states all advance together over the text (Thompson's construction); what such a machine cannot do
// (back-references, looking around) is not compiled, and its author is told that the pattern is not checked.

type Accept = (code: number) => boolean
type Part =
  | { readonly kind: 'one'; readonly accept: Accept }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'all'; readonly parts: readonly Part[] }
  | { readonly kind: 'any'; readonly parts: readonly Part[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly min: number; readonly max: number }

/** Most states of a machine; repetitions such as `{1,1000}` multiply. */
const mostStates = 20_000

/** Steps that all patterns of a scenario may take together: states made, and states entered per character. */
export class PatternSteps {
  left = 3_000_000
}

export interface Pattern {
  /** Whether the whole text matches (CFN-R3); undefined when the steps do not suffice to tell. */
  matches(text: string): boolean | undefined
}

/** The machine of a pattern; undefined when the pattern uses what is not supported. */
export function compilePattern(pattern: string, steps = new PatternSteps()): Pattern | undefined {
  const parser = new PatternParser(pattern)
  const tree = parser.parse()
  if (tree === undefined) return undefined
  const machine = new Machine(steps)
  machine.finish(machine.add(tree, machine.match))
  return machine.full ? undefined : machine
}

class PatternParser {
  private readonly text: string
  private position = 0
  private failed = false

  constructor(text: string) {
    this.text = text
  }

  parse(): Part | undefined {
    const tree = this.alternatives(0)
    return this.failed || this.position < this.text.length ? undefined : tree
  }

  private alternatives(depth: number): Part {
    if (depth > 50) this.failed = true
    const parts = [this.sequence(depth)]
    while (!this.failed && this.eat('|')) parts.push(this.sequence(depth))
    return { kind: 'any', parts }
  }

  private sequence(depth: number): Part {
    const parts: Part[] = []
    while (!this.failed && this.position < this.text.length && !'|)'.includes(this.peek()))
      parts.push(this.repeated(depth))
    return { kind: 'all', parts }
  }

  private repeated(depth: number): Part {
    let part = this.atom(depth)
    for (;;) {
      const counts = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.text.slice(this.position, this.position + 12))
      if (this.eat('*')) part = { kind: 'repeat', part, min: 0, max: Infinity }
      else if (this.eat('+')) part = { kind: 'repeat', part, min: 1, max: Infinity }
      else if (this.eat('?')) part = { kind: 'repeat', part, min: 0, max: 1 }
      else if (counts !== null) {
        const min = Number(counts[1])
        const max = counts[2] === undefined ? min : counts[3] === '' ? Infinity : Number(counts[3])
        this.position += counts[0].length
        part = { kind: 'repeat', part, min, max }
      } else return part
    }
  }

  private atom(depth: number): Part {
    const character = this.peek()
    this.position++
    if (character === '^') return { kind: 'start' }
    if (character === '$') return { kind: 'end' }
    if (character === '.') return { kind: 'one', accept: (code) => code !== 10 }
    if (character === '[') return { kind: 'one', accept: this.characterClass() }
    if (character === '\\') return { kind: 'one', accept: this.escape() }
    if (character !== '(') {
      const wanted = character.charCodeAt(0)
      return { kind: 'one', accept: (code) => code === wanted }
    }
    if (this.peek() === '?') {
      if (this.text.charAt(this.position + 1) !== ':') this.failed = true
      this.position += 2
    }
    const inner = this.alternatives(depth + 1)
    if (!this.eat(')')) this.failed = true
    return inner
  }

  private escape(): Accept {
    const character = this.peek()
    this.position++
    const known = classes.get(character)
    if (known !== undefined) return known
    if (/[0-9A-Za-z]/.test(character) || character === '') {
      const control = { n: 10, r: 13, t: 9 }[character]
      if (control === undefined) this.failed = true
      return (code) => code === control
    }
    const wanted = character.charCodeAt(0)
    return (code) => code === wanted
  }

  private characterClass(): Accept {
    const negated = this.eat('^')
    const members: Accept[] = []
    let first = true
    while (!this.failed && (first || this.peek() !== ']')) {
      first = false
      if (this.position >= this.text.length) this.failed = true
      const from = this.classMember(members)
      if (from === undefined) continue
      if (this.peek() === '-' && this.text.charAt(this.position + 1) !== ']') {
        this.position++
        const to = this.classMember(members)
        if (to === undefined || to < from) this.failed = true
        else members.push((code) => code >= from && code <= to)
      } else members.push((code) => code === from)
    }
    this.position++
    return (code) => members.some((accept) => accept(code)) !== negated
  }

  /** One character of a class; a class escape (`\d`) joins `members` and gives nothing. */
  private classMember(members: Accept[]): number | undefined {
    if (this.text.startsWith('[:', this.position) || this.text.startsWith('&&', this.position)) this.failed = true
    const character = this.peek()
    this.position++
    if (character !== '\\') return character.charCodeAt(0)
    const escaped = this.peek()
    if (classes.has(escaped) || /[0-9A-Za-z]/.test(escaped)) {
      members.push(this.escape())
      return undefined
    }
    this.position++
    return escaped.charCodeAt(0)
  }

  private peek(): string {
    return this.text.charAt(this.position)
  }

  private eat(character: string): boolean {
    if (this.peek() !== character) return false
    this.position++
    return true
  }
}

const isDigit: Accept = (code) => code >= 48 && code <= 57
const isWord: Accept = (code) =>
  isDigit(code) || code === 95 || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
const isSpace: Accept = (code) => code === 32 || (code >= 9 && code <= 13)
const classes: ReadonlyMap<string, Accept> = new Map<string, Accept>([
  ['d', isDigit],
  ['D', (code) => !isDigit(code)],
  ['w', isWord],
  ['W', (code) => !isWord(code)],
  ['s', isSpace],
  ['S', (code) => !isSpace(code)],
])

interface State {
  readonly accept?: Accept
  readonly at?: 'start' | 'end'
  next: readonly number[]
}

class Machine implements Pattern {
  readonly match = 0
  full = false
  private readonly steps: PatternSteps
  private readonly states: State[] = [{ next: [] }]
  private start = 0

  constructor(steps: PatternSteps) {
    this.steps = steps
  }

  finish(start: number): void {
    this.start = start
  }

  /** Adds the states of a part that goes on to state `next`; returns the state to begin with. */
  add(part: Part, next: number): number {
    if (this.states.length > mostStates || --this.steps.left < 0) this.full = true
    if (this.full) return next
    if (part.kind === 'one') return this.state({ accept: part.accept, next: [next] })
    if (part.kind === 'start' || part.kind === 'end') return this.state({ at: part.kind, next: [next] })
    if (part.kind === 'any') return this.state({ next: part.parts.map((each) => this.add(each, next)) })
    if (part.kind === 'all') return part.parts.reduceRight((after, each) => this.add(each, after), next)
    let after = next
    if (part.max === Infinity) {
      after = this.state({ next: [next] })
      const loop = this.states[after] as State
      loop.next = [this.add(part.part, after), next]
    } else {
      for (let i = part.min; i < part.max && !this.full; i++)
        after = this.state({ next: [this.add(part.part, after), next] })
    }
    for (let i = 0; i < part.min && !this.full; i++) after = this.add(part.part, after)
    return after
  }

  private state(state: State): number {
    this.states.push(state)
    return this.states.length - 1
  }

  matches(text: string): boolean | undefined {
    let live = this.reach([this.start], 0, text.length)
    for (let position = 0; position < text.length; position++) {
      if (this.steps.left < 0) return undefined
      const code = text.charCodeAt(position)
      const stepped: number[] = []
      for (const index of live) {
        const state = this.states[index] as State
        if (state.accept?.(code)) stepped.push(...state.next)
      }
      live = this.reach(stepped, position + 1, text.length)
    }
    return live.has(this.match)
  }

  /** Every state that is reached without a character. */
  private reach(from: readonly number[], position: number, length: number): Set<number> {
    const found = new Set<number>()
    const pending = [...from]
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      if (found.has(index)) continue
      this.steps.left--
      found.add(index)
      const state = this.states[index] as State
      if (state.accept !== undefined) continue
      if ((state.at === 'start' && position !== 0) || (state.at === 'end' && position !== length)) continue
      pending.push(...state.next)
    }
    return found
  }
}
