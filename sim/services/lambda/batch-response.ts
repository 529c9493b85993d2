// What a function's answer says about the records of its batch, with `ReportBatchItemFailures`.
import type { Message } from './batches.ts'

const NOBODY: readonly Message[] = Object.freeze([])

/**
 * The messages of the batch that succeeded: all for an empty answer or list, else those that are not listed; none when
 * the answer cannot be read: a text, an empty or unknown identifier, an item without one (LAM-54).
 */
export function succeededOf(payload: unknown, messages: readonly Message[]): readonly Message[] {
  const failed = failedOf(
    payload,
    messages.map(({ MessageId }) => MessageId),
  )
  if (failed === undefined) return NOBODY
  return failed.size === 0 ? messages : messages.filter((message) => !failed.has(String(message.MessageId)))
}

/** How many records of a stream's batch are through: those before the first that failed; none when the answer cannot be read (LAM-62). */
export function throughOf(payload: unknown, sequences: readonly string[]): number {
  const failed = failedOf(payload, sequences)
  if (failed === undefined) return 0
  const first = sequences.findIndex((sequence) => failed.has(sequence))
  return first < 0 ? sequences.length : first
}

/** The identifiers that an answer lists as failed; undefined = it cannot be read. */
function failedOf(payload: unknown, identifiers: readonly unknown[]): ReadonlySet<string> | undefined {
  if (payload === null || payload === undefined) return NONE
  if (typeof payload !== 'object') return undefined
  const listed = own(payload, 'batchItemFailures')
  if (listed === null || listed === undefined) return NONE
  if (!Array.isArray(listed)) return undefined
  const known = new Set(identifiers.map(String))
  const failed = new Set<string>()
  for (const item of listed as readonly unknown[]) {
    const identifier = typeof item === 'object' && item !== null ? own(item, 'itemIdentifier') : undefined
    if (identifier === undefined || identifier === null || !known.has(String(identifier))) return undefined
    failed.add(String(identifier))
  }
  return failed
}

const NONE: ReadonlySet<string> = new Set()

function own(of: object, key: string): unknown {
  return Object.hasOwn(of, key) ? (of as Record<string, unknown>)[key] : undefined
}
