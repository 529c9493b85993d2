// Files of lines, read in blocks and found again by their places: results of a million runs are never in memory at once.
import { readSync } from 'node:fs'

const BLOCK = 1 << 20
/** A longer line is none that we wrote. */
const LINE_MAX = 32 << 20

/** Where a line lies in a file, without its end. */
export interface Place {
  readonly offset: number
  readonly length: number
}

/** Tells every line that has an end, in order, until `tell` has enough; answers where the last end is. What comes after it was cut off, or is no text of lines at all. */
export function eachLine(file: number, tell: (line: Buffer, place: Place) => 'enough' | void): number {
  let rest = Buffer.alloc(0)
  let at = 0
  for (;;) {
    const block = Buffer.alloc(BLOCK)
    const got = readSync(file, block, 0, BLOCK, at + rest.length)
    if (got === 0) return at
    const text = Buffer.concat([rest, block.subarray(0, got)])
    let begin = 0
    for (let end = text.indexOf(10, rest.length); end >= 0; end = text.indexOf(10, begin)) {
      const heard = tell(text.subarray(begin, end), { offset: at + begin, length: end - begin })
      begin = end + 1
      if (heard === 'enough') return at + begin
    }
    at += begin
    rest = text.subarray(begin)
    if (rest.length > LINE_MAX) return at
  }
}

export function readLine(file: number, { offset, length }: Place): Buffer {
  const line = Buffer.alloc(length)
  for (let got = 0; got < length;) {
    const more = readSync(file, line, got, length - got, offset + got)
    if (more === 0) throw new Error('the file has become shorter')
    got += more
  }
  return line
}

const RUN = /^\{"run":"([0-9a-f]{64})",/

/** The name of the run that a line is of; undefined when it is no line of a run, or of one that is to be done again. */
export function runIn(line: Buffer): string | undefined {
  const name = RUN.exec(line.toString('latin1', 0, 80))?.[1]
  const isWhole = line.at(-1) === 0x7d
  return name !== undefined && isWhole && !line.includes('"ending":"crashed"') ? name : undefined
}

/** The object of a line; undefined when it is none. */
export function objectIn(line: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(line.toString('utf8')) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}
