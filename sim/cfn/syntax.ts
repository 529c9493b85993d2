// What breaks the YAML of a text, in words for people who never saw a parser.
//
// The one idea: one slip makes a parser stumble several times. A bracket that is never closed is told where it was opened, and of
// everything else only the first stumble of a line, because the rest follows from it.
import type { CST, YAMLError } from 'yaml'

export interface SyntaxFlaw {
  readonly message: string
  readonly start: number
  readonly end: number
  readonly help?: string
}

/** The parser's sentences, ours, and how to mend it. Sentences that are not here are told as they are. */
const WORDS: readonly (readonly [theirs: RegExp, ours: string, help?: string])[] = [
  [/^Tabs are not allowed as indentation/, 'a tab stands in the indentation', 'indent with spaces'],
  [
    /^(Nested mappings are not allowed in compact mappings|Block collections are not allowed within flow)/,
    'a second `key: value` begins inside a value',
    'put it on a line of its own, separate it by a comma inside braces, or quote a text that has `: ` in it',
  ],
  [
    /^Implicit keys need to be on a single line/,
    'what stands here is neither a whole value nor the beginning of a map',
    'write `key: value`, or indent what belongs to the line above',
  ],
  [
    /^Implicit map keys need to be followed by map values/,
    'a key has no colon behind it',
    'write `key: value`, or indent the line if it belongs to the text above',
  ],
  [
    /^All (mapping|sequence) items must start at the same column/,
    'this line is indented unlike its neighbours',
    'members of one map or list begin in the same column',
  ],
  [
    /^Plain value cannot start with/,
    'a text may not begin with this character unless it is quoted',
    'put the value in quotation marks',
  ],
  [
    /^Unexpected block-seq-ind on same line with key/,
    'a list begins on the line of its key',
    'begin `- item` on the next line',
  ],
  [
    /^Unexpected scalar at node end/,
    'the value ends before this text',
    'quote the whole value, or write it on one line',
  ],
  [/^Unexpected flow-(map|seq)-end token/, 'this bracket closes nothing', 'take it out, or add the one that opens'],
  [
    /^A node can have at most one tag/,
    'two short forms of functions stand before one value',
    'write the outer function in its long form: `Fn::Base64: !Sub …`',
  ],
  [/^Unexpected , in flow/, 'a comma stands where a value is expected'],
  [
    /^Invalid escape sequence/,
    'a backslash before this letter means nothing between `"`',
    "write `\\\\` for a backslash, or quote the text with `'`",
  ],
  [
    /^Alias cannot be an empty string/,
    '`*` begins an alias and has no name behind it',
    'quote a text that begins with `*`',
  ],
]

/** The flaws of a text that is no YAML, in its order. `lineOf` counts the lines before an offset. */
export function syntaxFlaws(
  tokens: readonly CST.Token[],
  errors: readonly YAMLError[],
  lineOf: (offset: number) => number,
): SyntaxFlaw[] {
  const open = unclosed(tokens)
  const flaws: SyntaxFlaw[] = []
  const lines = new Set<number>()
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    const [start, end] = error.pos
    if (open !== undefined && end > open.start) break
    const line = lineOf(start)
    if (lines.has(line)) continue
    lines.add(line)
    flaws.push({ ...inOurWords(error.message), start, end })
  }
  return open === undefined ? flaws : [...flaws, open]
}

function inOurWords(theirs: string): { readonly message: string; readonly help?: string } {
  const known = WORDS.find(([pattern]) => pattern.test(theirs))
  if (known === undefined) return { message: sentence(theirs) }
  const [, message, help] = known
  return help === undefined ? { message } : { message, help }
}

/** The innermost bracket or quotation mark that is not closed, or closed by the other kind. Without recursion: depth is what a stranger chooses. */
function unclosed(tokens: readonly CST.Token[]): SyntaxFlaw | undefined {
  let found: SyntaxFlaw | undefined
  const stack: CST.Token[] = [...tokens]
  for (let token = stack.pop(); token !== undefined; token = stack.pop()) {
    if (token.type === 'document' && token.value) stack.push(token.value)
    if (token.type === 'double-quoted-scalar' || token.type === 'single-quoted-scalar') {
      const { offset, source } = token
      const mark = source.charAt(0)
      if (source.length > 1 && source.endsWith(mark)) continue
      if (found !== undefined && found.start > offset) continue
      found = {
        message: `the quotation mark \`${mark}\` is never closed`,
        start: offset,
        end: offset + 1,
        help: `close it with another \`${mark}\``,
      }
      continue
    }
    if (!('items' in token)) continue
    for (const item of token.items) {
      if (item.key) stack.push(item.key)
      if (item.value) stack.push(item.value)
    }
    if (token.type !== 'flow-collection') continue
    const { type, offset, source } = token.start
    const wanted = type === 'flow-map-start' ? '}' : ']'
    const closed = token.end.find((each) => each.type === 'flow-map-end' || each.type === 'flow-seq-end')
    if (closed !== undefined && 'source' in closed && closed.source === wanted) continue
    if (found !== undefined && found.start > offset) continue
    const message =
      closed === undefined
        ? `\`${source}\` is never closed`
        : `\`${source}\` is closed by \`${wanted === '}' ? ']' : '}'}\``
    found = { message, start: offset, end: offset + 1, help: `close it with \`${wanted}\`` }
  }
  return found
}

/** The parser's own words, begun in lower case and without a full stop, as all our problems are. */
function sentence(message: string): string {
  const trimmed = message.replace(/\.$/, '')
  return trimmed.charAt(0).toLowerCase() + trimmed.slice(1)
}
