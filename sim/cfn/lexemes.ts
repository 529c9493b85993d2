// The pieces of a YAML or JSON text, and the comments among them.
import { Lexer } from 'yaml'
import type { Source, Span } from '../diag/span.ts'

/**
 * The text's pieces in order. Inside `{ }` and `[ ]` indentation means nothing to CloudFormation, and templates with pasted JSON
 * rely on it; the lexer, which insists, is told that no indentation is needed while it is inside.
 */
export function lexemesOf(text: string): Iterable<string> {
  const lexer = new Lexer()
  const inside = lexer as unknown as { readonly flowLevel: number }
  let needed = 0
  Object.defineProperty(lexer, 'indentNext', {
    get: () => (inside.flowLevel > 0 ? -1 : needed),
    set: (indent: number) => {
      needed = indent
    },
  })
  return lexer.lex(text)
}

/** Marks that the lexer puts among the pieces and that are not in the text: a document, the end of a flow, a scalar. */
const MARKS = new Set(['\u0002', '\u0018', '\u001f'])
const SCALAR = '\u001f'

/** Every comment of a text, `#` included. What looks like one inside a scalar (a script, a policy) is none. */
export function commentsOf(source: Source): readonly { readonly text: string; readonly span: Span }[] {
  const comments: { text: string; span: Span }[] = []
  let offset = 0
  let before = ''
  for (const piece of lexemesOf(source.text)) {
    if (piece.startsWith('#') && before !== SCALAR)
      comments.push({ text: piece, span: { source, start: offset, end: offset + piece.length } })
    if (!MARKS.has(piece)) offset += piece.length
    before = piece
  }
  return comments
}
