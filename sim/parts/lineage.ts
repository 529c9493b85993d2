// How far a message has come: how many functions worked one after the other for it to be sent.
//
// AWS carries it in the header of its traces, which a queue hands out with the message; Lambda stops a chain that is too long (LAM-23).

const MARK = 'Lineage=1:'

/** The header of a message that so many functions, from 1, have been invoked for. */
export function lineageOf(hops: number): string {
  return `${MARK}${hops}`
}

/** The number in a header; 0 without one. */
export function hopsOf(header: unknown): number {
  if (typeof header !== 'string' || !header.startsWith(MARK)) return 0
  const hops = Number(header.slice(MARK.length))
  return Number.isInteger(hops) && hops > 0 ? Math.min(hops, 255) : 0
}
