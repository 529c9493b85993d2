// What stands at a place of the text, in the words of the schema, and for a name what it names.
import type { Node } from 'yaml'
import { spotAt, type Spot } from './cursor.ts'
import type { Names } from './names.ts'
import type { Hover } from './types.ts'
import { docOf, type Walker } from './walk.ts'

export function hover(
  text: string,
  at: number,
  walker: Walker,
  namesIn: (root: Node | undefined) => Names,
): Hover | undefined {
  const spot = spotAt(text, at)
  if (spot === undefined) return undefined
  const said = named(spot, namesIn) ?? explained(spot, walker)
  return said === undefined ? undefined : { from: spot.from, to: spot.to, ...said }
}

/** A value is explained by its member; a type by itself. */
function explained({ path, nodes, where, text }: Spot, walker: Walker): { title: string; doc: string } | undefined {
  const doc = docOf(walker.at(path, nodes))
  if (doc === undefined) return undefined
  const member = path.findLast((key) => typeof key === 'string') ?? ''
  return { title: where === 'value' && member === 'Type' ? text : member, doc }
}

/** A name that the text gives: a resource with what its room says, or a parameter. */
function named(
  { path, text, where, tag, root }: Spot,
  namesIn: (root: Node | undefined) => Names,
): { title: string; doc: string } | undefined {
  const key = path.findLast((each) => typeof each === 'string')
  const isId = where === 'key' && path.length === 2 && (path[0] === 'Resources' || path[0] === 'Parameters')
  const isHandler = where === 'key' && path.length === 3 && path[1] === 'Handlers'
  const isReference =
    where === 'value' &&
    (tag === '!Ref' || tag === '!GetAtt' || ['Ref', 'Target', 'DependsOn', 'Fn::GetAtt'].includes(key ?? ''))
  if (!isId && !isHandler && !isReference) return undefined
  const names = namesIn(root)
  const name = text.split('.')[0]!
  const resource = names.resources.get(name)
  if (resource !== undefined)
    return {
      title: `${text}: ${resource.type}`,
      doc: resource.def?.summary ?? 'Not simulated: it goes on the list of what is left out.',
    }
  const parameter = names.parameters.get(name)
  return parameter === undefined ? undefined : { title: text, doc: `A parameter of the template, ${parameter}.` }
}
