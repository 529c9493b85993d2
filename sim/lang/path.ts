// Paths into an event, and texts with paths in them: `$`, `$.Records[0].body`, `$['a-b']`, `cart#{$.cartId}`.
//
// The one idea: a scalar that is a path stands for the value itself, whatever its type; a path in braces inside a longer
// text becomes part of that text. `{{$` writes `{$`. Following a path is `follow` in `parts/program.ts`.
import type { Template } from '../parts/program.ts'
import type { Outcome } from './outcome.ts'
import { quote } from './outcome.ts'
import { QUOTED, reading, unquoted } from './scanner.ts'
import type { Scanner } from './scanner.ts'

/** Names of members and indices of lists, from the scope down; empty for the scope itself. */
export type Path = readonly (string | number)[]

const ROOT = /\$/y
const DOT = /\./y
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy
const OPEN = /\[/y
const CLOSE = /\]/y
const INDEX = /0|[1-9]\d{0,8}/y
const DASH = /-/y

/** Reads a path that is the whole text. */
export function parsePath(text: string): Outcome<Path> {
  return reading(text, readPathPiece, '`.`, `[` or the end')
}

/** Whether a text means a path: `$` alone, or followed by `.` or `[`. `$5` is a text. */
export function isPath(text: string): boolean {
  return /^\s*\$\s*([.[]|$)/.test(text)
}

/** Reads a scalar of a handler: a path, a text with paths in braces, or a text as it is. */
export function parseTemplate(text: string): Outcome<Template> {
  if (isPath(text)) {
    return reading(text, (scanner): Template => {
      const path = readPathPiece(scanner)
      if (!scanner.done) {
        scanner.unexpected('`.`, `[` or the end', {
          help: 'inside a longer text a path stands in braces: `order#{$.id}`',
        })
      }
      return { kind: 'path', path }
    })
  }
  if (!text.includes('{$')) return { ok: true, value: { kind: 'constant', value: text } }
  return reading(text, readJoined)
}

/** Reads a path where the scanner stands. */
export function readPathPiece(scanner: Scanner): Path {
  scanner.expect(ROOT, 'a path such as `$.id`')
  const path: (string | number)[] = []
  for (;;) {
    if (scanner.takeHere(DOT) !== undefined) path.push(memberName(scanner))
    else if (scanner.takeHere(OPEN) !== undefined) path.push(bracketed(scanner))
    else return path
  }
}

function memberName(scanner: Scanner): string {
  const name =
    scanner.takeHere(NAME) ?? scanner.unexpected('a name', { help: "write other names in brackets: `$['a b']`" })
  const dash = scanner.peekHere(DASH)
  if (dash !== undefined) {
    scanner.stop('dash-in-path', `the name ${quote(name.text)} ends at this ${quote('-')}`, dash, {
      help: "write other names in brackets: `$['a-b']`",
    })
  }
  return name.text
}

function bracketed(scanner: Scanner): string | number {
  const index = scanner.take(INDEX)
  const key =
    index === undefined ? scanner.expect(QUOTED, "an index or a name in quotes, such as `[0]` or `['a-b']`") : undefined
  scanner.expect(CLOSE, '`]`')
  return key === undefined ? Number(index!.text) : unquoted(key.text)
}

const BEFORE_BRACE = /(?:(?!\{\{?\$)[\s\S])+/uy
const ESCAPED_BRACE = /\{\{\$/y
const BRACE = /\{/y
const UNBRACE = /\}/y

function readJoined(scanner: Scanner): Template {
  const parts: Template[] = []
  let pending = ''
  while (scanner.at < scanner.text.length) {
    const plain = scanner.takeHere(BEFORE_BRACE)
    if (plain !== undefined) pending += plain.text
    else if (scanner.takeHere(ESCAPED_BRACE) !== undefined) pending += '{$'
    else {
      scanner.takeHere(BRACE)
      if (pending !== '') parts.push({ kind: 'constant', value: pending })
      pending = ''
      parts.push({ kind: 'path', path: readPathPiece(scanner) })
      scanner.expect(UNBRACE, '`}`')
    }
  }
  if (parts.length === 0) return { kind: 'constant', value: pending }
  if (pending !== '') parts.push({ kind: 'constant', value: pending })
  return { kind: 'text', parts }
}

/** A path as `parsePath` reads it back. */
export function formatPath(path: Path): string {
  let text = '$'
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(step)) text += `.${step}`
    else text += `['${step.replaceAll("'", "''")}']`
  }
  return text
}
