// The graph of what refers to what, and its circles.
import type { Problems } from '../diag/problem.ts'
import type { CfnResource } from './template.ts'

/** Reports each cycle of references once, with its path (CFN-R30). */
export function reportCycles(resources: ReadonlyMap<string, CfnResource>, problems: Problems): void {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (logicalId: string): void => {
    const start = path.indexOf(logicalId)
    if (start >= 0) {
      const cycle = path.slice(start)
      const shown = [...cycle, logicalId].map((id) => `\`${id}\``).join(' → ')
      problems.error(
        'circular-dependency',
        `circular dependency between resources: ${shown}`,
        resources.get(logicalId)?.keySpan,
      )
      return
    }
    const resource = resources.get(logicalId)
    if (resource === undefined || done.has(logicalId)) return
    path.push(logicalId)
    for (const next of resource.references) visit(next)
    path.pop()
    done.add(logicalId)
  }
  for (const logicalId of resources.keys()) visit(logicalId)
}
