// Which attributes `Fn::GetAtt` may ask a type for, as AWS's registry has them.
import { listed, nearest } from '../diag/suggest.ts'
import { attributesOf, type Shape } from '../registry/index.ts'

/**
 * What to say when a type has no attribute of this name; undefined when it has one, or when the registry does not know the type.
 * Behind the name of an attribute with members of its own (`Outputs` of a stack) anything may stand.
 */
export function missingAttribute(type: string, attribute: string): string | undefined {
  const known = attributesOf(type)
  if (known === undefined || type === 'AWS::CloudFormation::CustomResource') return undefined
  const dot = attribute.indexOf('.')
  if (known.has(attribute) || (dot > 0 && isOpen(known.get(attribute.slice(0, dot))))) return undefined
  const near = nearest(attribute, known.keys())
  if (near !== undefined) return `did you mean \`${near}\`?`
  const plain = [...known.keys()].filter((name) => !name.includes('.'))
  return listed(plain.length > 0 ? plain : [...known.keys()], 'attributes')
}

function isOpen(shape: Shape | undefined): boolean {
  return shape !== undefined && shape.kind !== 'string'
}
