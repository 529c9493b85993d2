// The scenarios that come with the page, bundled when it is built: texts, one line each, and the recordings that they play.
import { nameOf, namedIn } from './main-file.ts'

const TEXTS = import.meta.glob<string>('../../scenarios/*.yaml', { query: '?raw', import: 'default', eager: true })
const DATA = import.meta.glob<string>('../../scenarios/data/*.csv', { query: '?raw', import: 'default', eager: true })
const FILES = Object.fromEntries(Object.entries(DATA).map(([path, text]) => [`data/${nameOf(path)}`, text]))

export interface GalleryEntry {
  /** The file's name without its ending; also in the link. */
  readonly name: string
  readonly file: string
  readonly text: string
  /** What it reads besides, by the path from its folder. */
  readonly files: Readonly<Record<string, string>>
  readonly line: string
}

/** Scenarios in the order in which a newcomer should meet them; others follow by name. */
const FIRST = [
  'flash-crowd',
  'hot-partition',
  'hot-shard',
  'retry-storm',
  'poison-message',
  'visibility-too-short',
  'api-throttle',
  'cold-starts',
]

/** Files that are laid over a template of somebody else, which the page does not carry. */
const needsTemplate = (text: string): boolean => /^\s*Template:/m.test(text)

export const GALLERY: readonly GalleryEntry[] = Object.entries(TEXTS)
  .filter(([, text]) => !needsTemplate(text))
  .map(([path, text]) => {
    const file = path.slice(path.lastIndexOf('/') + 1)
    return { name: file.replace(/\.yaml$/, ''), file, text, files: namedIn(text, FILES), line: lineOf(text) }
  })
  .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1))

function rank(name: string): number {
  const at = FIRST.indexOf(name)
  return at < 0 ? FIRST.length : at
}

/** The scenario's description, which stands on its first line. */
function lineOf(text: string): string {
  const found = /^Description:\s*(.*)$/m.exec(text)?.[1] ?? ''
  return found.replace(/^(["'])(.*)\1$/, '$2').replace(' - ', ' – ')
}

const ABBREVIATIONS = /\b(api|cdn|dax|dlq|fifo|gsi|kcl|s3|sns|sqs|ttl)\b/gi

/** A file's name as a title: `api-throttle` is `API throttle`. */
export const titleOf = (name: string): string => {
  const words = name.replaceAll('-', ' ').replace(ABBREVIATIONS, (word) => word.toUpperCase())
  return words.charAt(0).toUpperCase() + words.slice(1)
}
