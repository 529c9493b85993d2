// A function while it is made: what its events need to know of it and may add to it.
import type { Node, Plain, PlainMap } from '../node.ts'
import type { ApiDrafts } from './api-draft.ts'
import { getAtt, ref } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'

/** One event: its key and its properties. */
export interface Event {
  readonly name: string
  readonly type: string
  readonly properties: Node
  /** F + E: the logical id that most sources give to what they make. */
  readonly id: string
}

/** A function while it is made: what its events need to know of it. */
export interface FunctionDraft {
  readonly owner: SamResource
  readonly draft: Draft
  readonly apis: ApiDrafts
  /** The alias's logical id, if there is one: all events point at it (SAM-R14). */
  readonly alias: string | undefined
  /** Managed policies and documents that events and destinations add to the role. */
  readonly managed: Plain[]
  readonly documents: Plain[]
  /** Tags that pass to made resources (`PropagateTags`). */
  readonly passedTags: Plain[] | undefined
}

/** `Ref` to what a caller invokes: the alias, or the function. */
export function invoked(fn: FunctionDraft): PlainMap {
  return ref(fn.alias ?? fn.owner.id)
}

/** The ARN of what a caller invokes. */
export function invokedArn(fn: FunctionDraft): PlainMap {
  return fn.alias === undefined ? getAtt(fn.owner.id, 'Arn') : ref(fn.alias)
}

/** Allows `service` to invoke the function. */
export function permit(fn: FunctionDraft, id: string, service: string, more: PlainMap): void {
  fn.draft.emit(fn.owner, id, 'AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: invoked(fn),
    Principal: service,
    ...more,
  })
}
