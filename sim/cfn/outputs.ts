// The form of an output: its members and its export.
import type { Problems } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import { Dict, entries, get } from './node.ts'
import type { Node } from './node.ts'

const outputMembers = ['Value', 'Description', 'Export', 'Condition']

/** Reports members that no output has, and an export without a name (CFN-R50). */
export function checkOutput(output: Dict, name: string, problems: Problems): void {
  for (const { key, keySpan } of entries(output)) {
    if (outputMembers.includes(key)) continue
    const near = nearest(key, outputMembers)
    const help =
      near === undefined
        ? `members are ${outputMembers.map((each) => `\`${each}\``).join(', ')}`
        : `did you mean \`${near}\`?`
    problems.error('unknown-member', `\`${key}\` is not a member of the output \`${name}\``, keySpan, { help })
  }
  const exported = get(output, 'Export')
  if (exported !== undefined && get(exported, 'Name') === undefined)
    problems.error('output-export', `the export of \`${name}\` is a map with a \`Name\``, exported.span)
}

/** `{ Condition: name }` around a name. */
export function conditionCall(name: Node): Dict {
  return new Dict(new Map([['Condition', { key: 'Condition', keySpan: name.span, value: name }]]), name.span)
}
