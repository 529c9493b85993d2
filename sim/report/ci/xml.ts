// XML for other programs: a tree of elements as a document that every parser takes, whatever its texts hold.
import { plain } from '../../diag/text.ts'

/** An element with either elements or a text inside; attributes without a value are left out. */
export interface Element {
  readonly name: string
  readonly attributes?: Readonly<Record<string, string | number | undefined>>
  readonly inside?: readonly Element[] | string
}

/** The whole document, ending with a newline. */
export function xml(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${rendered(root, '')}\n`
}

function rendered({ name, attributes = {}, inside = [] }: Element, indent: string): string {
  const start = `${indent}<${name}${Object.entries(attributes)
    .map(([key, value]) => (value === undefined ? '' : ` ${key}="${escaped(plain(String(value)))}"`))
    .join('')}`
  if (inside.length === 0) return `${start}/>`
  // The lines of a text begin where they begin: blanks are a part of it.
  if (typeof inside === 'string') return `${start}>${escaped(inside.split('\n').map(plain).join('\n'))}</${name}>`
  return [`${start}>`, ...inside.map((child) => rendered(child, `${indent}  `)), `${indent}</${name}>`].join('\n')
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML 1.0 has no place for halves of characters and for non-characters, not even as references. */
function escaped(text: string): string {
  return text
    .replace(/[\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character]!)
}
