// How a template's author wants its parameters shown: groups, order and labels of `AWS::CloudFormation::Interface`.
import { at, get, items, textOf, type Node } from '../cfn/index.ts'

/** Where a parameter is shown, and under which words, when the template says so. */
export interface Shown {
  readonly group?: string
  readonly label?: string
}

/** The parameters in the order in which they are to be shown: those of the groups first, the others as they are declared. */
export function shownParameters(metadata: Node | undefined, names: readonly string[]): ReadonlyMap<string, Shown> {
  const face = get(metadata, 'AWS::CloudFormation::Interface')
  const labels = get(face, 'ParameterLabels')
  const declared = new Set(names)
  const groups = new Map<string, string | undefined>()
  for (const group of items(get(face, 'ParameterGroups'))) {
    const title = textOf(at(group, 'Label', 'default'))
    for (const item of items(get(group, 'Parameters'))) {
      const name = textOf(item)
      if (name !== undefined && declared.has(name) && !groups.has(name)) groups.set(name, title)
    }
  }
  const shown = new Map<string, Shown>()
  for (const name of [...groups.keys(), ...names]) {
    if (shown.has(name)) continue
    const group = groups.get(name)
    const label = textOf(at(labels, name, 'default'))
    shown.set(name, { ...(group === undefined ? {} : { group }), ...(label === undefined ? {} : { label }) })
  }
  return shown
}
