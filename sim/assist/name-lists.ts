// Lists of names as an editor proposes them, and what becomes of a name that is taken.
import { registry } from '../lang/registry.ts'
import type { KnownResource, Names } from './names.ts'
import type { Option } from './types.ts'

export interface NameOptions {
  readonly options: readonly Option[]
  /** Whether what the schema proposes may stand here too. */
  readonly more: boolean
  /** The part that is replaced, where it is not the whole word. */
  readonly range?: { readonly from: number; readonly to: number }
}

const PSEUDO = [
  'AWS::Region',
  'AWS::AccountId',
  'AWS::StackName',
  'AWS::StackId',
  'AWS::Partition',
  'AWS::URLSuffix',
  'AWS::NoValue',
]
export const only = (options: readonly Option[]): NameOptions => ({ options, more: false })

export const plain = (label: string, detail?: string): Option => ({
  label,
  kind: 'name',
  ...(detail === undefined ? {} : { detail }),
  insert: label,
})

export const resourceOption = ({ name, type, def }: KnownResource): Option => ({
  ...plain(name, type),
  ...(def === undefined ? {} : { doc: def.summary }),
})

export function resourceNames(names: Names, takes: (resource: KnownResource) => boolean = () => true): Option[] {
  return [...names.resources.values()].filter(takes).map(resourceOption)
}

export const handledNames = (names: Names): Option[] => resourceNames(names, ({ def }) => def?.handled !== undefined)
export const parameterNames = ({ parameters }: Names): Option[] =>
  [...parameters].map(([name, type]) => plain(name, `parameter, ${type}`))
export const conditionNames = ({ conditions }: Names): Option[] => conditions.map((name) => plain(name, 'condition'))
export const pseudo = (): Option[] => PSEUDO.map((name) => ({ ...plain(name), boost: -40 }))

/** A name that becomes a key, with a list under it. */
export function asKey(option: Option, end = ':\n  - ${}'): Option {
  return {
    ...option,
    insert: `${option.insert}${end}`,
    ...(end.includes('\n') ? { isSnippet: true as const } : {}),
    goesOn: true,
  }
}

export function metricNames(namespace: string | undefined): Option[] {
  return registry.defs.flatMap((def) =>
    Object.entries(def.metrics)
      .map(([name, { doc, unit, namespace: own = def.namespace }]) => ({ name, doc, unit, own }))
      .filter(({ own }) => namespace === undefined || own === namespace)
      .map(({ name, doc, unit, own }) => ({ ...plain(name, `${own}, ${unit}`), doc })),
  )
}
