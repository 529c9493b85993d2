// The plan of a world: what the language hands to the assembly. Plain data, names resolved, figures final.
import type { CfnType, Config, Profile, ServiceDef } from './contract.ts'

export interface ComponentPlan {
  /** Logical id; unique in the world. */
  readonly name: string
  readonly type: CfnType
  readonly def: ServiceDef
  readonly config: Config
  /** The name that CloudWatch dimensions carry (a physical name); the logical id when absent. */
  readonly dimensionValue?: string
  /** Settings of assumptions for this component, over the type's and the defaults; texts in the scenario's language. */
  readonly assumptions?: Readonly<Record<string, string>>
}

/** A limit on the rate of one API operation in the account, checked by the dispatcher. */
export interface ApiLimit {
  readonly action: string
  /** Calls per second and bucket size. */
  readonly rate: number
  readonly burst: number
}

export interface FaultPlan {
  /** When it starts and ends, in µs. */
  readonly at: number
  readonly until: number
  /** FIS action id. */
  readonly fault: string
  /** The component that suffers it; absent for faults of the API layer. */
  readonly target?: string
  readonly params: Config
  /** Its number in the scenario's list. */
  readonly entry?: number
}

/** Values that hold from a moment on; only those that every room concerned can take over while it runs. */
export interface Amendment {
  /** µs. */
  readonly at: number
  /** All overrides of quotas from then on. */
  readonly quotas: Readonly<Record<string, number>>
  /** The config of each component whose values change, whole. */
  readonly configs: ReadonlyMap<string, Config>
}

/** What a scenario says of prices. */
export interface PriceSettings {
  /** US dollars by full name (`lambda.Requests`), as decimal texts. */
  readonly overrides: Readonly<Record<string, string>>
  /** Whether the account has AWS's free tier. */
  readonly freeTier: boolean
}

export interface WorldPlan {
  readonly seed: number | string
  readonly profile: Profile
  /** Overrides of quotas by full name (`lambda.ConcurrentExecutions`). */
  readonly quotas: Readonly<Record<string, number>>
  /** Absent = AWS's list prices, without the free tier. */
  readonly prices?: PriceSettings
  readonly apiLimits: readonly ApiLimit[]
  readonly components: readonly ComponentPlan[]
  readonly faults: readonly FaultPlan[]
  /** The moment of the calendar that time 0 is, in µs since 1970. */
  readonly startsAt: number
  /** Length of the run and of its unmeasured beginning, in µs. */
  readonly duration: number
  readonly warmUp: number
  /** What changes while it runs, in order of time. */
  readonly amendments?: readonly Amendment[]
  /** Moments (µs) at which a window of an expectation begins or ends. */
  readonly cuts: readonly number[]
}
