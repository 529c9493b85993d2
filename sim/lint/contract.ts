// What a lint is: advice about a scenario that works but is known for trouble. Types only.
//
// The one idea: a lint reads what was written, asks nobody, and answers with findings. What it cannot know (a parameter without a
// value, a resource of another stack) it is silent about: `NaN` compares as false, `undefined` is skipped.
import type { LintSlug } from '../diag/catalogue.ts'
import type { Explanation } from '../diag/explanation.ts'
import type { Span } from '../diag/span.ts'
import type { Instruction, Program, Template } from '../parts/program.ts'
import type { Config, Profile } from '../model/contract.ts'
import type { Way } from '../model/network.ts'

/** A known trap, explained: a warning, or a note where it is a matter of taste. The examples are whole; a test runs them. */
export interface Lint extends Explanation {
  readonly severity: 'warning' | 'note'
  readonly wrong: string
  readonly right: string
  readonly source: string
  readonly find: (scene: Scene) => readonly Finding[]
}

/** Lints by their slugs, named for the bad thing: `sqs/dead-letters-expire-early`. */
export type Lints = Readonly<Record<LintSlug, Lint>>

export interface Finding {
  /** What is so here, with the figures: lower case, no full stop, identifiers in backticks. */
  readonly message: string
  readonly span: Span
  readonly label?: string
  /** What to write instead, as it stands in a template: `VisibilityTimeout: 180`. */
  readonly help: string
  readonly also?: readonly { readonly span: Span; readonly label: string }[]
}

/** The way to a value from a resource's `Properties` down. */
export type PropertyPath = readonly (string | number)[]

/** A resource as its author wrote it, functions resolved. */
export interface Written {
  readonly logicalId: string
  readonly type: string
  /** What its room made of it, defaults filled in; undefined for what is not simulated. */
  readonly config: Config | undefined
  /** The room's dimension in CloudWatch; undefined for what is not simulated. */
  readonly dimensionValue: string | undefined
  readonly deletionPolicy: string | undefined
  /** The SAM resource it was made from; its own logical id when somebody wrote it. */
  readonly origin: string
  /** The plain value at a path; undefined when there is none. */
  value(...path: PropertyPath): unknown
  /** A number; `absent` when nothing is written; NaN when it is no number or hangs on a parameter without a value. */
  number(absent: number, ...path: PropertyPath): number
  /** A text; undefined when nothing is written or it hangs on a parameter without a value. */
  text(...path: PropertyPath): string | undefined
  /** The items of a list, or a lone value as a list of one, made-up values too; none when nothing is written. */
  list(...path: PropertyPath): readonly unknown[]
  /** Whether the value stands in the template as it is, by no function. */
  isLiteral(...path: PropertyPath): boolean
  /** The place of a property, or of the deepest part of its path that is written. */
  place(...path: PropertyPath): Span
}

/** The handler of a function, compiled. */
export interface HandlerView {
  readonly of: Written
  readonly program: Program
  /** False for one that was read out of the template's permissions: what may be called need not be. */
  readonly isWritten: boolean
  place(instruction: Instruction): Span
}

export interface WorkloadView {
  readonly name: string
  readonly span: Span
  readonly target: Written
  readonly action: string
  /** What a request reaches first: the target itself, or what stands behind the route of an API. */
  readonly reaches: Written | undefined
  /** What each request carries. */
  readonly body: Template
  /** Requests per second at the highest point of its rate; NaN for users and traces. */
  readonly peak: number
  readonly attempts: number
  /** µs; Infinity when it waits for ever. */
  readonly timeout: number
}

/** An edge along which work flows: a call, a subscription, an event source. */
export interface Flow {
  readonly from: string
  readonly to: string
  /** `sqs:SendMessage` for a call, the type of the resource that wires it otherwise. */
  readonly by: string
  readonly span: Span
  /** False where it was read out of permissions. */
  readonly isCertain: boolean
}

/** All that a lint may look at. */
export interface Scene {
  readonly profile: Profile
  /** The resources of these types in the template's order, all of them when none is named. */
  all(...types: readonly string[]): readonly Written[]
  /** The resource that a name, ARN, URL or logical id leads to; of an alias or a version its function. */
  at(text: unknown): Written | undefined
  /** A quota of the account by its full name: `lambda.ConcurrentExecutions`. */
  quota(name: string): number
  readonly handlers: readonly HandlerView[]
  readonly workloads: readonly WorkloadView[]
  readonly flows: readonly Flow[]
  /** How a call of an action from one resource to another fares in the network. */
  wayOf(from: string, to: string, action: string): Way
}
