// What is assumed of a resource, where a room must know it before the world is made.
import { createSampler } from '../engine/sample.ts'
import { parseDistribution } from '../lang/distribution.ts'
import type { Config, ServiceDef } from '../model/contract.ts'

/** The mean, in base units, of an assumption that is a size or a number: of `text`, else of its default; undefined = it cannot be read. */
export function meanOfAssumption(def: ServiceDef, name: string, config: Config, text?: string): number | undefined {
  const assumption = def.assumptions[name]
  if (assumption?.kind !== 'size' && assumption?.kind !== 'number') return undefined
  const dimension = assumption.kind === 'size' ? 'size' : 'count'
  const read = parseDistribution(text ?? assumption.defaultFor?.(config) ?? assumption.default, dimension)
  return read.ok ? createSampler(read.value).mean : undefined
}
