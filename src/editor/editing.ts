// The editor's life on the page: it follows the scenario and the selection, has the text checked, and runs it when it is right.
import { download } from '../app/download.ts'
import { onlyEditsOf, onlyKnobs } from '../app/edits.ts'
import { closeEditor, editorStore } from '../app/editor-store.ts'
import { nameOf, namedIn } from '../app/main-file.ts'
import type { Session } from '../app/session.ts'
import { store, type AppState } from '../app/store.ts'
import type { Diagnostic, Draft, Fix } from '../sim.ts'
import { THEMES } from '../theme/tokens.ts'
import type { Assistant } from './assistant.ts'
import { TextBox } from './text-box.ts'

/** After the last letter the text is checked, and what is right runs, in ms. */
const CHECK_MS = 250
const RUN_MS = 500

export class Editing {
  readonly box: TextBox
  readonly #session: Session
  readonly #assistant: Assistant
  #document = -1
  /** The page's text as it was last seen: whatever else it becomes was not written here. */
  #seen = ''
  #checkTimer: ReturnType<typeof setTimeout> | undefined = undefined
  #runTimer: ReturnType<typeof setTimeout> | undefined = undefined
  /** The text whose diagnostics are shown. */
  #checked: string | undefined = undefined
  #isAsked = false

  constructor(session: Session, assistant: Assistant) {
    this.#session = session
    this.#assistant = assistant
    this.box = new TextBox(assistant, {
      changed: () => this.#changed(),
      pointed: (name) => this.#point(name),
      run: () => void this.run(),
      save: () => void this.save(),
      leave: () => this.leave(),
      explain: (slug) => void this.explain(slug),
    })
    this.#follow(store.getState(), undefined)
    store.subscribe((state, before) => this.#follow(state, before))
  }

  /** Runs the text now; where it cannot run, goes to what is wrong. */
  async run(): Promise<void> {
    this.#isAsked = true
    if (this.#checked === this.box.text) this.#decide()
    else await this.#check()
  }

  /** The text as a file, with the values of the sliders in it. */
  async save(): Promise<void> {
    const { scenario, history } = store.getState()
    if (scenario === undefined) return
    const draft = this.#draft(this.box.text)
    const { knobs, fork } = history.edits
    // Values from a moment on have no place in a text.
    const isChanged = Object.keys(knobs).length > 0 && fork === undefined
    const made = isChanged ? await this.#assistant.write('settle', draft) : undefined
    const type = scenario.name.endsWith('.json') ? 'application/json' : 'application/yaml'
    download(nameOf(scenario.name), type, made?.text ?? draft.text)
    const left = fork === undefined ? (made?.left ?? []) : Object.keys(knobs)
    if (left.length > 0) store.setState({ notice: `The file is saved without the values of ${left.join(', ')}.` })
  }

  /** Writes what was inferred into the text, to be corrected there. */
  async writeSection(): Promise<void> {
    const before = this.box.text
    const made = await this.#assistant.write('section', this.#draft(before))
    if (made === undefined || this.box.text !== before) return
    this.box.replace(made.text)
    this.box.goTo({ at: before.trimEnd().length + 2 })
  }

  /** Writes the sliders' values into the text that runs; they are then its own. */
  async writeKnobs(): Promise<void> {
    const before = this.box.text
    if (this.#checked !== before || editorStore.getState().checked?.ok !== true) return
    const made = await this.#assistant.write('settle', this.#draft(before))
    if (made === undefined || this.box.text !== before) return
    this.box.replace(made.text)
    this.#seen = made.text
    this.#session.setText(made.text, (edits) => ({ ...edits, knobs: onlyKnobs(edits.knobs, made.left) }))
  }

  async explain(slug: string): Promise<void> {
    editorStore.setState({ explained: await this.#assistant.explain(slug) })
  }

  /** Gives the keyboard back to the page. */
  leave(): void {
    this.box.dom.blur()
    ;(document.activeElement as HTMLElement | null)?.blur()
  }

  /** A fix of the list; its place holds for the text that was checked. */
  apply(fix: Fix): void {
    if (this.#checked === this.box.text) this.box.apply(fix)
  }

  goTo(each: Pick<Diagnostic, 'from' | 'line'>): void {
    this.box.goTo(each.from === undefined ? { line: each.line ?? 1 } : { at: each.from })
  }

  /** The panel with the editor was put into the page. */
  attached(): void {
    const { goTo } = editorStore.getState()
    if (goTo === undefined) this.box.focus()
    else this.box.goTo({ line: goTo })
    editorStore.setState({ goTo: undefined })
    this.#shown(store.getState())
  }

  #draft(text: string): Draft {
    const { scenario, history } = store.getState()
    return { name: scenario?.name ?? '', text, files: namedIn(text, scenario?.files ?? {}), knobs: history.edits.knobs }
  }

  #follow(state: AppState, before: AppState | undefined): void {
    const { scenario } = state
    if (scenario === undefined) {
      if (before?.scenario !== undefined) closeEditor()
      return
    }
    if (state.document !== this.#document) {
      this.#document = state.document
      this.#seen = scenario.text
      this.#checked = undefined
      clearTimeout(this.#runTimer)
      this.box.open(scenario.name, scenario.text)
      editorStore.setState({ checked: undefined, isStale: true, isAhead: false, explained: undefined })
      this.#checkSoon(0)
    } else if (scenario.text !== this.#seen) {
      this.#seen = scenario.text
      this.box.replace(scenario.text)
      editorStore.setState({ isAhead: this.box.text !== scenario.text })
    }
    if (state.theme !== before?.theme) this.box.setTheme(THEMES[state.theme].isDark)
    if (state.outline !== before?.outline) this.#place(state)
    if (state.selected !== before?.selected || state.outline !== before?.outline) this.#shown(state)
  }

  /** The outline's lines are those of the text that runs: while another is written, the old places move with the text. */
  #place({ outline, scenario }: AppState): void {
    if (outline === undefined || scenario === undefined || scenario.text !== this.box.text) return
    this.box.setPlaces(
      outline.nodes.flatMap(({ name, place }) =>
        place !== undefined && place.file === scenario.name ? [{ name, line: place.line, endLine: place.endLine }] : [],
      ),
    )
  }

  #shown({ outline, selected }: AppState): void {
    this.box.show(selected === undefined ? undefined : outline?.nodes[selected]?.name)
  }

  /** The inspector follows the cursor while it is open; else the card is only marked. */
  #point(name: string | undefined): void {
    const { open } = editorStore.getState()
    if (!open) return
    editorStore.setState({ pointed: name })
    const { outline, selected } = store.getState()
    const node = outline?.nodes.findIndex((each) => each.name === name) ?? -1
    if (selected !== undefined && node >= 0 && node !== selected) store.setState({ selected: node })
  }

  #changed(): void {
    clearTimeout(this.#runTimer)
    editorStore.setState({ isStale: true, isAhead: this.box.text !== store.getState().scenario?.text })
    this.#checkSoon(CHECK_MS)
  }

  #checkSoon(ms: number): void {
    clearTimeout(this.#checkTimer)
    this.#checkTimer = setTimeout(() => void this.#check(), ms)
  }

  async #check(): Promise<void> {
    clearTimeout(this.#checkTimer)
    const { text } = this.box
    const document = this.#document
    // The text itself is checked; the sliders' values are no part of it.
    const checked = await this.#assistant.check({ ...this.#draft(text), knobs: {} }).catch((error: unknown) => {
      store.setState({ notice: `The text could not be checked, which is a bug of ours: ${String(error)}` })
    })
    if (checked === undefined) return
    if (document !== this.#document || text !== this.box.text) return
    this.#checked = text
    this.box.setDiagnostics(checked.diagnostics)
    editorStore.setState({ checked, isStale: false })
    if (this.#isAsked) this.#decide()
    else if (checked.ok) this.#runTimer = setTimeout(() => this.#start(), RUN_MS)
  }

  #decide(): void {
    this.#isAsked = false
    clearTimeout(this.#runTimer)
    if (editorStore.getState().checked?.ok === true) this.#start()
    else this.box.goToNextProblem()
  }

  #start(): void {
    const { checked } = editorStore.getState()
    const { text } = this.box
    if (checked?.ok !== true || this.#checked !== text) return
    this.#seen = text
    this.#session.setText(text, (edits) => onlyEditsOf(edits, checked.knobs ?? []))
    editorStore.setState({ isAhead: false })
  }
}
