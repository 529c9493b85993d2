// Small pieces that several transforms put into what they make.
import { get, isMap, isScalar, stringOf } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { isIntrinsic } from './draft.ts'

/** Where code stands when it is a local path or missing: deploying would have put it into a bucket. */
const packaged: PlainMap = { S3Bucket: 'bucket', S3Key: 'value' }

/** `s3://bucket/key?versionId=v` or `{ Bucket, Key, Version }` under the names that the resource uses; anything else is packaged. */
export function storedAt(uri: Node | undefined, bucket: string, key: string, version: string): PlainMap {
  if (isMap(uri) && !isIntrinsic(uri)) {
    return { [bucket]: get(uri, 'Bucket'), [key]: get(uri, 'Key'), [version]: get(uri, 'Version') }
  }
  const match = /^s3:\/\/([^/]+)\/([^?]+)(?:\?versionId=(.*))?$/.exec(stringOf(uri) ?? '')
  if (match === null) return { [bucket]: packaged['S3Bucket'], [key]: packaged['S3Key'] }
  return { [bucket]: match[1] as string, [key]: match[2] as string, [version]: match[3] }
}

export function trusting(service: string): PlainMap {
  return {
    Version: '2012-10-17',
    Statement: [{ Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: [service] } }],
  }
}

export function unique(values: readonly Plain[]): Plain[] {
  const seen = new Set<string>()
  return values.filter((value) => {
    const text =
      typeof value === 'string'
        ? value
        : isScalar(value as Node)
          ? String((value as { value: unknown }).value)
          : undefined
    if (text === undefined) return true
    if (seen.has(text)) return false
    seen.add(text)
    return true
  })
}

export function ascii(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
