// What a service is. Types only; nothing here runs. The scenario's validation, the model card, the metric catalogue
// and the room's wiring all derive from one literal of this shape.
import type { Slug } from '../diag/catalogue.ts'
import type { Call, Calls } from '../engine/calls.ts'
import type { EventFunction, Target, TimerHandle } from '../engine/kernel.ts'
import type { Rng } from '../engine/rng.ts'
import type { Sampler } from '../engine/sample.ts'
import type { MetricId, Series } from '../engine/recorder.ts'
import type { ErrorTable } from './errors.ts'
import type { Price } from './price.ts'
import type { NetworkGraph, Place } from './network.ts'

/** Identity, import key and path: `AWS::SQS::Queue` lives in `services/sqs/queue.ts`. `Sim::` types are our own. */
export type CfnType = `${'AWS' | 'Sim'}::${string}::${string}`
/** An API operation, spelled as in an IAM policy: `sqs:SendMessage`. */
export type Action = `${string}:${string}`
export type Family =
  'client' | 'compute' | 'messaging' | 'storage' | 'database' | 'edge' | 'delivery' | 'security' | 'observability'
export type CwUnit = 'Count' | 'Count/Second' | 'Seconds' | 'Milliseconds' | 'Bytes' | 'Percent' | 'None'
/** `current` is AWS today; `notes-2020` the figures of the study notes that the project began from. */
export type Profile = 'current' | 'notes-2020'
/** A logical id of the template, standing for a component of the world. */
export type Ref = string

/** A citable figure, then and now. Scenarios override it as `<service>.<name>` under `Quotas`. */
export interface Quota {
  readonly current: number
  /** Only where the notes' figure differs. */
  readonly notes2020?: number
  readonly unit: string
  readonly doc: string
  /** True when AWS raises it on request (Service Quotas) and a run can show the difference. */
  readonly adjustable?: true
  /** Rule or fact ids (`LAM-30`, `N.LAMBDA-11`) or a document. */
  readonly source: string
}

/** What AWS does not document: a knob with a default, set under `Simulation.Assumptions`. */
export interface Assumption {
  /** How the text of a setting is read: a distribution of durations or sizes, a plain number, a probability, or one of `choices`. */
  readonly kind: 'duration' | 'size' | 'number' | 'probability' | 'choice'
  /** In the language of scenarios: `lognormal(p50=3ms, p99=8ms)`, `600s`, `MRU`. */
  readonly default: string
  /** The default where it follows from the resource's own properties (a cold start by runtime); `default` is then the common one. */
  readonly defaultFor?: (config: Config) => string
  readonly choices?: readonly string[]
  readonly doc: string
  readonly source: string
}

/** One CloudFormation property. Written with the `p` combinators, never by hand. */
export interface Prop {
  readonly kind:
    'int' | 'number' | 'bool' | 'string' | 'enum' | 'ref' | 'list' | 'record' | 'map' | 'any' | 'distribution'
  readonly doc: string
  /** `undefined` = absent unless written; a property that must be written has `required`. */
  readonly default?: unknown
  readonly required?: boolean
  /** Limits; a text names a quota of this service whose value depends on the profile. */
  readonly range?: readonly [min: number | string, max: number | string]
  readonly values?: readonly string[]
  readonly unit?: string
  readonly fields?: Props
  readonly of?: Prop
  /** distribution: what it is a distribution of; the text of the scenario becomes a `Sampler` of base units. */
  readonly measure?: 'duration' | 'size' | 'count'
  /** True for a property that CloudFormation knows and the model leaves out: it goes on the 'not simulated' list. */
  readonly unused?: boolean
}
export type Props = Readonly<Record<string, Prop>>
/** The checked properties of a resource, defaults filled in; frozen. */
export type Config = Readonly<Record<string, any>>

/** A resource of the scenario as a room may see it while the world is put together. */
export interface ResourceView {
  readonly logicalId: Ref
  readonly type: string
  readonly config: Config
  /** Its `UpdatePolicy`, beside the properties. */
  readonly updatePolicy?: Config
  /** Reports a mistake at a property of this resource (`path` from `Properties` down). */
  error(path: readonly (string | number)[], slug: Slug, message: string, help?: string): void
  /** Puts a line on the 'not simulated' list. */
  notSimulated(path: readonly (string | number)[], message: string): void
  /** The mean, in base units, of what is assumed of it: a size or a number, as the scenario has it or by default. */
  assumed(name: string): number
}

/** The neighbourhood of a resource at assembly. */
export interface Near {
  readonly self: ResourceView
  /** Every resource of a type, in order of logical id. */
  all(type: string): readonly ResourceView[]
  /** The resource that an ARN, URL, name or integration URI points at. Aliases and versions lead to what they stand for only through their own room. */
  resourceAt(text: unknown): ResourceView | undefined
  quota(name: string): number
  /** The region of the resource's stack. */
  readonly region: string
  /**
   * What the steps of the scenario that call this operation on the resource say in `Op.defines`, in the order in which they stand: a
   * call carries its place in this list.
   */
  defined(action: Action): readonly unknown[]
}

/** Something another component may ask of this one. Runs to completion; answers with `sim.reply`, now or later. */
export interface Op<S> {
  readonly doc: string
  /** The parameter of the API that names the resource (`QueueUrl`); absent for operations on the account. */
  readonly target?: string
  /** True where that parameter may be left out in a scenario with one such resource: a client is made for it. */
  readonly targetMayBeLeftOut?: true
  /**
   * The parameter that names another resource, of one of these types, which the callee works on in turn: the table behind a
   * cache. Bodies carry its logical id, and the callee's config says as `Onto` which there are: by logical id, the actions.
   */
  readonly onto?: { readonly param: string; readonly types: readonly CfnType[] }
  /**
   * The parameter that says what the resource itself is from then on, such as the document of an API: it is read before the run
   * (`Near.defined`), so that whatever it names is found then.
   */
  readonly defines?: string
  /** The other parameters that the model reads, by the API's own names. */
  readonly params?: readonly string[]
  /** Parameters that AWS knows and the model ignores. */
  readonly ignored?: readonly string[]
  /** The exceptions it can raise. */
  readonly errors?: readonly string[]
  readonly run: (self: S, call: Call) => void
  /** True for what rooms ask of each other and no API shows: a scenario may not name it. */
  readonly internal?: true
  /** True for what is handed over without anybody waiting for the answer. */
  readonly oneWay?: true
  /** Whether an answer with status 0 tells of a failure all the same: a function error (LAM-20). */
  readonly failed?: (answer: unknown) => boolean
  /** The messages that it takes in or lets go, so that a request can be followed through a queue. */
  readonly messages?: MessageFlow
  /** How it answers in pages, where a client may ask for all of them by `PaginationConfig`. */
  readonly pages?: Pages
  /** For those who keep copies of what is stored here. */
  readonly copies?: Copies<S>
}

/** What a cache of an operation's answers must know to tell a stale copy from a good one. None has any effect, or takes time. */
export interface Copies<S> {
  /** Of a read: what it would find if it saw every write, in the operation's own words. */
  readonly newest?: (self: S, body: any) => unknown
  /** Of a read: whether a write that was answered before `asked` (µs) has replaced what it answered; undefined = that cannot be told. */
  readonly isStale?: (self: S, body: any, answer: any, asked: number) => boolean | undefined
  /** Of a write that has succeeded: what a read answers from then on; undefined = nothing is there any more. */
  readonly leaves?: (body: any, answer: any) => unknown
}

/** How an operation answers in pages, by its own names: where the items and the next start stand in an answer, and where they go in a request. */
export interface Pages {
  readonly items: string
  readonly next: string
  readonly start: string
  readonly limit: string
}

/** What an operation does with messages: takes them in, hands them out, gets them from a mapping, lets go of them. */
export interface MessageFlow {
  readonly way: 'in' | 'out' | 'on' | 'gone'
  /** Those that a call with this body and answer is about: by id, by the handle of their receive, or both. */
  readonly of: (body: any, answer: any) => readonly MessageNote[]
}

export interface MessageNote {
  readonly id?: unknown
  readonly handle?: unknown
  /** When the message was sent first, in µs, where the operation knows it. */
  readonly since?: number
}

/** What happens to a request when one of a room's timers comes. Times in µs. */
export type Ending =
  /** A stage of the work for a call ends. It began at `from`; where that is unknown, when what came before in its `line` ended: a program's frame and those that wait for it. */
  | {
      readonly end: 'stage'
      readonly of: Call
      readonly stage: StageKind
      readonly words: string
      readonly from?: number
      readonly line?: readonly number[]
    }
  /** The room no longer waits for an answer to a call of its own. */
  | { readonly end: 'given up'; readonly call: Call }
  /** The work for a call is cut off. */
  | { readonly end: 'timed out'; readonly of: Call }
  /** A message is visible again, or for the first time. */
  | { readonly end: 'hidden'; readonly message: unknown; readonly delayed: boolean }

/** What a stretch of a request's time went into. */
export type StageKind = 'work' | 'wait' | 'start'

/**
 * How a room's part of a request is read for its waterfall. Pure; asked only while a run is made again for one request, so
 * that a run that nobody looks into pays nothing.
 */
export interface Traced<S> {
  /** What the room does between a call and its answer when nothing more is known of it: `waits for a worker`. */
  readonly inside?: string
  /** The same as `inside` is taken for time that passes without work. */
  readonly insideWaits?: boolean
  /** What the time is called that an answer is on its way: `service time`. */
  readonly answer?: string
  /** The call that one of the room's own calls serves; −1 = it serves none. */
  readonly serves?: (self: S, call: Call) => Call
  /** When the request began that one of the room's own calls belongs to. */
  readonly since?: (self: S, call: Call) => number
  /** Whether a request that begins here is not over yet. */
  readonly holds?: (self: S, trace: number) => boolean
  /** The first request of it that failed; 0 = none has. */
  readonly firstFailed?: (self: S) => number
  /** By timer: what comes to its end with it. Asked before the timer runs. */
  readonly ends?: Readonly<Record<string, (self: S, arg: number) => Ending | undefined>>
}

/** A CloudWatch metric under its CloudWatch name. */
export interface Metric<S> {
  readonly unit: CwUnit
  /** Where it is none of CloudWatch's but only the simulator can know it. */
  readonly namespace?: 'Sim'
  /**
   * count: a value per emission (`sim.count`); distribution: the same with percentiles, in µs or bytes (`sim.record`);
   * gauge: read from the state at the end of each minute; age: as gauge, the µs since the moment that `read` returns;
   * level: reported at each change (`sim.level`), with the maximum and the time average of each minute.
   */
  readonly kind: 'count' | 'distribution' | 'gauge' | 'age' | 'level'
  readonly doc: string
  /** gauge: the value now, NaN = no data point; age: the time (µs) it counts from, −1 = 0, NaN = no data point. */
  readonly read?: (self: S, now: number) => number
  /** gauge: µs from one reading to the next, a whole number of minutes; a minute when absent. */
  readonly period?: (self: S) => number
  /** gauge: dimensions that it has besides the resource's own, always the same. */
  readonly dimensions?: Readonly<Record<string, string>>
}

/** A property of the state that holds between any two events. The key is the sentence shown when it breaks. */
export type Invariant<S> = (self: S) => boolean

/** A fault of the Fault Injection Service that this type can suffer. */
export interface Fault<S> {
  readonly doc: string
  readonly params: Props
  readonly start: (self: S, params: Config) => void
  readonly stop: (self: S, params: Config) => void
}

/** A number that a glyph shows. */
export interface Quantity {
  /** Capital letter; unique within its room or its row of cells. */
  readonly name: string
  /** Such as `messages`, `1/s`, `s`, `%`. */
  readonly unit: string
  readonly doc: string
  /** True for a count since the beginning, of which the rate per second is shown. */
  readonly counter?: true
}

export interface Reading<S> extends Quantity {
  /** NaN = there is nothing to show now. */
  readonly read: (self: S, now: number) => number
}

/** Takes one cell: a number that stays with it as long as it lives, its columns, and a name for it if there is one. */
export type CellSink = (id: number, values: readonly number[], label?: string) => void

/** Alike things inside a resource, shown side by side: environments, partitions. */
export interface Cells<S> {
  readonly name: string
  readonly doc: string
  readonly columns: readonly Quantity[]
  /** Hands over every cell in the order in which they are shown. */
  readonly each: (self: S, now: number, cell: CellSink) => void
}

/** Something on the time line of a resource, at `time` µs. */
export interface Happening {
  readonly time: number
  readonly kind: 'alarm' | 'deployment'
  readonly text: string
}

/** What the canvas and the report may know. Pure, called per frame and never per event. */
export interface View<S> {
  readonly glyph: string
  readonly label: string
  /** What distinguishes this one, beside the label: `reserved 5`. */
  readonly detail?: (config: Config) => string | undefined
  readonly level: (self: S) => number
  readonly levelMax: (self: S) => number
  readonly tone: (self: S) => 'calm' | 'busy' | 'throttling' | 'failing'
  readonly readings?: readonly Reading<S>[]
  readonly cells?: readonly Cells<S>[]
  /** The resource that it is shown as: the function of an alias. */
  readonly partOf?: (config: Config) => Ref | undefined
  /** For what only fetches and hands on: shown as the way between two resources. */
  readonly road?: (config: Config) => { readonly from: Ref; readonly to: Ref } | undefined
  /** Where messages go that it gives up. */
  readonly deadLetters?: (config: Config) => readonly Ref[]
  /** How many requests are expected of it before a time (µs), in proportion to other times. */
  readonly demand?: (config: Config) => (time: number) => number
  /** What it will do at given times (µs), once or again. */
  readonly plannedAt?: (
    config: Config,
    run: RunTime,
  ) => readonly { readonly at: number; readonly every?: number; readonly until?: number; readonly label: string }[]
  /** What happened to it in (from, to] that is worth a mark on the time line. */
  readonly marks?: (self: S, from: number, to: number) => readonly Happening[]
  /** Metrics that it looks at, with the dimensions' values. */
  readonly watches?: (
    config: Config,
  ) => readonly { readonly namespace: string; readonly dimensions: readonly string[] }[]
}

/** A sentence about what went wrong at a resource, with its place in time. */
export interface Finding {
  /** The kind of trouble in kebab-case: `hot-partition`. */
  readonly kind: string
  /** When it began and when it was seen last, in µs. */
  readonly from: number
  readonly to: number
  /** A few words, capital letter, no full stop. */
  readonly title: string
  /** One or two sentences with the figures. */
  readonly text: string
  /** 0..1: the share of what came here that it struck. */
  readonly share: number
  /** True for what users feel: the end of a chain, never a cause. */
  readonly isFelt?: true
  /** Resources at which what brought it about may be found, the likeliest first. */
  readonly suspects?: readonly Ref[]
  /** Resources whose retries may have driven it. */
  readonly drivers?: readonly Ref[]
}

/** Calls between two resources, of all their operations, since the warm-up. */
export interface Traffic {
  readonly other: Ref
  readonly sent: number
  /** Calls that were answered with an exception, those of them that were throttles, and when it began and ended, in µs. */
  readonly failed: number
  readonly throttled: number
  readonly failedFrom: number
  readonly failedTo: number
  /** Calls that were second and later attempts. */
  readonly retried: number
  /** Why some of the calls have no way through the network; empty when all have. */
  readonly noWay: string
}

/** What a room may look at, beside its own state, to say what went wrong: the run's end, its metrics, its neighbours. */
export interface Look {
  /** µs. */
  readonly now: number
  readonly warmUp: number
  readonly name: Ref
  /** A CloudWatch statistic of one of its own metrics over [from, to) µs in its unit, without the warm-up unless asked for; undefined without data. */
  metric(name: string, statistic: string, from?: number, to?: number): number | undefined
  /** Those that call it, and those that it calls: busiest first. */
  callers(): readonly Traffic[]
  callees(): readonly Traffic[]
  /** Resources that fetch from it by a way of their own (`View.road`). */
  consumers(): readonly Ref[]
  /** Resources whose metrics it looks at (`View.watches`). */
  watched(): readonly Ref[]
}

/** What can become another value while a resource runs, as AWS changes it in place. */
export interface Amend<S> {
  /** Members of the config that can, of those that differ between two. */
  readonly members: (before: Config, after: Config) => readonly string[]
  /** Quotas, by the name after the service's prefix. */
  readonly quotas?: readonly string[]
  /** Takes the values over; `sim.quota` answers by the new ones already. What is under way keeps what it began with. */
  readonly run: (self: S, config: Config, before: Config) => void
}

/** When a run is, in the calendar and in length: both in µs. */
export interface RunTime {
  readonly startsAt: number
  readonly duration: number
}

export interface ServiceDef<S = any> {
  readonly type: CfnType
  readonly family: Family
  /** CloudWatch namespace and the dimension that carries the resource's name. */
  readonly namespace: string
  /** Where it depends on the resource: an NLB's is another than an ALB's. */
  readonly namespaceOf?: (config: Config) => string
  readonly dimension: string
  /** The dimension's value from the resource's `Ref`; the physical name when absent. */
  readonly dimensionValue?: (config: Config, ref: string) => string
  /** True when the scenario gives it a program under `Handlers`, handed over as `config.Handler`; 'versions': and others under `Name@2`, handed over as `config.VersionHandlers`; 'workers': what its machines do again and again, if anything is said of it. */
  readonly handled?: true | 'versions' | 'workers'
  /** One sentence, capital letter, full stop. */
  readonly summary: string
  /** What the model does, one sentence a behaviour, with its sources. */
  readonly models: readonly string[]
  /** What the model leaves out, said plainly; printed first on the card. */
  readonly omits: readonly string[]
  /** Figures then and now; the key is the name after the service's prefix (`ConcurrentExecutions` of `lambda.ConcurrentExecutions`). */
  readonly quotas: Readonly<Record<string, Quota>>
  readonly assumptions: Readonly<Record<string, Assumption>>
  /**
   * What AWS bills for it, line by line; the key is the name after the service's prefix. Empty = AWS bills nothing. Absent = it
   * is named on every bill as not priced; only our own `Sim::` types may be silent.
   */
  readonly prices?: Readonly<Record<string, Price<S>>>
  /** What AWS bills of it and no line has: `data transfer out`. Shown on the bill. */
  readonly unbilled?: readonly string[]
  /** What of this very resource has no line: an instance of a type whose price is not known. */
  readonly unpriced?: (config: Config) => readonly string[]
  readonly props: Props
  /** Resource types that only configure this one (a stage, an alias), with their properties. Read them in `gather`. */
  readonly parts?: Readonly<Record<string, Props>>
  /** Adds to the config what other resources say about this one, and checks what one property alone cannot show. */
  readonly gather?: (near: Near) => Readonly<Record<string, unknown>>
  /** True when the account has exactly one, whether or not the template names it. */
  readonly singleton?: boolean
  /**
   * Components of the same kind that the resource stands for besides its own: replicas in other regions. Their names, and their
   * dimension's values, are the resource's with a dot and `name`.
   */
  readonly copies?: (config: Config) => readonly { readonly name: string; readonly config: Config }[]
  /** Turns the `Operation` of a workload into (action, argument): a route of an API. Undefined = the text is an action. */
  readonly entry?: (config: Config, operation: string) => Entry | { error: string; help?: string } | undefined
  /** The entries a bare template's default workload uses. */
  readonly entries?: (config: Config) => readonly string[]
  /**
   * Where it stands in front of another resource: what a bare template's workload asks of it in place of an entry of that one.
   * Undefined = it does not lead there.
   */
  readonly front?: (config: Config, to: Ref, operation: string) => string | undefined
  /** For a cache: the operations that the step `Cache` of a handler becomes. */
  readonly caches?: (config: Config) => CacheVerbs
  /** Whether it brings work from one resource to another by itself, as a mapping does whose source is simulated. */
  readonly carries?: (config: Config, run: RunTime) => boolean
  /** Where it stands in the network (`model/network.ts`); undefined outside of every VPC. */
  readonly place?: (config: Config) => Place | undefined
  /** Of the one type that knows the network of the account: what leads where. */
  readonly network?: (config: Config) => NetworkGraph
  readonly create: (config: Config, sim: Sim) => S
  /** How its values change while it runs; without it they cannot. */
  readonly amend?: Amend<S>
  readonly ops: Readonly<Record<Action, Op<S>>>
  /** Everything the component schedules for itself or receives as an answer; the key names it in traces. */
  readonly timers: Readonly<Record<string, EventFunction<S>>>
  readonly metrics: Readonly<Record<string, Metric<S>>>
  readonly faults?: Readonly<Record<string, Fault<S>>>
  readonly invariants: Readonly<Record<string, Invariant<S>>>
  /** Asked at the end of every metric period; answers whether it must be asked again at the next one even if nothing happens until then. */
  readonly periodEnded?: (self: S, time: number) => boolean
  /** How often `periodEnded` is asked, in µs: every minute when absent, else an even part of one. */
  readonly periodEvery?: (config: Config) => number
  /** Called once when the run ends, before the last metrics are read: settle areas and sums up to now. */
  readonly finish?: (self: S) => void
  readonly view: View<S>
  readonly traced?: Traced<S>
  /** What went wrong here, said after the run; silent about what is healthy. */
  readonly insights?: (self: S, look: Look) => readonly Finding[]
  /** What the report shows of the state beyond metrics: plain data (hot partitions, alarm history). */
  readonly report?: (self: S) => unknown
}

/** What the `Operation` of a workload stands for. */
export interface Entry {
  readonly action: Action
  readonly arg: number
  /** Parameters that it brings along, such as a path; texts with `{$.name}` are filled from the attributes. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** A metric as CloudWatch knows it (CW-01), and its history. */
export interface PublishedSeries {
  readonly namespace: string
  readonly name: string
  readonly unit: CwUnit
  readonly dimensions: Readonly<Record<string, string>>
  readonly series: Series
}

/** Who calls on an edge, where that matters: its permission is looked at, and its calls are written into the trail. */
export interface Caller {
  readonly account: string
  readonly user: string
  /** Asks whether it may; nothing is carried out (N.CLI-SDK-06). */
  readonly dryRun: boolean
  /** 'nobody' = no credentials were found. */
  permission(action: Action): 'allowed' | 'denied' | 'nobody'
}

/** The operations of a cache's engine, and how they are told a time to live. */
export interface CacheVerbs {
  /** The parameter that names the cache. */
  readonly target: string
  readonly get: Action
  readonly set: Action
  readonly delete: Action
  /** The parameter of `set` for the time to live, and how many µs one of it is. */
  readonly life: string
  readonly perLife: number
  /** Stores a key only where there is none; answers with `Result: null` otherwise. */
  readonly add: Action
  readonly addWith: Readonly<Record<string, unknown>>
}

/** All a component can see of the world. The upper half resolves names once, in `create`; the lower half runs per event. */
export interface Sim {
  /** The component's name: its logical id. */
  readonly name: Ref
  /** The name that the resource has in AWS, as metrics carry it; the logical id where there is none. */
  readonly physicalName: string
  /** This component's number in the world. */
  readonly component: number
  /** When the warm-up is over, in µs: what came before stays out of figures and findings. */
  readonly warmUp: number
  /** An event function of `timers`, by identity. */
  target<S>(run: EventFunction<S>): Target
  metric(name: string): MetricId
  /** A second series of a metric with more dimensions than the resource's own: `ThrottledRequests` by `Operation`. */
  metricWith(name: string, dimensions: Readonly<Record<string, string>>): MetricId
  /** Publishes a series under one more set of dimensions besides the resource's own (of an API with one stage, the stage's). */
  metricAlias(metric: MetricId, name: string, dimensions: Readonly<Record<string, string>>): void
  /**
   * The edge to another component on which `action` is called; its answers arrive at `answered`. `fromPlace`: the call leaves from where
   * the resource stands in the network, as those of a program do; what a service does for it by itself needs no way.
   */
  edge<S>(to: Ref, action: Action, answered: EventFunction<S>, caller?: Caller | null, fromPlace?: boolean): number
  /** Closes every way that leads through this component, or opens it again. */
  closeWays(closed: boolean): void
  /** Calls whose way led through this component so far; where a caller has several ways, its share. */
  passed(): number
  /** The component at the far end of an edge. */
  calleeOf(edge: number): Ref
  /** What a request such as `GET /orders` means to another component that has routes; undefined = it has no such one. */
  entryOf(to: Ref, operation: string): Entry | undefined
  /** Who calls on an edge, where that is known: an action of the operator. */
  callerOf(edge: number): Caller | null
  /** What the operation at the far end would find if it saw every write (`Copies.newest`); undefined where it cannot tell. */
  peek(edge: number, body: unknown): unknown
  /** Its own stream, a function of (scenario seed, component name, purpose). */
  rng(purpose: string): Rng
  quota(name: string): number
  sampler(assumption: string): Sampler
  choice(assumption: string): string
  /** An exception's id in the world's table; registered on first use. */
  error(name: string, http: number): number
  /** The series of a metric anywhere in the world, for alarms; undefined while nobody publishes it. */
  series(namespace: string, metric: string, dimensions: Readonly<Record<string, string>>): PublishedSeries | undefined
  /** The series of a custom metric, opened on first use. `period` in µs: 60 s standard, 1 s high resolution. `of` whom it tells; itself when absent. */
  customMetric(
    namespace: string,
    metric: string,
    dimensions: Readonly<Record<string, string>>,
    unit: CwUnit,
    period: number,
    of?: Ref,
  ): MetricId
  /** Every metric that somebody publishes, in the order in which they were opened. */
  metrics(): readonly PublishedSeries[]
  /** A CloudWatch statistic (`Sum`, `p99`, `TM(5%:95%)`) over [from, to) µs in the metric's own unit; undefined without data. */
  statistic(metric: PublishedSeries, statistic: string, from: number, to: number): number | undefined
  /** The world's exceptions: names, HTTP codes and how an SDK treats them, by status. */
  readonly errors: ErrorTable
  /** A component's state by name, for rooms of the same namespace and type only (the account's shared pool). */
  peer<S>(name: Ref): S

  /** The moment of the calendar that time 0 is, in µs since 1970 (`parts/calendar.ts`): now is `startsAt + clock[0]`. */
  readonly startsAt: number
  /** [0] = now, in µs. */
  readonly clock: Float64Array
  readonly calls: Calls
  after(delay: number, target: Target, arg: number): void
  timer(delay: number, target: Target, arg: number): TimerHandle
  cancel(handle: TimerHandle): void
  /** When a pending timer fires, in µs. */
  dueAt(handle: TimerHandle): number
  /** Opens a call on an edge. `trace` is the request from outside that it serves. */
  open(edge: number, cookie: number, trace: number): Call
  /** Sends an opened call through the dispatcher. Zero delay, queued: never re-enters the caller. */
  send(call: Call): void
  /** What whoever keeps copies may ask of the operation behind an edge (`Copies`). */
  isStale(edge: number, body: unknown, answer: unknown, asked: number): boolean | undefined
  leaves(edge: number, body: unknown, answer: unknown): unknown
  /** Nobody waits for a call's answer any more; whoever looks on sees it. The answer still comes, and closes the call. */
  abandon(call: Call): void
  close(call: Call): void
  /** Answers a call at once, or `delay` µs from now. Status 0 = success. */
  reply(call: Call, status: number): void
  replyAfter(delay: number, call: Call, status: number): void
  count(metric: MetricId, value: number): void
  /** Emits `n` values of a count at once, by their sum, least and greatest. */
  aggregate(metric: MetricId, n: number, sum: number, min: number, max: number): void
  record(metric: MetricId, value: number): void
  level(metric: MetricId, value: number): void
}
