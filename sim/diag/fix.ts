// The text that a problem's own words propose in place of what stands there.
import { nearest } from './suggest.ts'
import type { Problem } from './problem.ts'
import type { Source, Span } from './span.ts'

export interface Replacement {
  readonly span: Span
  readonly text: string
}

const PROPOSED = /^did you mean `([^`]+)`\?$/

/**
 * What `did you mean` proposes, with the place that it belongs to: of a place with more words in it, the one word that the
 * message names or that is nearest. Undefined when there is no such word.
 */
export function replacementOf({ span, label, help, message }: Problem): Replacement | undefined {
  const text = PROPOSED.exec(label ?? '')?.[1] ?? PROPOSED.exec(help ?? '')?.[1]
  if (text === undefined || span === undefined || span.source.beside === true) return undefined
  const { source } = span
  const written = source.text.slice(span.start, span.end)
  if (/\n/.test(written.trim())) return undefined
  const named = [...message.matchAll(/`([^`]+)`/g)].map(([, name]) => name!).filter((name) => name !== text)
  const word = [...named, nearest(text, words(written))].find((each) => each !== undefined && once(written, each))
  if (word !== undefined) return at(source, span.start + written.indexOf(word), word, text)
  // The name of a function stands before the value that is its place.
  const before = source.text.slice(0, span.start).trimEnd()
  const tag = named.find((name) => before.endsWith(name))
  return tag === undefined ? undefined : at(source, before.length - tag.length, tag, text)
}

function at(source: Source, start: number, word: string, text: string): Replacement {
  return { span: { source, start, end: start + word.length }, text }
}

const words = (text: string): string[] => text.match(/[\w:.-]+|!\w+/g) ?? []

function once(text: string, word: string): boolean {
  const at = text.indexOf(word)
  return at >= 0 && text.indexOf(word, at + 1) < 0
}
