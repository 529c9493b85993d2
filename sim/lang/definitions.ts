// What the steps of a scenario say resources are to become (`Op.defines`), as rooms may know it before the run.
import { entries, get, isList, isMap, textOf, toJs, type Node } from '../cfn/index.ts'
import type { Action, Op } from '../model/contract.ts'
import type { SimulationSection } from './simulation.ts'

interface Definition {
  readonly of: string
  readonly action: string
  readonly value: Node
}

/** Of the steps of handlers and of the operator's actions. */
export class Definitions {
  private readonly all: readonly Definition[]

  /** `meant` finds the logical id that a text stands for. */
  constructor(
    section: SimulationSection,
    operations: ReadonlyMap<string, Op<unknown>>,
    meant: (text: string) => string | undefined,
  ) {
    const all: Definition[] = []
    const visit = (node: Node | undefined): void => {
      if (isList(node)) node.items.forEach(visit)
      if (!isMap(node)) return
      for (const { key, value } of entries(node)) {
        const { target, defines } = operations.get(key) ?? {}
        const defined = defines === undefined ? undefined : get(value, defines)
        if (target === undefined || defined === undefined) visit(value)
        else {
          const of = meant(textOf(get(value, target)) ?? '')
          if (of !== undefined) all.push({ of, action: key, value: defined })
        }
      }
    }
    for (const { node } of section.handlers) visit(node)
    for (const node of section.actions) visit(node)
    this.all = all
  }

  of(name: string, action: Action): readonly unknown[] {
    return this.all.filter((each) => each.of === name && each.action === action).map(({ value }) => toJs(value))
  }

  /** The place of a value in the list of its resource and operation; undefined = it defines nothing. */
  placeOf(value: Node): number | undefined {
    const found = this.all.find((each) => each.value === value)
    if (found === undefined) return undefined
    return this.all.filter(({ of, action }) => of === found.of && action === found.action).indexOf(found)
  }
}
