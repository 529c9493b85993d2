// `Simulation.Assumptions`: settings of what AWS does not document, by type or by logical id.
import type { Problems } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import { entries, isMap, textOf } from '../cfn/index.ts'
import type { Assumption, ServiceDef } from '../model/contract.ts'
import { parseDistribution } from './distribution.ts'
import { parseNumber, parseShare } from './quantity.ts'
import { registry } from './registry.ts'
import type { Resources } from './resources.ts'
import type { SimulationSection } from './simulation.ts'

type Settings = Readonly<Record<string, string>>

/** Checks every setting and tells, for a component, those that hold for it: its own over its type's. */
export function readAssumptions(
  section: SimulationSection,
  resources: Resources,
  problems: Problems,
): (component: { readonly name: string; readonly def: ServiceDef }) => Settings {
  const byType = new Map<string, Settings>()
  const byName = new Map<string, Settings>()
  for (const { name, span, node } of section.assumptions) {
    const type = registry.byType.get(name)
    const own = resources.components.find((component) => component.name === name)
    const def = type ?? own?.def
    if (def === undefined) {
      const near = nearest(name, [
        ...registry.byType.keys(),
        ...resources.components.map((component) => component.name),
      ])
      problems.error('unknown-resource', `\`${name}\` is neither a simulated type nor a resource`, span, {
        label: near === undefined ? 'such as `AWS::Lambda::Function`' : `did you mean \`${near}\`?`,
      })
      continue
    }
    if (!isMap(node)) problems.error('wrong-type', `the assumptions of \`${name}\` are not a map`, node.span)
    const settings: Record<string, string> = {}
    for (const { key, keySpan, value } of entries(node)) {
      const assumption = Object.hasOwn(def.assumptions, key) ? def.assumptions[key] : undefined
      const text = textOf(value)
      if (assumption === undefined) {
        const near = nearest(key, Object.keys(def.assumptions))
        problems.error('unknown-assumption', `\`${key}\` is not an assumption of ${def.type}`, keySpan, {
          label: near === undefined ? `see \`hotshard explain ${def.type}\`` : `did you mean \`${near}\`?`,
        })
        continue
      }
      const mistake = text === undefined ? 'it is not a text' : misread(assumption, text)
      if (mistake !== undefined)
        problems.error('wrong-assumption', `\`${key}\` cannot be read: ${mistake}`, value.span, {
          notes: [`${key}: ${assumption.doc}`],
        })
      else settings[key] = text!
    }
    if (type !== undefined) byType.set(name, settings)
    else byName.set(name, settings)
  }
  const owners = new Map(resources.components.map(({ name, copyOf }) => [name, copyOf]))
  return ({ name, def }) => ({
    ...byType.get(def.type),
    ...byName.get(owners.get(name) ?? name),
    ...byName.get(name),
  })
}

/** Why a text is no setting of an assumption; undefined when it is one. */
function misread(assumption: Assumption, text: string): string | undefined {
  if (assumption.kind === 'choice')
    return assumption.choices!.includes(text)
      ? undefined
      : `\`${text}\` is not one of ${assumption.choices!.join(', ')}`
  const read =
    assumption.kind === 'probability'
      ? parseShare(text)
      : assumption.kind === 'number'
        ? parseNumber(text)
        : parseDistribution(text, assumption.kind)
  return read.ok ? undefined : read.message
}
