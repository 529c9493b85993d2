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
  /** The routes that lead to the call, where the program serves several and the call belongs to some: `GET /items`. */
  readonly routes?: readonly string[]
}
