// Texts as HTML: every text of a scenario passes `text` or `sentence`, so that none of it is ever markup.
import { plain } from '../diag/text.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text for an element or an attribute: no markup, no control characters. */
export function text(value: string): string {
  return escaped(plain(value))
}

/** Several lines for `<pre>`. */
export function lines(value: string): string {
  return value.split('\n').map(text).join('\n')
}

/** A sentence with its names between backticks set as code. */
export function sentence(value: string): string {
  return text(value).replace(/`([^`]+)`/g, '<code>$1</code>')
}

function escaped(value: string): string {
  return value.replace(/[&<>"']/g, (character) => ESCAPES[character]!)
}

/** A number for a coordinate: at most one decimal. */
export function place(value: number): string {
  return String(Math.round(value * 10) / 10)
}

export interface Column {
  readonly head: string
  /** Numbers stand at the right. */
  readonly isNumber?: boolean
}

/** A table with its rows' first cells as their heads; the cells are markup already. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cell = (value: string, i: number): string =>
    i === 0
      ? `<th scope="row">${value}</th>`
      : `<td${columns[i]!.isNumber === true ? ' class="number"' : ''}>${value}</td>`
  return [
    `<div class="wide" role="region" aria-label="${text(caption)}" tabindex="0"><table>`,
    `<caption>${text(caption)}</caption>`,
    `<thead><tr>${columns.map(({ head, isNumber }) => `<th scope="col"${isNumber === true ? ' class="number"' : ''}>${text(head)}</th>`).join('')}</tr></thead>`,
    `<tbody>`,
    ...rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`),
    `</tbody></table></div>`,
  ].join('\n')
}
