// The settings of what AWS does not document: the scenario's text, else the room's default, read by its kind.
import { assert } from '../engine/assert.ts'
import { createSampler, type Sampler } from '../engine/sample.ts'
import { parseDistribution } from '../lang/distribution.ts'
import { parseShare } from '../lang/quantity.ts'
import type { ComponentPlan } from '../model/plan.ts'

const DIMENSION = {
  duration: 'duration',
  size: 'size',
  number: 'count',
} as const

/** An assumption of a component as text and, unless it is a choice, as a sampler of base units. The language has checked the text. */
export function readAssumption(plan: ComponentPlan, name: string): { text: string; sampler: Sampler } {
  const assumption = plan.def.assumptions[name]
  assert(assumption !== undefined, `${plan.type} has an assumption ${name}`)
  const text = plan.assumptions?.[name] ?? assumption.defaultFor?.(plan.config) ?? assumption.default
  if (assumption.kind === 'choice') return { text, sampler: createSampler({ kind: 'constant', value: 0 }) }
  if (assumption.kind === 'probability') {
    const share = parseShare(text)
    assert(share.ok, `the assumption ${name} reads as a probability: ${text}`)
    return { text, sampler: createSampler({ kind: 'constant', value: share.value }) }
  }
  const parsed = parseDistribution(text, DIMENSION[assumption.kind])
  assert(parsed.ok, `the assumption ${name} reads as a ${assumption.kind}: ${text}`)
  return { text, sampler: createSampler(parsed.value) }
}
