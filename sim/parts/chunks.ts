// Sizes as they are billed: in chunks that count whole however little is in the last (PR-R2).

/** SQS, SNS and EventBridge count a request for each chunk of so many bytes. */
export const CHUNK = 65_536

/** How many chunks so many bytes are; nothing at all is one. */
export function chunksOf(bytes: number, chunk: number = CHUNK): number {
  return bytes <= chunk ? 1 : Math.ceil(bytes / chunk)
}
