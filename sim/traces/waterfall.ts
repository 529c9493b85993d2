// Makes a waterfall of what a tracer has seen: every moment of a span belongs to a part with a name.
//
// What a room does between a call and its answer when its timers say nothing of it has the room's own word, and the time that an
// answer is on its way is a part too. So the parts of a request without parallel branches add up to its latency exactly.
import type { ServiceDef, Traced } from '../model/contract.ts'
import type { World } from '../run/world.ts'
import type { Draft, Tracer } from './tracer.ts'
import type { Span, SpanKind, Waterfall } from './types.ts'

/** The waterfall of what has been seen so far; undefined when the request was not seen. */
export function waterfallOf(world: World, tracer: Tracer): Waterfall | undefined {
  const [root] = tracer.drafts
  if (root === undefined) return undefined
  const spans = new Flattening(world, tracer.drafts).spans()
  return {
    trace: tracer.trace,
    source: nameOf(world, root.component),
    from: root.from,
    to: root.to,
    outcome: root.outcome,
    spans,
    leftOut: tracer.leftOut,
  }
}

interface Stage {
  readonly kind: SpanKind
  readonly words: string
}

interface Gap extends Stage {
  readonly from: number
  readonly to: number
}

class Flattening {
  private readonly world: World
  private readonly drafts: readonly Draft[]
  private readonly children: number[][]
  private readonly out: Span[] = []

  constructor(world: World, drafts: readonly Draft[]) {
    this.world = world
    this.drafts = drafts
    this.children = drafts.map(() => [])
    drafts.forEach(({ parent }, i) => {
      if (parent >= 0) this.children[parent]!.push(i)
    })
  }

  spans(): readonly Span[] {
    this.drafts.forEach(({ parent }, i) => {
      if (parent < 0) this.put(i, -1)
    })
    return this.out
  }

  private put(index: number, parent: number): void {
    const draft = this.drafts[index]!
    const { kind, component, words, from, to, outcome, error, attempt, trace } = draft
    const number = this.out.length
    this.out.push({
      ...{ kind, resource: nameOf(this.world, component), words, from, to, parent, outcome },
      ...(error === undefined ? {} : { error }),
      ...(attempt === undefined ? {} : { attempt }),
      ...(trace === undefined ? {} : { trace }),
      ...(parent >= 0 && to > this.out[parent]!.to ? { late: true as const } : {}),
    })
    const parts = [
      ...this.children[index]!.map((child) => ({ child, from: this.drafts[child]!.from })),
      ...this.gaps(index),
    ]
    parts.sort((a, b) => a.from - b.from)
    for (const part of parts) {
      if (!('child' in part))
        this.out.push({ ...part, resource: nameOf(this.world, component), parent: number, outcome: 'ok' })
      else if (!this.goesOn(part.child, number)) this.put(part.child, number)
    }
  }

  /** Whether a stage only goes on with the one before it, as in a loop; then that one is longer. */
  private goesOn(index: number, parent: number): boolean {
    const { kind, words, from, to } = this.drafts[index]!
    const last = this.out[this.out.length - 1]!
    const isStage = kind === 'work' || kind === 'wait'
    if (!isStage || last.parent !== parent || last.kind !== kind || last.words !== words || last.to !== from)
      return false
    this.out[this.out.length - 1] = { ...last, to, times: (last.times ?? 1) + 1 }
    return true
  }

  /** The stretches of a span that none of its children covers. */
  private gaps(index: number): Gap[] {
    const draft = this.drafts[index]!
    const { kind, from, to } = draft
    if (kind !== 'request' && kind !== 'call' && kind !== 'hidden') return []
    // Of a call, the work ends when its answer is decided; what comes then is the way back.
    const decided = kind === 'call' && draft.decided >= 0 ? Math.min(draft.decided, to) : to
    const gaps: Gap[] = []
    const children = this.children[index]!.map((child) => this.drafts[child]!).sort((a, b) => a.from - b.from)
    let covered = from
    for (const child of children) {
      if (child.from > covered)
        gaps.push({ ...this.inside(draft, covered === from, false), from: covered, to: Math.min(child.from, to) })
      covered = Math.max(covered, child.to)
    }
    if (covered < decided) gaps.push({ ...this.inside(draft, covered === from, true), from: covered, to: decided })
    if (decided < to) gaps.push({ kind: 'answer', words: this.answer(draft), from: decided, to })
    return gaps.filter((gap) => gap.from < gap.to)
  }

  /** What a span's own time is called: before all of its children, between them, behind the last one. */
  private inside({ kind, component, outcome }: Draft, isFirst: boolean, isLast: boolean): Stage {
    if (kind === 'request')
      return { kind: 'wait', words: isFirst ? 'waits before its first attempt' : 'pauses before it gives up' }
    if (kind === 'hidden') {
      if (!isLast) return { kind: 'wait', words: isFirst ? 'waits until its batch begins' : 'waits' }
      const words = outcome === 'given up' ? 'stays hidden until its visibility timeout' : 'waits until it is deleted'
      return { kind: 'wait', words }
    }
    const traced = this.tracedOf(component)
    return { kind: traced?.insideWaits === true ? 'wait' : 'work', words: traced?.inside ?? 'works' }
  }

  private answer({ component }: Draft): string {
    return this.tracedOf(component)?.answer ?? 'service time'
  }

  private tracedOf(component: number): Traced<unknown> | undefined {
    return (this.world.components[component - 1]!.def as ServiceDef<unknown>).traced
  }
}

function nameOf(world: World, component: number): string {
  return world.components[component - 1]!.name
}
