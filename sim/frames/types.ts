// What the browser may know of a scenario and of its run: plain data that crosses from the worker to the page.
//
// The one idea: the core is sampled, never asked. For every stretch of virtual time the worker sends one frame with the
// states of all components at its end and the messages that moved in it; a page that has the frames can play, stop and
// scrub without the worker, and a picture at time t is a pure function of the frames around t.
import type { Problem } from '../diag/problem.ts'
import type { Waterfall } from '../traces/types.ts'

export type { Span, SpanKind, SpanOutcome, Waterfall } from '../traces/types.ts'

/** What became of a message on its way; in this order on the legend. */
export const OUTCOMES = ['ok', 'answer', 'retry', 'throttled', 'error', 'dead-letter'] as const
export type Outcome = (typeof OUTCOMES)[number]

export type Tone = 'calm' | 'busy' | 'throttling' | 'failing'
export const TONES: readonly Tone[] = ['calm', 'busy', 'throttling', 'failing']

/** One number of a component that its glyph or its card's foot shows. */
export interface Reading {
  readonly name: string
  readonly unit: string
  readonly doc: string
}

/** A row of alike things inside a component: environments, partitions, shards, alarms. */
export interface Cells {
  readonly name: string
  readonly doc: string
  /** Numbers of each cell, in this order, such as a partition's consumed and refused units. */
  readonly columns: readonly Reading[]
}

export interface NodeOutline {
  readonly name: string
  readonly type: string
  readonly family: string
  readonly glyph: string
  /** What the card says under the name, such as `Lambda · reserved 5`. */
  readonly label: string
  /** One-based lines of the scenario's text where the resource stands; undefined for what the scenario made up. */
  readonly place?: { readonly file: string; readonly line: number; readonly endLine: number }
  readonly readings: readonly Reading[]
  readonly cells: readonly Cells[]
  /** Nodes that it looks at without a message between them: an alarm, the resources of its metrics. */
  readonly watches?: readonly number[]
}

/** A way on which messages move, between two nodes; a mapping that only fetches and hands on is a road, not a node. */
export interface RoadOutline {
  readonly from: number
  readonly to: number
  /** The operations on it, such as `sqs:SendMessage`. */
  readonly actions: readonly string[]
  /** Answers come back on it: a call that waits. Else messages are fetched or handed on. */
  readonly answers: boolean
}

/** What can be changed of a scenario: a slider or a choice. */
export interface KnobOutline {
  /** As `--set` takes it. */
  readonly name: string
  readonly kind: 'parameter' | 'workload' | 'quota'
  /** The template's own heading and words for a parameter; the workload or the quota without what it is below. */
  readonly group?: string
  readonly label?: string
  readonly unit?: string
  readonly description?: string
  readonly type: 'number' | 'text'
  readonly value: string
  readonly initial: string
  readonly min?: number
  readonly max?: number
  readonly allowed?: readonly string[]
}

/** Something worth a mark on the time line: a fault, an action, an alarm, the first of a kind, where two runs part. */
export interface Mark {
  /** µs. */
  readonly time: number
  /** µs; 0 = a moment. */
  readonly length: number
  readonly kind: 'fault' | 'action' | 'alarm' | 'first' | 'deployment' | 'parting'
  /** Number of the node, −1 = the whole system. */
  readonly node: number
  readonly text: string
}

/** A plain sentence of what is going on, tied to a place and a stretch of time, the most telling first. */
export interface Insight {
  readonly kind: string
  readonly node: number
  readonly resource: string
  /** µs. */
  readonly from: number
  readonly to: number
  /** A few words: `One key fills one partition`. */
  readonly title: string
  /** One or two sentences with the figures. */
  readonly text: string
  /** 0..1: how much of the trouble it explains. */
  readonly weight: number
  /** Number of the insight in the same list that brought it about. */
  readonly cause?: number
}

export interface Outline {
  readonly name: string
  readonly description?: string
  readonly seed: string
  /** µs. */
  readonly duration: number
  readonly warmUp: number
  readonly nodes: readonly NodeOutline[]
  readonly roads: readonly RoadOutline[]
  readonly knobs: readonly KnobOutline[]
  /** Faults and actions known before the run; the rest come with the frames. */
  readonly marks: readonly Mark[]
  readonly notSimulated: readonly { readonly message: string; readonly line?: number }[]
  /** The same for people, grouped: types that have no model, properties without effect, the rest. */
  readonly leftOut: Readonly<Record<'types' | 'properties' | 'others', readonly string[]>>
  readonly inferred: readonly string[]
  /** Nothing but a template: load and handlers were inferred. */
  readonly isBare: boolean
  /** Where other values take over: at this moment (µs), or from the start because some cannot while it runs. */
  readonly fork?: { readonly at: number; readonly refused: readonly string[] }
  /** µs of virtual time in one frame. */
  readonly step: number
  /** How many messages one dot stands for, by outcome. */
  readonly perDot: readonly number[]
}

/**
 * Bytes of one moving message in `Frame.moves`: float32 seconds after the frame's `from`, uint16 road, uint8 outcome, uint8
 * lane, uint32 trace. Lane 0 goes from the road's `from` to its `to`, lane 1 comes back: an `ok`, a `retry` or a `dead-letter`
 * sets out, an `answer`, a `throttled` or an `error` is what became of one. Of the frequent outcomes those are shown whose
 * trace hashes to a multiple of `perDot` (`isShown` of `sample.ts`), so a page that plays faster may show every k-th dot by
 * asking for a multiple of `k * perDot`: the same requests on all roads.
 */
export const MOVE_BYTES = 12
/** The most cells of one kind that a frame lists. */
export const CELLS_MAX = 1000

/** What happened in (from, to]. */
export interface Frame {
  readonly index: number
  /** µs. */
  readonly from: number
  readonly to: number
  /** `MOVE_BYTES` for each message shown, in order of time, little-endian. */
  readonly moves: ArrayBuffer
  /** By road and outcome: how many messages there were, shown or not. */
  readonly counts: Float32Array
  /** By node: its readings at `to`, one behind the other; then its tone as an index of TONES. */
  readonly readings: Float32Array
  /**
   * By node and kind of cells: how many there are, how many of them are listed (at most `CELLS_MAX`; beyond, each stands for
   * as many neighbours in order, by their greatest values), then the columns of those cell by cell.
   */
  readonly cells: Float32Array
  /** Names of single cells, such as the hottest key of a partition: node, kind of cells, number in the list. */
  readonly labels: readonly {
    readonly node: number
    readonly kind: number
    readonly cell: number
    readonly text: string
  }[]
  readonly marks: readonly Mark[]
}

/** The end of a run: what the command line would say of it. */
export interface Outcomes {
  readonly digest: string
  readonly events: number
  readonly requests: number
  readonly insights: readonly Insight[]
  /** The report as `--format json` gives it. */
  readonly report: unknown
}

/** Steps of duration in a heat map: 16 of 32 µs each up to 512 µs, then 8 to each doubling. */
export const HEAT_STEPS = 368

/** The least duration of a step, in µs; step + 1 begins where it ends. */
export function heatFrom(step: number): number {
  if (step < 16) return step * 32
  const doublings = step >> 3
  const half = doublings >> 1
  return ((step & 7) + 8) * 16 * (1 << half) * (1 << (doublings - half))
}

/** Three numbers a row: frame, step, how many values. In order of frame, then of step. */
export type HeatRows = Uint32Array<ArrayBuffer>

/** The values of one CloudWatch statistic of a metric, period by period; NaN without data. */
export interface StatisticValues {
  readonly statistic: string
  readonly values: Float64Array<ArrayBuffer>
}

/** A metric as CloudWatch shows it. */
export interface MetricValues {
  readonly resource: string
  readonly namespace: string
  readonly name: string
  /** CloudWatch's unit, in which the values are. */
  readonly unit: string
  readonly doc: string
  /** Besides the resource's own: `Operation=GetItem`. */
  readonly dimensions: string
  /** µs of one period; the first begins at 0. */
  readonly period: number
  /** The most telling first. Empty while the run goes on. */
  readonly statistics: readonly StatisticValues[]
  /** Number of the metric, for `Wanted`, and its heat map; of durations alone. */
  readonly id: number
  readonly heat?: HeatRows
}

/** A figure that the model of a resource uses, with where it comes from. */
export interface Figure {
  readonly name: string
  readonly value: string
  readonly doc: string
  readonly source: string
  /** True when the scenario set it. */
  readonly isOwn: boolean
}

/** What is known of a resource beside its state. */
export interface Card {
  readonly resource: string
  readonly type: string
  readonly summary: string
  readonly models: readonly string[]
  readonly omits: readonly string[]
  readonly properties: readonly { readonly name: string; readonly value: string; readonly doc: string }[]
  readonly quotas: readonly Figure[]
  readonly assumptions: readonly Figure[]
}

/** All about a node: of the component that it shows first, and of those that it stands for too. */
export interface About {
  readonly node: number
  readonly cards: readonly Card[]
  readonly metrics: readonly MetricValues[]
}

/** Which request to follow: one by its number, or one that is to be found. Times in µs. */
export type Wanted =
  | { readonly by: 'trace'; readonly trace: number }
  /** The longest recorded by a metric in (from, to], of at least `low` and less than `high` µs. */
  | {
      readonly by: 'duration'
      readonly metric: number
      readonly from: number
      readonly to: number
      readonly low: number
      readonly high: number
    }
  /** The first of a node with a throttled call; the first of a node that failed. */
  | { readonly by: 'throttled' | 'failed'; readonly node: number }
  /** The first of all that left a message which was given up. */
  | { readonly by: 'dead-letter' }

/** A request that was followed, with the node of each span (−1 = none). */
export interface Followed {
  readonly waterfall: Waterfall
  readonly nodes: readonly number[]
  /** Node of the waterfall's source. */
  readonly node: number
  /** False when it goes on beyond what has been simulated. */
  readonly isWhole: boolean
}

/** From the page to the worker. `run` numbers the run that a message is about; what comes for an older one is dropped. */
export type Ask =
  | {
      readonly ask: 'load'
      readonly run: number
      readonly name: string
      readonly text: string
      /** Values of parameters over those of the scenario. */
      readonly knobs: Readonly<Record<string, string>>
      readonly files: Readonly<Record<string, string>>
      readonly seed?: string
      /** Values that take the place of `knobs` from a moment (µs) on. */
      readonly later?: { readonly at: number; readonly knobs: Readonly<Record<string, string>> }
    }
  /** Go on simulating up to this moment, in µs. */
  | { readonly ask: 'ahead'; readonly run: number; readonly until: number }
  /** Frames again that the page has let go. */
  | { readonly ask: 'frames'; readonly run: number; readonly from: number; readonly to: number }
  /** The report of the run that is done, as one HTML file. */
  | { readonly ask: 'report'; readonly run: number }
  /** One request from its client to the end of it; `id` comes back with the answer. */
  | { readonly ask: 'follow'; readonly run: number; readonly id: number; readonly wanted: Wanted }
  | { readonly ask: 'about'; readonly run: number; readonly node: number }

/** From the worker to the page. */
export type Answer =
  | { readonly answer: 'problems'; readonly run: number; readonly problems: readonly Problem[] }
  | { readonly answer: 'outline'; readonly run: number; readonly outline: Outline }
  | { readonly answer: 'frame'; readonly run: number; readonly frame: Frame }
  | { readonly answer: 'done'; readonly run: number; readonly outcomes: Outcomes }
  | { readonly answer: 'report'; readonly run: number; readonly html: string }
  /** `found` is undefined when there is no such request. */
  | { readonly answer: 'followed'; readonly run: number; readonly id: number; readonly found: Followed | undefined }
  | { readonly answer: 'about'; readonly run: number; readonly about: About }
  | { readonly answer: 'bug'; readonly run: number; readonly message: string }
