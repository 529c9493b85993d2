// Everything the keyboard can do, and every place one can go to, as commands with names that stay: for the palette and for tests.
import { GALLERY, titleOf } from './gallery.ts'
import type { Tools } from './context.tsx'
import { KEYS } from './keys.ts'
import { store, type AppState } from './store.ts'

export interface Command {
  /** Stays the same when words change: `time.next-event`. */
  readonly id: string
  readonly title: string
  /** The key that does it, too. */
  readonly key?: string
  readonly run: (tools: Tools) => void
}

type Press = Pick<KeyboardEventInit, 'key' | 'shiftKey' | 'ctrlKey'>

/** Keys that do several things are several commands; names of keys that are not here follow from what they do. */
const PRESSES: readonly (readonly [string, string, string, Press])[] = [
  ['time.play', 'Play or pause', 'Space', { key: 'k' }],
  ['time.step-back', 'Step back by a frame', '←', { key: 'ArrowLeft' }],
  ['time.step-on', 'Step on by a frame', '→', { key: 'ArrowRight' }],
  ['time.event-before', 'To the event before', ',', { key: ',' }],
  ['time.next-event', 'To the next event', '/', { key: '/' }],
  ['time.zoom-in', 'A shorter part of the run', 'Z', { key: 'z' }],
  ['time.zoom-out', 'A longer part of the run', 'Shift Z', { key: 'Z', shiftKey: true }],
  ['time.mark-before', 'To the mark before', 'Page up', { key: 'PageUp' }],
  ['time.next-mark', 'To the next mark', 'Page down', { key: 'PageDown' }],
  ['time.start', 'To the beginning', 'Home', { key: 'Home' }],
  ['time.end', 'To the end', 'End', { key: 'End' }],
  ['time.slower', 'Slower', '[', { key: '[' }],
  ['time.faster', 'Faster', ']', { key: ']' }],
  ['stage.zoom-in', 'Zoom in', '+', { key: '+' }],
  ['stage.zoom-out', 'Zoom out', '−', { key: '-' }],
  ['stage.fit', 'Show all', '0', { key: '0' }],
  ['stage.tidy', 'Tidy: cards back to where they stand by themselves', 'G', { key: 'g' }],
  ['stage.table', 'Table of all resources', 'N', { key: 'n' }],
  ['side.a', 'Show side A', 'A', { key: 'a' }],
  ['side.b', 'Show side B', 'B', { key: 'b' }],
  ['side.both', 'Show both sides', 'V', { key: 'v' }],
  ['edit.fork', 'Fork: changes hold from this moment on', 'F', { key: 'f' }],
  ['edit.undo', 'Undo a change', 'Ctrl Z', { key: 'z', ctrlKey: true }],
  ['edit.redo', 'Do it again', 'Ctrl Shift Z', { key: 'z', ctrlKey: true, shiftKey: true }],
  ['edit.run', 'Run the text of the editor', 'Ctrl Enter', { key: 'Enter', ctrlKey: true }],
  ['view.theme', 'Dark or light', 'T', { key: 't' }],
  ['view.dots', 'Moving dots on or off', 'M', { key: 'm' }],
  ['view.legend', 'Legend', 'L', { key: 'l' }],
  ['view.panels', 'Panels', '\\', { key: '\\' }],
  ['help.keys', 'Table of keys', '?', { key: '?' }],
]

/** Keys that say where, not what: their commands are the places themselves. */
const PLACES = /^(?:1|Shift|Tab|Escape|Ctrl K|Shift ←↑↓→|Ctrl Space)$/

const eventOf = (press: Press): KeyboardEvent => new KeyboardEvent('keydown', press)

/** What a press does by the list of keys; undefined when no key is so. */
export function keyOf(
  press: Press,
  make: (press: Press) => KeyboardEvent = eventOf,
): (typeof KEYS)[number] | undefined {
  return KEYS.find((key) => key.is(make(press)))
}

const pressed =
  (press: Press) =>
  (tools: Tools): void =>
    keyOf(press)?.act(tools, eventOf(press))

/** Letters that have no name above: their names are theirs. */
function others(): Command[] {
  const named = new Set(PRESSES.map(([, , key]) => key))
  return KEYS.flatMap(({ keys, does }) => {
    if (PLACES.test(keys[0]) || keys.some((key) => named.has(key))) return []
    const title = does.charAt(0).toUpperCase() + does.slice(1)
    return keys
      .filter((key) => /^[A-Z]$/.test(key))
      .map((key) => ({
        id: `key.${key.toLowerCase()}`,
        title: keys.length === 1 ? title : `${title} (${key})`,
        key,
        run: pressed({ key: key.toLowerCase() }),
      }))
  })
}

/** All commands at a moment: with a run also its resources and what is going on in it. */
export function commandsOf({ outline, insights }: Pick<AppState, 'outline' | 'insights'>): Command[] {
  return [
    ...PRESSES.map(([id, title, key, press]) => ({ id, title, key, run: pressed(press) })),
    ...others(),
    ...insights.slice(0, 9).map((insight, i) => ({
      id: `insight.${i + 1}`,
      title: `What is going on: ${insight.title}`,
      key: String(i + 1),
      run: ({ session }: Tools) => session.show(insight),
    })),
    ...(outline?.nodes ?? []).map(({ name, label }, i) => ({
      id: `resource.${name}`,
      title: `${name} · ${label}`,
      run: () => store.setState({ selected: i }),
    })),
    ...GALLERY.map(({ name, line }) => ({
      id: `open.${name}`,
      title: `Open ${titleOf(name)} · ${line}`,
      run: () => {
        location.hash = `#scenario=${name}`
      },
    })),
  ]
}

/** Those whose title or name holds all words, in their order; first those whose title begins with the words. */
export function matching(commands: readonly Command[], words: string): Command[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const found = commands.filter(({ id, title }) =>
    wanted.every((word) => `${title} ${id}`.toLowerCase().includes(word)),
  )
  const begins = (command: Command): boolean => command.title.toLowerCase().startsWith(words.trim().toLowerCase())
  return [...found.filter(begins), ...found.filter((command) => !begins(command))]
}
