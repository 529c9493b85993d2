// Properties without an effect, many at a time: by their names in a text.
import type { Prop, Props } from '../../model/contract.ts'
import * as p from '../../model/p.ts'

/** `inert` = without any effect on a run; `unused` = AWS would do something that is not simulated. */
export function propertyList(kind: 'inert' | 'unused', names: string): Props {
  const made: Record<string, Prop> = {}
  for (const name of names.trim().split(/\s+/))
    made[name] =
      kind === 'inert' ? p.inert('Changes nothing of what is simulated.') : p.unused('has no effect on the model')
  return made
}
