// The rules by which a bucket's objects expire, move to another class or are cleaned up, as the template writes them.
import type { Config, Prop, ResourceView } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { parseMoment } from '../../parts/calendar.ts'
import { STORAGE_CLASSES } from './objects.ts'

/** One rule, in days and µs since 1970; Infinity = never. */
export interface Rule {
  readonly prefix: string
  readonly sizeAbove: number
  readonly sizeBelow: number
  readonly expiresAfter: number
  readonly expiresAt: number
  readonly cleansMarkers: boolean
  readonly noncurrentAfter: number
  /** Noncurrent versions that are kept however old they are. */
  readonly newerKept: number
  readonly abortsAfter: number
  readonly transitions: readonly { readonly after: number; readonly storageClass: number }[]
}

const DAYS: readonly [number, number] = [1, 36_500]
const CLASSES = [...STORAGE_CLASSES.slice(1), 'Glacier']
const transition = p.record('A move to another class.', {
  StorageClass: p.oneOf('The class.', CLASSES, { required: true }),
  TransitionInDays: p.int('Days after the object was written.', [0, 36_500]),
  TransitionDate: p.unused('a day on which all objects would move'),
})

export const lifecycleProp: Prop = p.record('When objects go.', {
  Rules: p.list(
    'Rules, each for the keys with a prefix.',
    p.record('A rule.', {
      AbortIncompleteMultipartUpload: p.record('Uploads that nobody completes.', {
        DaysAfterInitiation: p.int('Days after they began.', DAYS, { required: true }),
      }),
      ExpirationDate: p.string('The day on which all expire.'),
      ExpirationInDays: p.int('Days after which an object expires.', DAYS),
      ExpiredObjectDeleteMarker: p.bool('Whether a delete marker goes behind which nothing is left.'),
      Id: p.inert('A name.'),
      NoncurrentVersionExpiration: p.record('Versions that are no longer the newest.', {
        NewerNoncurrentVersions: p.int('How many of them are kept anyway.', [1, 100]),
        NoncurrentDays: p.int('Days after they ceased to be the newest.', DAYS, { required: true }),
      }),
      NoncurrentVersionExpirationInDays: p.int('The same in short.', DAYS),
      NoncurrentVersionTransition: p.unused('noncurrent versions would move to another class'),
      NoncurrentVersionTransitions: p.unused('noncurrent versions would move to another class'),
      ObjectSizeGreaterThan: p.int('Only larger objects (bytes).', [0, Number.MAX_SAFE_INTEGER]),
      ObjectSizeLessThan: p.int('Only smaller objects (bytes).', [1, Number.MAX_SAFE_INTEGER]),
      Prefix: p.string('What keys begin with.'),
      Status: p.oneOf('Whether it holds.', ['Enabled', 'Disabled'], { required: true }),
      TagFilters: p.unused('only objects with these tags would go; here none of them does'),
      Transition: transition,
      Transitions: p.list('Moves to other classes.', transition),
    }),
  ),
})

/** The rules that hold. One for tagged objects alone is for none, because objects have no tags here. */
export function rulesOf(self: ResourceView): readonly Rule[] {
  const rules = (self.config['LifecycleConfiguration']?.Rules ?? []) as readonly Config[]
  return rules.flatMap((rule, i): Rule[] => {
    const path = ['LifecycleConfiguration', 'Rules', i]
    const date = rule['ExpirationDate'] === undefined ? Infinity : parseMoment(rule['ExpirationDate'])
    if (typeof date === 'string') {
      self.error(
        [...path, 'ExpirationDate'],
        'wrong-type',
        `\`ExpirationDate\`: ${date}`,
        'such as `2026-03-01T00:00:00Z`',
      )
      return []
    }
    if (rule['Status'] !== 'Enabled' || rule['TagFilters'] !== undefined) return []
    const noncurrent = (rule['NoncurrentVersionExpiration'] ?? {}) as Config
    const transitions = [rule['Transition'] ?? [], rule['Transitions'] ?? []].flat() as readonly Config[]
    return [
      {
        prefix: rule['Prefix'] ?? '',
        sizeAbove: rule['ObjectSizeGreaterThan'] ?? -1,
        sizeBelow: rule['ObjectSizeLessThan'] ?? Infinity,
        expiresAfter: rule['ExpirationInDays'] ?? Infinity,
        expiresAt: date,
        cleansMarkers: rule['ExpiredObjectDeleteMarker'] === true,
        noncurrentAfter: noncurrent['NoncurrentDays'] ?? rule['NoncurrentVersionExpirationInDays'] ?? Infinity,
        newerKept: noncurrent['NewerNoncurrentVersions'] ?? 0,
        abortsAfter: rule['AbortIncompleteMultipartUpload']?.DaysAfterInitiation ?? Infinity,
        transitions: transitions.flatMap(({ TransitionInDays: after, StorageClass: name }) =>
          after === undefined
            ? []
            : [{ after, storageClass: STORAGE_CLASSES.indexOf(name === 'Glacier' ? 'GLACIER' : name) }],
        ),
      },
    ]
  })
}
