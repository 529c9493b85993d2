// The value that a node's text was read as, or its flaw told at its place inside the node.
import type { Node } from '../cfn/node.ts'
import type { Problems } from '../diag/problem.ts'
import { reportFlaw, type Outcome } from './outcome.ts'

/** A flaw is underlined where it is when the file writes the text as it is (bare or in quotes), else the whole node. */
export function taken<T>(
  outcome: Outcome<T>,
  node: Node,
  { problems }: { readonly problems: Problems },
): T | undefined {
  if (outcome.ok) return outcome.value
  const { span } = node
  const own = node.kind === 'scalar' ? node.text : ''
  const offset = [0, 1].find((quote) => own !== '' && span.source.text.startsWith(own, span.start + quote))
  reportFlaw(
    problems,
    outcome,
    offset === undefined ? span : { ...span, start: span.start + offset },
    offset !== undefined,
  )
  return undefined
}
