// The keyboard: every control has a key, and the table of `?` is made from the same list.
import type { Tools } from './context.tsx'
import { toggleProjector } from './projector.ts'
import { closeEditor, editorStore, openEditor } from './editor-store.ts'
import { store } from './store.ts'
import { opposite } from '../theme/tokens.ts'

export interface Key {
  /** As the table shows them. */
  readonly keys: readonly string[]
  readonly does: string
  /** Tells whether it is this key. */
  readonly is: (event: KeyboardEvent) => boolean
  readonly act: (tools: Tools, event: KeyboardEvent) => void
}

const one =
  (...names: string[]) =>
  (event: KeyboardEvent): boolean =>
    names.includes(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey
const withControl =
  (name: string, shift: boolean) =>
  (event: KeyboardEvent): boolean =>
    event.key.toLowerCase() === name && (event.ctrlKey || event.metaKey) && event.shiftKey === shift
const PAN = 60

const toggle = (name: 'help' | 'legend' | 'panels' | 'palette' | 'table'): void =>
  store.setState((state) => ({ [name]: !state[name] }))

export const KEYS: readonly Key[] = [
  {
    keys: ['Space', 'K', '.'],
    does: 'play, pause',
    is: one(' ', 'k', '.'),
    act: ({ session }) => session.setPlaying(!session.clock.playing),
  },
  {
    keys: ['←', '→'],
    does: 'step back or on by a frame; with Shift by ten',
    is: one('ArrowLeft', 'ArrowRight'),
    act: ({ session }, event) => session.step((event.key === 'ArrowLeft' ? -1 : 1) * (event.shiftKey ? 10 : 1)),
  },
  {
    keys: [',', '/'],
    does: 'to the event before or after: a message that sets out, or a mark',
    is: one(',', '/'),
    act: ({ session }, event) => session.stepEvent(event.key === ',' ? -1 : 1),
  },
  {
    keys: ['Z', 'Shift Z'],
    does: 'a shorter or a longer part of the run on the time line',
    is: one('z', 'Z'),
    act: ({ session }, event) => session.zoomTime(event.shiftKey ? 2 : 0.5),
  },
  {
    keys: ['Page up', 'Page down'],
    does: 'to the mark before or after',
    is: one('PageUp', 'PageDown'),
    act: ({ session }, event) => session.jump(event.key === 'PageUp' ? -1 : 1),
  },
  {
    keys: ['Home', 'End'],
    does: 'to the beginning or the end',
    is: one('Home', 'End'),
    act: ({ session }, event) => session.seek(event.key === 'Home' ? 0 : Infinity),
  },
  {
    keys: ['[', ']'],
    does: 'slower, faster',
    is: one('[', ']'),
    act: ({ session }, event) => session.shiftSpeed(event.key === '[' ? -1 : 1),
  },
  {
    keys: ['1', '…', '9'],
    does: 'to what is going on, by its number',
    is: (event) => /^[1-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey,
    act: ({ session }, event) => {
      const insight = store.getState().insights[Number(event.key) - 1]
      if (insight !== undefined) session.show(insight)
    },
  },
  {
    keys: ['Shift', 'W', 'A', 'S', 'D'],
    does: 'move the picture',
    is: one('W', 'A', 'S', 'D'),
    act: ({ stage }, { key }) =>
      stage?.pan(key === 'A' ? PAN : key === 'D' ? -PAN : 0, key === 'W' ? PAN : key === 'S' ? -PAN : 0),
  },
  {
    keys: ['+', '−', '0'],
    does: 'zoom in, out, show all',
    is: one('+', '=', '-', '0'),
    act: ({ stage }, { key }) => (key === '0' ? stage?.fit() : stage?.zoom(key === '-' ? 1 / 1.25 : 1.25)),
  },
  {
    keys: ['A', 'B', 'V'],
    does: 'show side A, side B, both',
    is: one('a', 'b', 'v'),
    act: ({ session }, { key }) => session.setView(key === 'v' ? 'split' : (key as 'a' | 'b')),
  },
  { keys: ['F'], does: 'fork: changes hold from this moment on', is: one('f'), act: ({ session }) => session.fork() },
  { keys: ['Tab', 'Enter'], does: 'from card to card, inspect', is: () => false, act: () => {} },
  { keys: ['Shift ←↑↓→'], does: 'on a card: move it', is: () => false, act: () => {} },
  {
    keys: ['G'],
    does: 'tidy: cards back to where they stand by themselves',
    is: one('g'),
    act: ({ session }) => session.tidy(),
  },
  {
    keys: ['Escape'],
    does: 'close, let go of the selection',
    is: one('Escape'),
    act: () =>
      store.setState((state) => {
        if (state.help || state.share || state.palette || state.experiments)
          return { help: false, share: false, palette: false, experiments: false }
        return state.selected === undefined ? { about: false, table: false } : { selected: undefined }
      }),
  },
  { keys: ['Ctrl Z'], does: 'undo a change', is: withControl('z', false), act: ({ session }) => session.undo() },
  {
    keys: ['Ctrl Shift Z'],
    does: 'do it again',
    is: (event) => withControl('z', true)(event) || withControl('y', false)(event),
    act: ({ session }) => session.redo(),
  },
  {
    keys: ['U'],
    does: 'share: link, figure, report, picture',
    is: one('u'),
    act: () => store.setState({ share: true }),
  },
  {
    keys: ['X'],
    does: 'experiments: many runs over values and seeds',
    is: one('x'),
    act: () => store.setState(({ scenario }) => ({ experiments: scenario !== undefined })),
  },
  {
    keys: ['I'],
    does: 'keep the stage as a picture',
    is: one('i'),
    act: (tools) => void import('./saving.ts').then(({ savePicture }) => savePicture(tools)),
  },
  { keys: ['P'], does: 'projector: larger, light, the stage alone', is: one('p'), act: () => toggleProjector() },
  {
    keys: ['O'],
    does: 'open files',
    is: one('o'),
    act: () => document.getElementById('open-files')?.click(),
  },
  {
    keys: ['E'],
    does: 'open the scenario’s text in the editor, close it; Escape leaves the editor',
    is: one('e'),
    act: () => (editorStore.getState().open ? closeEditor() : openEditor()),
  },
  {
    keys: ['Ctrl Enter'],
    does: 'run the text of the editor',
    is: withControl('enter', false),
    act: ({ editing }) => void editing?.run(),
  },
  {
    keys: ['Ctrl Space', 'F8', 'Ctrl .', 'Ctrl S'],
    does: 'in the editor: proposals, the next problem, write what it proposes, save as a file',
    is: () => false,
    act: () => {},
  },
  { keys: ['N'], does: 'all resources as a table, or the stage', is: one('n'), act: () => toggle('table') },
  { keys: ['Ctrl K'], does: 'commands by their names', is: withControl('k', false), act: () => toggle('palette') },
  { keys: ['L'], does: 'show or hide the legend', is: one('l'), act: () => toggle('legend') },
  { keys: ['\\'], does: 'show or hide the panels', is: one('\\'), act: () => toggle('panels') },
  {
    keys: ['T'],
    does: 'dark, light',
    is: one('t'),
    act: () => store.setState((state) => ({ theme: opposite(state.theme) })),
  },
  {
    keys: ['M'],
    does: 'moving dots on or off',
    is: one('m'),
    act: () => store.setState((state) => ({ still: !state.still })),
  },
  { keys: ['?'], does: 'this table', is: one('?'), act: () => toggle('help') },
]

/** Fields that need the keys themselves. */
function isField(target: EventTarget | undefined, event: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable)
    return true
  if (target instanceof HTMLInputElement) {
    // A slider keeps what moves it.
    return target.type !== 'range' || /^(?:Arrow|Page|Home|End)/.test(event.key)
  }
  // A button is pressed with the space bar.
  return (
    (target instanceof HTMLButtonElement || target.tagName === 'SUMMARY' || target instanceof HTMLAnchorElement) &&
    event.key === ' '
  )
}

export function listenToKeys(tools: Tools): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isField(event.composedPath()[0], event)) return
    // In the gallery only what needs no run.
    if (store.getState().scenario === undefined && !['?', 'Escape', 't', 'o', 'k'].includes(event.key)) return
    const key = KEYS.find((each) => each.is(event))
    if (key === undefined) return
    event.preventDefault()
    key.act(tools, event)
  })
}
