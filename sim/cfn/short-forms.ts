// The short forms of CloudFormation's functions (`!Ref`, `!Sub`, `!GetAtt` …) as the long forms that mean the same.
import type { Problems } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import { Dict, isScalar, List, scalar } from './node.ts'
import type { Node } from './node.ts'

/** Every function by its name without `Fn::`; sources: CFN-R10 … CFN-R24. */
export const functionNames: ReadonlySet<string> = new Set([
  ...[
    'And',
    'Base64',
    'Cidr',
    'Equals',
    'FindInMap',
    'ForEach',
    'GetAZs',
    'GetAtt',
    'GetStackOutput',
    'If',
    'ImportValue',
    'Join',
    'Length',
  ],
  ...['Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform'],
  ...['Contains', 'EachMemberEquals', 'EachMemberIn', 'RefAll', 'ValueOf', 'ValueOfAll'],
])

/** `!Name value` as `{ Name: value }` or `{ Fn::Name: value }`; an unknown tag is a problem and leaves the bare value. */
export function longForm(tag: string, value: Node, problems: Problems): Node {
  const name = tag.slice(1)
  const isPlain = name === 'Ref' || name === 'Condition'
  if (!isPlain && !functionNames.has(name)) {
    const near = nearest(name, [...functionNames, 'Ref', 'Condition'])
    const help = near === undefined ? undefined : `did you mean \`!${near}\`?`
    problems.error(
      'unknown-tag',
      `\`${tag}\` is not a function of CloudFormation`,
      value.span,
      help ? { help } : undefined,
    )
    return value
  }
  const key = isPlain ? name : `Fn::${name}`
  const argument = name === 'GetAtt' ? attributePair(value) : value
  return new Dict(new Map([[key, { key, keySpan: value.span, value: argument }]]), value.span)
}

/** `A.b.c` as the list `[A, b.c]`: only the first dot parts the resource from its attribute (CFN-R11). */
function attributePair(value: Node): Node {
  if (!isScalar(value) || typeof value.value !== 'string') return value
  const dot = value.value.indexOf('.')
  if (dot < 0) return value
  const parts = [value.value.slice(0, dot), value.value.slice(dot + 1)]
  return new List(
    parts.map((part) => scalar(part, value.span)),
    value.span,
  )
}
