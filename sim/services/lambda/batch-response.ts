// What a function's answer says about the messages of its batch, with `ReportBatchItemFailures`.
import type { Message } from './batches.ts'

const NOBODY: readonly Message[] = Object.freeze([])

/**
 * The messages of the batch that succeeded: all for an empty answer or list, else those that are not listed; none when
 * the answer cannot be read: a text, an empty or unknown identifier, an item without one (LAM-54).
 */
export function succeededOf(payload: unknown, messages: readonly Message[]): readonly Message[] {
  if (payload === null || payload === undefined) return messages
  if (typeof payload !== 'object') return NOBODY
  const listed = own(payload, 'batchItemFailures')
  if (listed === null || listed === undefined) return messages
  if (!Array.isArray(listed)) return NOBODY
  const known = new Set(messages.map((message) => String(message.MessageId)))
  const failed = new Set<string>()
  for (const item of listed as readonly unknown[]) {
    const identifier = typeof item === 'object' && item !== null ? own(item, 'itemIdentifier') : undefined
    if (identifier === undefined || identifier === null || !known.has(String(identifier))) return NOBODY
    failed.add(String(identifier))
  }
  return messages.filter((message) => !failed.has(String(message.MessageId)))
}

function own(of: object, key: string): unknown {
  return Object.hasOwn(of, key) ? (of as Record<string, unknown>)[key] : undefined
}
