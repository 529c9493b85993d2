// A GraphQL API while it is made: what its data sources, functions and resolvers leave for each other.
import { entries, isFalse, isMap, textOf } from '../node.ts'
import type { Entry, Node, Plain, PlainMap } from '../node.ts'
import { getAtt, isIntrinsic, pick } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'

export interface GraphqlDraft {
  readonly owner: SamResource
  readonly draft: Draft
  /** The name of each data source, by its key under `DataSources`. */
  readonly sources: Map<string, Plain>
  /** The id of each function of a pipeline, by its key under `Functions`. */
  readonly functions: Map<string, Plain>
  /** Whether a function gets its data from nowhere, by the data source `None`. */
  usesNone: boolean
}

/** Adds a resource of the API. It waits for what the API waits for, and carries its metadata. */
export function emitPart(api: GraphqlDraft, id: string, type: string, properties: PlainMap, more: PlainMap = {}): void {
  const { owner, draft } = api
  draft.emit(owner, id, `AWS::AppSync::${type}`, properties, {
    ...pick(owner.node, ['DependsOn', 'Metadata']),
    ...more,
  })
}

export const apiId = (api: GraphqlDraft): PlainMap => getAtt(api.owner.id, 'ApiId')

/** The value, unless it is false, zero or empty, which the transform takes for nothing written. */
export function written(node: Node | undefined): Node | undefined {
  return isFalse(node) || textOf(node) === '' || textOf(node) === '0' ? undefined : node
}

/** The members of a map that is written out: the transform makes resources of them, so no function may stand for it. */
export function membersOf(api: GraphqlDraft, node: Node | undefined, what: string): readonly Entry[] {
  if (node === undefined || (isMap(node) && !isIntrinsic(node))) return entries(node)
  api.draft.error(
    api.owner,
    `${what} is a map that is written out, because resources are made of its members`,
    node.span,
  )
  return []
}

/** The same for a map of maps. */
export function partsOf(api: GraphqlDraft, node: Node | undefined, what: string): readonly Entry[] {
  return membersOf(api, node, what).filter(({ key, value }) => {
    if (isMap(value) && !isIntrinsic(value)) return true
    api.draft.error(api.owner, `\`${key}\` in ${what} is a map of properties`, value.span)
    return false
  })
}

/** Reports members that a part needs and does not have. */
export function needs(api: GraphqlDraft, { key, keySpan, value }: Entry, names: readonly string[], what: string): void {
  for (const name of names) {
    if (isMap(value) && value.pairs.has(name)) continue
    api.draft.error(api.owner, `${what} \`${key}\` needs \`${name}\``, keySpan)
  }
}
