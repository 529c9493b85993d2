// The text box: CodeMirror with what the scenario's language needs. It knows the text and the assistant, nothing of the page.
//
// It stands in a shadow tree: there its styles are constructed sheets, which the page's policy allows; in the page itself they would be
// inline and refused.
import { closeBrackets, closeBracketsKeymap, completionKeymap, acceptCompletion } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language'
import {
  forEachDiagnostic,
  lintGutter,
  lintKeymap,
  nextDiagnostic,
  setDiagnostics,
  type Diagnostic as Shown,
} from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Extension, type Text } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import type { Diagnostic, Fix } from '../sim.ts'
import type { Assistant } from './assistant.ts'
import { marked, proposals } from './completion.ts'
import { colours, themeOf } from './look.ts'
import { placeAt, placeOf, places, withPlaces, withShown } from './places.ts'
import { wrapping } from './wrap.ts'

/** What the text box tells the page. */
export interface TextBoxEvents {
  readonly changed: () => void
  /** The cursor came into a resource, or out of all. */
  readonly pointed: (name: string | undefined) => void
  readonly run: () => void
  readonly save: () => void
  readonly leave: () => void
  readonly explain: (slug: string) => void
}

export class TextBox {
  /** What is put into the page. */
  readonly dom: HTMLElement = document.createElement('div')
  readonly #view: EditorView
  readonly #assistant: Assistant
  readonly #events: TextBoxEvents
  readonly #theme = new Compartment()
  #isDark = true
  #pointed: string | undefined

  constructor(assistant: Assistant, events: TextBoxEvents) {
    this.#assistant = assistant
    this.#events = events
    this.dom.className = 'text-box'
    const root = this.dom.attachShadow({ mode: 'open' })
    this.#view = new EditorView({ parent: root, root })
  }

  /** Shows another document: its history begins here. */
  open(name: string, text: string): void {
    const state = EditorState.create({ doc: text, extensions: this.#extensions(name, text) })
    this.#pointed = undefined
    this.#view.setState(state)
  }

  get text(): string {
    return this.#view.state.doc.toString()
  }

  /** Changes the text as one step of the history: only the part that differs. */
  replace(text: string): void {
    const { text: old } = this
    if (old === text) return
    let from = 0
    while (from < old.length && old[from] === text[from]) from++
    let end = 0
    while (end < Math.min(old.length, text.length) - from && old.at(-1 - end) === text.at(-1 - end)) end++
    this.#view.dispatch({ changes: { from, to: old.length - end, insert: text.slice(from, text.length - end) } })
  }

  focus(): void {
    this.#view.focus()
  }

  setTheme(isDark: boolean): void {
    this.#isDark = isDark
    this.#view.dispatch({ effects: this.#theme.reconfigure(themeOf(isDark)) })
  }

  /** Where the resources stand in the text as it is now. */
  setPlaces(list: Parameters<typeof withPlaces>[1]): void {
    this.#view.dispatch({ effects: withPlaces(this.#view.state.doc, list) })
    this.#point()
  }

  /** Marks the lines of a resource and goes there, unless the cursor is in it already. */
  show(name: string | undefined): void {
    const { state } = this.#view
    const place = name === undefined ? undefined : placeOf(state, name)
    const isThere = place !== undefined && placeAt(state, state.selection.main.head)?.name === name
    this.#view.dispatch({
      effects: [
        withShown(name),
        ...(place === undefined || isThere ? [] : [EditorView.scrollIntoView(place.from, { y: 'start', yMargin: 40 })]),
      ],
      ...(place === undefined || isThere ? {} : { selection: { anchor: place.from } }),
    })
  }

  /** Puts the cursor to an offset, or to the beginning of a one-based line, and takes the keyboard. */
  goTo(place: { readonly at?: number; readonly line?: number }): void {
    const { doc } = this.#view.state
    const at = Math.min(place.at ?? lineStart(doc, place.line ?? 1), doc.length)
    this.#view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
    this.focus()
  }

  goToNextProblem(): void {
    this.focus()
    nextDiagnostic(this.#view)
  }

  setDiagnostics(list: readonly Diagnostic[]): void {
    const { length } = this.#view.state.doc
    const shown = list.flatMap((each): Shown[] => {
      if (each.from === undefined) return []
      const from = Math.min(each.from, length)
      return [this.#shown(each, from, Math.min(Math.max(each.to ?? from, from), length))]
    })
    this.#view.dispatch(setDiagnostics(this.#view.state, shown))
  }

  apply({ from, to, insert }: Fix): void {
    this.#view.dispatch({
      changes: { from, to, insert },
      selection: { anchor: from + insert.length },
      userEvent: 'input.fix',
    })
    this.focus()
  }

  #shown(each: Diagnostic, from: number, to: number): Shown {
    const { fix } = each
    return {
      ...{ from, to, message: each.message },
      severity: each.severity === 'note' ? 'info' : each.severity,
      markClass: `hs-${each.slug.replaceAll('/', '-')}`,
      renderMessage: () => messageBox(each),
      actions: [
        // The place has moved with the text since: CodeMirror says where it is now.
        ...(fix === undefined
          ? []
          : [{ name: fix.title, apply: (_: EditorView, at: number) => this.apply(moved(fix, at - from)) }]),
        { name: 'Explain', apply: () => this.#events.explain(each.slug) },
      ],
    }
  }

  /** The proposal of the problem at the cursor, or of the next one behind it. */
  #fixNearest(): boolean {
    const { state } = this.#view
    const { head } = state.selection.main
    let best: { from: number; shown: Shown } | undefined
    forEachDiagnostic(state, (shown, from, to) => {
      if (shown.actions === undefined || shown.actions.length < 2 || to < head) return
      if (best === undefined || from < best.from) best = { from, shown }
    })
    best?.shown.actions?.[0]?.apply(this.#view, best.from, best.from)
    return true
  }

  #point(): void {
    const name = placeAt(this.#view.state, this.#view.state.selection.main.head)?.name
    if (name === this.#pointed) return
    this.#pointed = name
    this.#events.pointed(name)
  }

  #extensions(name: string, text: string): Extension {
    const isJson = /^\s*[{[]/.test(text)
    const act = (action: () => void) => () => {
      action()
      return true
    }
    return [
      keymap.of([
        { key: 'Mod-Enter', run: act(this.#events.run) },
        { key: 'Mod-s', run: act(this.#events.save), preventDefault: true },
        { key: 'Mod-.', run: () => this.#fixNearest() },
        { key: 'Tab', run: (view) => acceptCompletion(view) || indentMore(view), shift: indentLess },
      ]),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap]),
      keymap.of([...foldKeymap, ...defaultKeymap]),
      // Last: what closes a list or a search comes first.
      keymap.of([{ key: 'Escape', run: act(this.#events.leave) }]),
      [lineNumbers(), lintGutter(), foldGutter(), history(), drawSelection(), indentOnInput(), bracketMatching()],
      [closeBrackets(), highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches()],
      [indentUnit.of('  '), isJson ? json() : yaml(), colours, wrapping, places, proposals(this.#assistant)],
      this.#theme.of(themeOf(this.#isDark)),
      // Files that fall on the text are opened by the page, not written into it.
      EditorView.domEventHandlers({ drop: (event) => (event.dataTransfer?.files.length ?? 0) > 0 }),
      EditorView.contentAttributes.of({
        'aria-label': `Text of ${name}. Escape leaves the editor.`,
        tabindex: '0',
        autocapitalize: 'off',
        spellcheck: 'false',
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) this.#events.changed()
        if (update.docChanged || update.selectionSet) this.#point()
      }),
    ]
  }
}

const lineStart = (doc: Text, line: number): number => doc.line(Math.min(Math.max(1, line), doc.lines)).from

const moved = ({ title, from, to, insert }: Fix, by: number): Fix => ({ title, insert, from: from + by, to: to + by })

/** The words of the command line: message, what stands beside the carets, help, slug. */
function messageBox({ message, label, help, notes, slug }: Diagnostic): HTMLElement {
  const dom = document.createElement('div')
  dom.append(marked(message, document.createElement('b')))
  for (const words of [label, help, ...notes]) if (words !== undefined) dom.append(marked(words))
  const name = document.createElement('small')
  name.textContent = slug
  dom.append(name)
  return dom
}
