// Every room by its type, its parts and its operations, as the language looks them up.
import type { Action, Op, Props, ServiceDef } from '../model/contract.ts'
import { services } from '../services/index.ts'

export interface Registry {
  readonly defs: readonly ServiceDef[]
  readonly byType: ReadonlyMap<string, ServiceDef>
  /** Types that only configure another: their properties. */
  readonly parts: ReadonlyMap<string, Props>
  /** Each operation once, from the first room that has it. */
  readonly operations: ReadonlyMap<string, Op<unknown>>
  /** The singleton that answers an operation which names no resource. */
  readonly accounts: ReadonlyMap<string, ServiceDef>
}

/** What a scenario may ask of a room: all of its operations but those that rooms keep to themselves. */
export function operationsOf(def: ServiceDef): Action[] {
  return (Object.keys(def.ops) as Action[]).filter((action) => def.ops[action]!.internal !== true)
}

export function createRegistry(defs: readonly ServiceDef[]): Registry {
  const byType = new Map<string, ServiceDef>()
  const parts = new Map<string, Props>()
  const operations = new Map<string, Op<unknown>>()
  const accounts = new Map<string, ServiceDef>()
  for (const def of defs) {
    byType.set(def.type, def)
    for (const type of Object.keys(def.parts ?? {})) parts.set(type, { ...parts.get(type), ...def.parts![type] })
    for (const action of operationsOf(def)) {
      const op = def.ops[action] as Op<unknown>
      if (!operations.has(action)) operations.set(action, op)
      if (def.singleton === true) accounts.set(action, def)
    }
  }
  return { defs, byType, parts, operations, accounts }
}

export const registry: Registry = createRegistry(services)
