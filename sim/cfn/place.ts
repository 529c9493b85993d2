// Where a property of a resource stands: as deep along its path as the text goes.
import type { Span } from '../diag/span.ts'
import { isList, isMap, type Entry, type Node } from './node.ts'
import type { CfnResource } from './template.ts'

/**
 * The place of the value at `path`, with or without `Properties` in front: a scalar's own, of a map or a list its name's; or the
 * name's in any case when `name` asks for it. What is not written has the place of what surrounds it.
 */
export function placeOf(resource: CfnResource, path: readonly (string | number)[], name = false): Span {
  let node = resource.properties as Node
  let span = resource.keySpan
  for (const step of path[0] === 'Properties' ? path.slice(1) : path) {
    const entry: Entry | undefined = isMap(node) ? node.pairs.get(String(step)) : undefined
    const item: Node | undefined = isList(node) && typeof step === 'number' ? node.items[step] : undefined
    if (entry === undefined && item === undefined) break
    node = entry?.value ?? item!
    span = entry === undefined || (node.kind === 'scalar' && !name) ? node.span : entry.keySpan
  }
  return span
}
