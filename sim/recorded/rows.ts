// The rows of a CSV file one by one, each with its line, and the words of a log line.
//
// CSV itself is read by Papa Parse, which knows quotes, line ends and delimiters; here are the bounds and the lines.
import Papa from 'papaparse'
import { CELLS_MAX, LINES_MAX } from './contract.ts'

/** Looks at a row; `false` ends the reading. `line` is the row's first line, counted from 1. */
export type Visit = (cells: readonly string[], line: number) => boolean

/** Reads rows that hold something, cells without the blanks around them. False when there are more lines than may be. */
export function eachRow(written: string, visit: Visit): boolean {
  const text = withoutBlanks(written)
  let line = 1
  let from = 0
  let isWhole = true
  Papa.parse<string[]>(text, {
    delimitersToGuess: [',', ';', '\t'],
    // The fast mode would split the whole file at once.
    fastMode: false,
    step: ({ data, meta }, parser) => {
      const start = line
      line += linesBetween(text, from, meta.cursor, meta.linebreak)
      from = meta.cursor
      if (start > LINES_MAX) {
        isWhole = false
        parser.abort()
        return
      }
      const cells = data.length > CELLS_MAX ? data.slice(0, CELLS_MAX) : data
      if (cells.length === 1 && cells[0]!.trim() === '') return
      if (!visit(trimmed(cells), start)) parser.abort()
    },
  })
  return isWhole
}

/** Many people put a blank between a comma and a quote, and mean the quote; the standard would take both for text. */
function withoutBlanks(text: string): string {
  if (!/[,;\t\n] +"/.test(text)) return text
  return text.replace(/"[^"]*"|(?<=[,;\t\n]) +(?=")/g, (match) => (match.startsWith('"') ? match : ''))
}

function trimmed(cells: readonly string[]): readonly string[] {
  return cells.map((cell) => cell.trim())
}

function linesBetween(text: string, from: number, to: number, mark: string): number {
  let lines = 0
  for (let at = text.indexOf(mark, from); at >= 0 && at < to; at = text.indexOf(mark, at + mark.length)) lines++
  return lines
}

/** Longer lines of a log are not read. */
const LINE_MAX = 100_000

/** Reads the lines of a log that hold something. False when there are more lines than may be. */
export function eachLine(text: string, visit: (line: string, number: number) => boolean): boolean {
  for (let from = 0, number = 1; from < text.length; number++) {
    if (number > LINES_MAX) return false
    const end = text.indexOf('\n', from)
    const to = end < 0 ? text.length : end
    const line = text.slice(from, Math.min(to, from + LINE_MAX)).trimEnd()
    from = to + 1
    if (line !== '' && !visit(line, number)) return true
  }
  return true
}

/** The words of a log line between blanks; what stands in quotes or square brackets is one word without them. */
export function wordsOf(line: string): string[] {
  const words: string[] = []
  for (let at = 0; at < line.length;) {
    const first = line[at]
    if (first === ' ' || first === '\t') {
      at++
      continue
    }
    const close = first === '"' ? closingQuote(line, at + 1) : first === '[' ? line.indexOf(']', at) : -1
    if (close >= 0) {
      words.push(line.slice(at + 1, close))
      at = close + 1
    } else {
      const end = endOfWord(line, at)
      words.push(line.slice(at, end))
      at = end
    }
  }
  return words
}

function endOfWord(line: string, from: number): number {
  let end = from
  while (end < line.length && line[end] !== ' ' && line[end] !== '\t') end++
  return end
}

/** The quote that ends a word; one behind a backslash does not. −1 when there is none. */
function closingQuote(line: string, from: number): number {
  for (let at = from; at < line.length; at++) {
    if (line[at] === '\\') at++
    else if (line[at] === '"') return at
  }
  return -1
}
