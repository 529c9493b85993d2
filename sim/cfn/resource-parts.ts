// Parts of a resource that are read the same way wherever they stand.
import type { Problems } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import { stringOf } from './node.ts'
import type { Node } from './node.ts'
import type { TemplateScope } from './scope.ts'

/** The resources of `DependsOn` that exist; an unknown one is an error (CFN-R30). */
export function readDependsOn(
  node: Node | undefined,
  logicalId: string,
  scope: TemplateScope,
  problems: Problems,
): readonly string[] {
  const named: string[] = []
  for (const each of node === undefined ? [] : node.kind === 'list' ? node.items : [node]) {
    const name = stringOf(each)
    if (name !== undefined && scope.isDeclared(name)) {
      if (scope.exists(name)) named.push(name)
      continue
    }
    if (name === undefined) {
      const help = 'it is known before anything is computed, so no function can stand here'
      problems.error('unknown-dependency', '`DependsOn` names resources by their logical ids', each.span, { help })
      continue
    }
    const near = nearest(name, scope.names('resource'))
    const help = near === undefined ? undefined : { help: `did you mean \`${near}\`?` }
    const message = `\`${logicalId}\` depends on \`${name}\`, which is not a resource of this template`
    problems.error('unknown-dependency', message, each.span, help)
  }
  return named
}

/** A member that is there only if it has a value. */
export function known<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }
}
