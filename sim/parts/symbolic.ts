// A program looked at without running it: which steps every run takes, and what their values are made of.
import { follow, type Instruction, type Program, type Template } from './program.ts'

/** The instructions that some runs pass over: inside branches, choices and handlers of exceptions, and behind an end before the last. */
export function conditionalSteps({ code }: Program): ReadonlySet<number> {
  const found = new Set<number>()
  const over = (from: number, to: number): void => {
    for (let i = from + 1; i < to; i++) found.add(i)
  }
  code.forEach((step, i) => {
    if (step.op === 'unless' || step.op === 'once' || step.op === 'jump' || step.op === 'left') over(i, step.to)
    else if (step.op === 'hit') over(i, step.end)
    else if (step.op === 'choose') over(i, Math.max(...step.to))
    else if (step.op === 'return' || step.op === 'fail') over(i, code.length)
  })
  return found
}

/** For each instruction the innermost loop or list of branches around it. */
export function loopsAround({ code }: Program): readonly (Instruction | undefined)[] {
  const open: { readonly step: Instruction; readonly end: number }[] = []
  return code.map((step, i) => {
    while (open.length > 0 && open.at(-1)!.end <= i) open.pop()
    const around = open.at(-1)?.step
    const end = step.op === 'each' || step.op === 'repeat' ? step.end : step.op === 'parallel' ? step.join : i
    if (end > i) open.push({ step, end })
    return around
  })
}

/** A template with `$` replaced by another one; undefined where that cannot be said. */
export function within(of: Template, scope: Template): Template | undefined {
  switch (of.kind) {
    case 'path':
      return partOf(scope, of.path)
    case 'text': {
      const parts = of.parts.map((part) => within(part, scope))
      return parts.every((part) => part !== undefined) ? { kind: 'text', parts } : undefined
    }
    case 'map': {
      const known = of.keys.flatMap((key, i) => {
        const value = within(of.values[i]!, scope)
        return value === undefined ? [] : [[key, value] as const]
      })
      return { kind: 'map', keys: known.map(([key]) => key), values: known.map(([, value]) => value) }
    }
    case 'list':
      return undefined
    case 'scoped': {
      const inner = within(of.scope, scope)
      return inner === undefined ? undefined : within(of.of, inner)
    }
    default:
      return of
  }
}

/** The part of a template's value at a path; undefined where that cannot be said. */
export function partOf(whole: Template, path: readonly (string | number)[]): Template | undefined {
  const [step, ...rest] = path
  if (step === undefined) return whole
  if (whole.kind === 'constant') {
    const value = follow(whole.value, path)
    return value === undefined ? undefined : { kind: 'constant', value }
  }
  if (whole.kind === 'scoped') {
    const inner = within(whole.of, whole.scope)
    return inner === undefined ? undefined : partOf(inner, path)
  }
  const i = whole.kind === 'map' ? whole.keys.indexOf(String(step)) : -1
  return i < 0 || whole.kind !== 'map' ? undefined : partOf(whole.values[i]!, rest)
}
