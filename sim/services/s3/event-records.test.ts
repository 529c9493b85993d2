// Records of events: their size without making their text.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonSize } from '../../parts/json-size.ts'
import { originOf, recordOf, RecordSizes } from './event-records.ts'
import { etagOf, versionIdOf } from './objects.ts'

it('the size of a message is that of its JSON, whatever it tells of', () => {
  const name = fc.constantFrom(
    ...['ObjectCreated:Put', 'ObjectCreated:Copy', 'ObjectRemoved:Delete', 'ObjectRemoved:DeleteMarkerCreated'],
    ...['LifecycleExpiration:Delete', 'ObjectCreated:CompleteMultipartUpload'],
  )
  const told = fc.record({
    key: fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('a/b c', 'ä"\\', "it's", '')),
    size: fc.oneof(fc.nat(), fc.constantFrom(0, 9, 10, 5_497_558_138_880)),
    serial: fc.maxSafeNat(),
    parts: fc.nat(10_000),
    isVersioned: fc.boolean(),
    isMarker: fc.boolean(),
  })
  const origin = originOf('files')
  fc.assert(
    fc.property(fc.array(fc.tuple(name, told), { minLength: 1, maxLength: 8 }), fc.string(), (events, id) => {
      const sizes = new RecordSizes()
      for (const [event, { key, size, serial, parts, isVersioned, isMarker }] of events) {
        const of = {
          ...{ key, size, serial, isMarker, storageClass: 'STANDARD' as const },
          etag: etagOf(serial, parts),
          versionId: isVersioned ? versionIdOf(serial) : undefined,
        }
        const record = recordOf(origin, event, id, of, serial)
        expect(sizes.sizeOf(origin, event, id, of)).toBe(jsonSize({ Records: [record] }))
      }
    }),
  )
})
