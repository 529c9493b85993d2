// What was inferred, as plain data: who calls what, why we think so, and how sure that is.
import type { Span } from '../diag/span.ts'

/**
 * strong: a permission on the resource and its name handed over in the environment, or wiring that the template states;
 * likely: one of the two, where the other cannot be known or nobody is handed the name;
 * weak: a wildcard, a managed policy, a name without a permission, or a permission that another function's environment explains.
 */
export type Strength = 'strong' | 'likely' | 'weak'

export interface Evidence {
  /** A sentence's part: `policy statement allows dynamodb:PutItem`, `environment variable TABLE_NAME`. */
  readonly text: string
  readonly span: Span
}

export interface InferredCall {
  /** Logical id of what calls: a function, a task definition, a queue, a rule, an API, … */
  readonly from: string
  /** As in an IAM policy: `dynamodb:PutItem`; `http:GET` for an address. */
  readonly action: string
  readonly to: string
  /** code: made by a program; wire: stated by the template; failure: stated, for what could not be processed. */
  readonly kind: 'code' | 'wire' | 'failure'
  readonly strength: Strength
  readonly evidence: readonly Evidence[]
  /** The resource that states it: a mapping, a subscription, a rule; absent for calls of programs and of state machines. */
  readonly by?: string
  /** The routes that lead to the call, where the program serves several and the call belongs to some: `GET /items`. */
  readonly routes?: readonly string[]
}

/** Something that makes a resource work: another resource, or something outside the template. */
export interface Source {
  readonly to: string
  /** Logical id; undefined outside the template. */
  readonly from: string | undefined
  /** In words, for a list: `stream DataStream`, `sns.amazonaws.com`. */
  readonly what: string
  readonly span: Span
  /** The resource that states it: a mapping, a subscription, an API; undefined where it is only mentioned or permitted. */
  readonly by: string | undefined
  /** `GET /items`, where it is a route of an API. */
  readonly route?: string
  /** `rate(5 minutes)` where it works by the clock. */
  readonly schedule?: string
}

export interface Inference {
  /** Every call that is stated or inferred, in the template's order. */
  readonly calls: readonly InferredCall[]
  /** What sets each function (queue, machine, …) to work. */
  readonly sources: readonly Source[]
}

/** What of a template is simulated, as the language knows it. */
export interface Rooms {
  /** The parameter that names the resource, when its room answers the action. */
  targetOf(logicalId: string, action: string): string | undefined
  takesHandler(logicalId: string): boolean
  /** Whether a mapping, subscription or the like brings work to others in the simulation. */
  carries(logicalId: string): boolean
  /** Everything that can be asked from outside: routes, actions. What is asked of something in front of a resource names that as `behind`. */
  readonly entries: readonly { readonly on: string; readonly operation: string; readonly behind?: string }[]
  /** Names that no workload may take. */
  isTaken(name: string): boolean
}
