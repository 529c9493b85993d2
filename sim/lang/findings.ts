// What AWS's registry says of one resource, weighed against what its room says: each mistake is told once, by whoever knows more.
import type { CfnResource, Template } from '../cfn/index.ts'
import type { Path } from '../derive/config.ts'
import type { Slug } from '../diag/catalogue.ts'
import type { Problem } from '../diag/problem.ts'
import type { Prop, Props } from '../model/contract.ts'
import { checkResource, type Finding } from '../typecheck/index.ts'

export class Findings {
  private readonly byPath = new Map<string, Finding>()

  /** `props` are those of the resource's room, if it has one; `told` is what has been said about the resource so far. */
  constructor(template: Template, resource: CfnResource, props: Props | undefined, told: readonly Problem[]) {
    for (const finding of checkResource(resource, { isMadeUp: template.isMadeUp, told })) {
      const { path, problem } = finding
      // A room may know a property that is newer than the registry.
      if (problem.slug === 'unknown-property' && propAt(props, path) !== undefined) continue
      this.byPath.set(keyOf(path), {
        ...finding,
        problem: weighed(problem, path, props !== undefined, resource.macro),
      })
    }
  }

  /** Whether the resource is of a type that AWS does not have. */
  get isUnknownType(): boolean {
    return this.byPath.get(keyOf([]))?.problem.slug === 'unknown-type'
  }

  /**
   * The room tells a mistake at a path, and with more detail: its limits, and what the property is for. False when the registry
   * has told it better: what is missing stands there under a name that is none.
   */
  giveWay(path: Path, slug: Slug): boolean {
    const parent = keyOf(path.slice(0, -1))
    const isMisspelt = [...this.byPath.values()].some(
      ({ meant, path: at, problem }) =>
        meant === path.at(-1) && problem.severity === 'error' && keyOf(at.slice(0, -1)) === parent,
    )
    if (slug === 'missing-property' && isMisspelt) return false
    this.byPath.delete(keyOf(path))
    return true
  }

  /** What only the registry tells. */
  left(): Problem[] {
    return [...this.byPath.values()].map(({ problem }) => problem)
  }
}

/** Warnings are what a macro that is not run might mend, and what a room can do without: a sketch need not name a function's role. */
function weighed(problem: Problem, path: Path, hasRoom: boolean, macro: string | undefined): Problem {
  const notes = [`the macro \`${macro}\`, which is not run, may mend this`]
  if (macro !== undefined) return { ...problem, severity: 'warning', notes }
  const canDoWithout = hasRoom && problem.slug === 'missing-property' && path.length === 1
  return canDoWithout ? { ...problem, severity: 'warning' } : problem
}

/** The path from the properties as a key; rooms say `Properties` first when they speak for themselves. */
function keyOf(path: Path): string {
  return JSON.stringify(path[0] === 'Properties' ? path.slice(1) : path)
}

/** What a room says of the property at a path. */
function propAt(props: Props | undefined, path: Path): Prop | undefined {
  let prop: Prop | undefined
  let fields = props
  for (const step of path) {
    const isMember = typeof step === 'string' && prop?.kind !== 'map'
    prop = isMember ? (fields !== undefined && Object.hasOwn(fields, step) ? fields[step] : undefined) : prop?.of
    fields = prop?.fields
  }
  return prop
}
