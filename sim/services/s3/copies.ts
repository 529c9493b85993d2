// For those who keep copies of objects: whether a copy is stale.
import type { Copies } from '../../model/contract.ts'
import { Unanswered } from '../../parts/unanswered.ts'
import type { Bucket } from './bucket-state.ts'
import { keyOf } from './object-ops.ts'

/** GetObject, HeadObject: a copy is good as long as its tag is that of the newest version. */
export const readCopies: Copies<Bucket> = {
  isStale: (bucket, body, answer, asked) => {
    const tag: unknown = answer?.ETag
    // A version never changes.
    if (typeof tag !== 'string' || body.VersionId !== undefined) return undefined
    const key = keyOf(body)
    const unanswered = (bucket.unanswered ??= new Unanswered<string, string>())
    return tag !== bucket.tagOf(key) && !unanswered.isBefore(key, tag, asked)
  },
}
