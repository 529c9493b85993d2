// API keys at run time: who sends a request, and whether its usage plan lets it in.
import type { Sim } from '../model/contract.ts'
import { partOf, type KeyPart } from './gateway-cache.ts'

/** A key that may call a stage, by what a request may carry for it. */
export interface StageKey {
  readonly key: string
  readonly plan: string
  /** Its value, its name, its logical id. */
  readonly texts: readonly string[]
}

/** Who may call the methods of a stage that ask for a key. */
export interface StageKeys {
  /** By route. */
  readonly required: readonly boolean[]
  readonly keys: readonly StageKey[]
  /** What a plan calls the stage and its routes: `Api/prod`, `/orders/GET`. */
  readonly stage: string
  readonly methods: readonly string[]
}

export const ADMITTED = 0
export const TOO_FAST = 1
export const SPENT = 2
export type Admission = typeof ADMITTED | typeof TOO_FAST | typeof SPENT

/** A usage plan as an API sees it. */
export interface PlanMeter {
  /** Counts a request of a key to a method of a stage, or refuses it. */
  admit(key: string, stage: string, method: string): Admission
}

const API_KEY: KeyPart = { at: 'headers', name: 'x-api-key' }
/** The name that CloudFormation makes of a logical id, which is what `!Ref` of a key gives. */
const MADE_NAME = /-([A-Za-z0-9]+)-[A-Z0-9]{12}$/

/** The keys of one stage. */
export class KeyRing {
  /** Requests without a key that may call the stage. */
  strangers = 0
  private readonly sim: Sim
  private readonly keys: StageKeys
  private readonly byText = new Map<string, StageKey>()

  constructor(sim: Sim, keys: StageKeys) {
    this.sim = sim
    this.keys = keys
    for (const key of keys.keys) for (const text of key.texts) this.byText.set(text, key)
  }

  asksAt(route: number): boolean {
    return this.keys.required[route]
  }

  /** The plan's word on a request; undefined = it carries no key that may call here (N.APIGATEWAY-41, N.APIGATEWAY-42). */
  admit(route: number, event: unknown): Admission | undefined {
    const text = String(partOf(event, API_KEY) ?? '')
    const key = this.byText.get(text) ?? this.byText.get(MADE_NAME.exec(text)?.[1] ?? '')
    if (key === undefined) {
      this.strangers++
      return undefined
    }
    return this.sim.peer<PlanMeter>(key.plan).admit(key.key, this.keys.stage, this.keys.methods[route])
  }
}
