// One session of the page: the bridge, the run, the clock, and every action that a panel, a key or a link can ask for.
import { Bridge, type Port } from '../bridge/client.ts'
import { Clock, speedFor } from '../run/clock.ts'
import { compare } from '../run/compare.ts'
import { eventBeside } from '../run/events.ts'
import { Run } from '../run/run.ts'
import { plainText } from '../run/words.ts'
import type { About, Answer, Insight, Outline, Wanted } from '../sim.ts'
import type { Point } from '../stage/geometry.ts'
import { whole, zoomed, type Range } from '../timeline/range.ts'
import { change, newHistory, NO_EDITS, redo, settle, undo, type Edits } from './edits.ts'
import { GALLERY, titleOf } from './gallery.ts'
import { namedIn } from './main-file.ts'
import { keepPlaces, keptPlaces, type Places } from './places.ts'
import { fromFragment, toFragment } from './share.ts'
import { store, type Former, type Scenario } from './store.ts'

/** While a slider moves, the run starts again at most this often, in ms. */
const RERUN_MS = 180

export class Session {
  readonly clock = new Clock()
  run: Run | undefined = undefined
  /** The nodes changed, or the run began again: the stage must take it anew. */
  onRun: (run: Run) => void = () => {}
  readonly #bridge: Bridge
  #timer: ReturnType<typeof setTimeout> | undefined = undefined
  /** Where to go once the run has come so far, in µs. */
  #wanted: number | undefined = undefined
  #keepPlaying = false
  #change = ''
  #takeReport: ((html: string | undefined) => void) | undefined = undefined

  constructor(port: Port) {
    this.#bridge = new Bridge(port, (answer) => this.#hear(answer))
  }

  // What is shown ------------------------------------------------------------------------------------------------------

  /** Opens what the address says; the gallery when it says nothing. */
  openAddress(fragment: string): void {
    const shared = fromFragment(fragment)
    if (shared === undefined) {
      this.close()
      return
    }
    const entry = GALLERY.find((each) => each.name === shared.name)
    const text = shared.text ?? entry?.text
    if (text === undefined) {
      this.close()
      store.setState({ notice: `There is no scenario ${shared.name} in the gallery.` })
      return
    }
    const name = shared.text === undefined ? (entry?.file ?? shared.name) : shared.name
    const { files } = shared
    const scenario = { name, text, own: shared.text !== undefined, ...(files && { files }) }
    this.open(scenario, shared.edits, shared.time, shared.places)
  }

  /** Opens a scenario of the gallery by its name. */
  openGallery(name: string): void {
    const entry = GALLERY.find((each) => each.name === name)
    if (entry !== undefined) this.open({ name: entry.file, text: entry.text, own: false })
  }

  open(scenario: Scenario, edits: Edits = NO_EDITS, time?: number, places: Places = keptPlaces(scenario.name)): void {
    clearTimeout(this.#timer)
    this.run = undefined
    this.clock.now = 0
    this.#wanted = time
    this.#keepPlaying = time === undefined && !store.getState().still
    this.setPlaying(false)
    store.setState({
      scenario,
      document: store.getState().document + 1,
      history: newHistory(edits),
      former: undefined,
      differences: [],
      followed: undefined,
      following: undefined,
      selected: undefined,
      range: undefined,
      event: undefined,
      places,
      outline: undefined,
      outcomes: undefined,
      insights: [],
      pins: new Map(),
      notice: undefined,
    })
    document.title = `${titleOf(scenario.name.replace(/\.(ya?ml|json|template)$/, ''))} · hotshard`
    this.#load()
  }

  /** Back to the gallery. */
  close(): void {
    clearTimeout(this.#timer)
    this.#bridge.forget()
    this.setPlaying(false)
    this.run = undefined
    store.setState({
      scenario: undefined,
      status: 'none',
      outline: undefined,
      outcomes: undefined,
      problems: [],
      former: undefined,
    })
    document.title = 'hotshard'
  }

  #load(): void {
    const { scenario, history } = store.getState()
    if (scenario === undefined) return
    store.setState({ status: 'loading', problems: [], bug: undefined })
    this.#bridge.load({
      name: scenario.name,
      text: scenario.text,
      knobs: history.edits.knobs,
      files: namedIn(scenario.text, scenario.files ?? {}),
      ...(history.edits.seed === undefined ? {} : { seed: history.edits.seed }),
    })
  }

  #hear(answer: Answer): void {
    switch (answer.answer) {
      case 'problems': {
        const wrong = answer.problems.some((problem) => problem.severity === 'error')
        store.setState({ problems: answer.problems, ...(wrong ? { status: 'problems' as const } : {}) })
        if (wrong) this.setPlaying(false)
        break
      }
      case 'outline': {
        const { outline } = answer
        const first = this.run === undefined
        const { outline: last, selected, scenario } = store.getState()
        this.run = new Run(outline)
        store.setState({
          outline,
          ...(first ? { about: scenario?.own === true && outline.isBare } : {}),
          selected: sameNode(last, outline, selected),
          status: 'running',
          outcomes: undefined,
          insights: [],
          pins: new Map(),
          differences: [],
          followed: undefined,
          following: undefined,
        })
        if (first) this.setSpeed(speedFor(outline.duration))
        this.onRun(this.run)
        this.#bridge.ahead(outline.duration)
        break
      }
      case 'frame':
        this.run?.add(answer.frame)
        this.#settleTime()
        break
      case 'done': {
        const { outcomes } = answer
        const { former } = store.getState()
        const { stopped } = outcomes.report as { readonly stopped?: { readonly message: string } }
        if (stopped !== undefined && this.run !== undefined) {
          this.run.end = this.run.reached
          this.#settleTime()
        }
        store.setState({
          status: 'done',
          outcomes,
          ...(stopped === undefined
            ? {}
            : { notice: `The run was stopped before its end: ${plainText(stopped.message)}.` }),
          insights: outcomes.insights.map((insight) => ({
            ...insight,
            title: plainText(insight.title),
            text: plainText(insight.text),
          })),
          pins: pinsOf(outcomes.insights),
          differences: former?.outcomes === undefined ? [] : compare(former.outcomes, outcomes),
        })
        break
      }
      case 'report':
        this.#takeReport?.(answer.html)
        this.#takeReport = undefined
        break
      case 'bug':
        this.setPlaying(false)
        store.setState({ status: 'bug', bug: answer.message })
        break
    }
  }

  /** Goes where the link or the run before was, as soon as the simulation has come there. */
  #settleTime(): void {
    const { run } = this
    if (run === undefined) return
    if (this.#wanted !== undefined) {
      if (run.reached < Math.min(this.#wanted, run.end)) return
      this.clock.seek(this.#wanted, run.end)
      this.#wanted = undefined
    }
    if (this.#keepPlaying) {
      this.#keepPlaying = false
      this.setPlaying(true)
    }
  }

  // Time ---------------------------------------------------------------------------------------------------------------

  setPlaying(playing: boolean): void {
    const { clock, run } = this
    // Played to its end, it begins anew.
    if (playing && run !== undefined && clock.now >= run.end) clock.now = 0
    clock.playing = playing && run !== undefined
    store.setState({ playing: clock.playing, ...(clock.playing ? { event: undefined } : {}) })
  }

  setSpeed(speed: number): void {
    this.clock.speed = speed
    store.setState({ speed })
  }

  shiftSpeed(by: number): void {
    this.clock.shift(by)
    store.setState({ speed: this.clock.speed })
  }

  /** Goes to a moment in µs, as far as the simulation has come. */
  seek(time: number): void {
    this.#wanted = undefined
    if (store.getState().event !== undefined) store.setState({ event: undefined })
    this.clock.seek(time, this.run?.reached ?? 0)
  }

  /** By frames; stops playing. */
  step(frames: number): void {
    const { run } = this
    if (run === undefined) return
    this.setPlaying(false)
    this.seek((Math.round(this.clock.now / run.outline.step) + frames) * run.outline.step)
  }

  /** To the next event (1) or the one before (−1): a message that sets out, or a mark. Stops playing and says what it is. */
  stepEvent(direction: 1 | -1): void {
    const { run } = this
    if (run === undefined || !this.ready) return
    this.setPlaying(false)
    const event = eventBeside(run, this.clock.now, direction)
    if (event === undefined) {
      store.setState({ event: direction > 0 ? 'no event after this' : 'no event before this' })
      return
    }
    this.seek(event.time)
    store.setState({ event: event.text })
  }

  /** Shows a part of the run; undefined = all of it. */
  setRange(range: Range | undefined): void {
    store.setState({ range })
  }

  /** A longer (factor above 1) or shorter part of the run, around the moment shown. */
  zoomTime(factor: number): void {
    const { outline, range } = store.getState()
    if (outline === undefined) return
    this.setRange(zoomed(range ?? whole(outline.duration), factor, this.clock.now, outline.duration))
  }

  /** To the next mark (1) or the one before (−1). */
  jump(direction: 1 | -1): void {
    const marks = this.run?.marks ?? []
    const { now } = this.clock
    const found =
      direction > 0 ? marks.find((mark) => mark.time > now + 1000) : marks.findLast((mark) => mark.time < now - 1000)
    if (found !== undefined) this.seek(found.time)
  }

  /** Whether the run has come to the moment that is to be shown. */
  get ready(): boolean {
    return this.run !== undefined && this.run.frames.length > 0 && this.#wanted === undefined
  }

  /** Called once a frame of the screen; answers whether the shown moment changed. */
  tick(ms: number): boolean {
    const { clock, run } = this
    if (run === undefined || !this.ready) return false
    const moved = clock.tick(ms, Math.min(run.reached, run.end))
    if (clock.playing && clock.now >= run.end) this.setPlaying(false)
    return moved
  }

  // What if ------------------------------------------------------------------------------------------------------------

  setKnob(name: string, value: string): void {
    const { outline, history } = store.getState()
    const initial = outline?.knobs.find((knob) => knob.name === name)?.initial
    const next = change(history, name, (draft) => {
      if (value === initial) delete draft.knobs[name]
      else draft.knobs[name] = value
    })
    this.#edit(next, `${name} ${value}`)
  }

  setSeed(seed: string | undefined): void {
    const next = change(store.getState().history, 'seed', (draft) => {
      if (seed === undefined) delete draft.seed
      else draft.seed = seed
    })
    this.#edit(next, seed === undefined ? 'own seed' : `seed ${seed}`)
  }

  /** Another text of the same scenario, which runs anew. Values of knobs that it has not are let go; `knobs` are those it has. */
  setText(text: string, knobs: readonly string[]): void {
    const { scenario, history } = store.getState()
    if (scenario === undefined || scenario.text === text) return
    const own = !GALLERY.some((entry) => entry.file === scenario.name && entry.text === text)
    const gone = Object.keys(history.edits.knobs).filter((name) => !knobs.includes(name))
    const kept = Object.entries(history.edits.knobs).filter(([name]) => knobs.includes(name))
    store.setState({
      scenario: { ...scenario, text, own },
      ...(gone.length === 0
        ? {}
        : {
            history: newHistory({
              ...history.edits,
              knobs: Object.assign(Object.create(null), Object.fromEntries(kept)),
            }),
          }),
    })
    this.#change = 'the text'
    clearTimeout(this.#timer)
    this.#rerun()
  }

  undo(): void {
    this.#edit(undo(store.getState().history), 'undone')
  }

  redo(): void {
    this.#edit(redo(store.getState().history), 'redone')
  }

  /** The slider was let go: the next change is a step of its own. */
  settle(): void {
    store.setState({ history: settle(store.getState().history) })
  }

  #edit(history: ReturnType<typeof newHistory>, words: string): void {
    const before = store.getState().history
    if (history === before || history.edits === before.edits) return
    store.setState({ history })
    this.#change = words
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#rerun(), RERUN_MS)
  }

  /** The same scenario with other values from the start; the line so far stays as a ghost. */
  #rerun(): void {
    const { outcomes, former, status } = store.getState()
    const { run } = this
    // A run that had not ended is no measure: while a slider moves, the last whole run stays the one to compare with.
    if (run !== undefined && outcomes !== undefined && status === 'done') {
      const kept: Former = { lanes: run.lanes, step: run.outline.step, outcomes, change: this.#change }
      store.setState({ former: kept })
    } else if (former !== undefined) store.setState({ former: { ...former, change: this.#change } })
    this.#wanted = this.#wanted ?? this.clock.now
    this.#keepPlaying ||= this.clock.playing
    this.#load()
  }

  /** Lets go of the ghost. */
  forgetFormer(): void {
    store.setState({ former: undefined, differences: [] })
  }

  // Places --------------------------------------------------------------------------------------------------------------

  /** Keeps where somebody put a card. */
  place(name: string, at: Point): void {
    this.#keep(new Map(store.getState().places).set(name, at))
  }

  /** Lets go of all places: the automatic layout decides again. */
  tidy(): void {
    this.#keep(new Map())
  }

  #keep(places: Places): void {
    const { scenario } = store.getState()
    if (scenario === undefined) return
    store.setState({ places })
    keepPlaces(scenario.name, places)
  }

  // One request --------------------------------------------------------------------------------------------------------

  /** What the simulator knows of a node besides its state. */
  about(node: number): Promise<About | undefined> {
    return this.#bridge.about(node)
  }

  /** Finds a request, shows its waterfall and goes to where it begins. `words` say which one it is. */
  async follow(wanted: Wanted, words: string): Promise<void> {
    store.setState({ following: `Looking for ${words} …` })
    const run = this.run
    const followed = await this.#bridge.follow(wanted)
    if (run !== this.run) return
    if (followed === undefined) {
      store.setState({ following: `There is no such request: ${words}.` })
      return
    }
    store.setState({ followed, following: undefined })
    this.setPlaying(false)
    this.seek(followed.waterfall.from)
  }

  // Links --------------------------------------------------------------------------------------------------------------

  /** The fragment that shows the same on another machine; undefined when none can, because it is too large to be read there. */
  fragment(): string | undefined {
    const { scenario, history } = store.getState()
    if (scenario === undefined) return undefined
    const name = scenario.own ? scenario.name : scenario.name.replace(/\.yaml$/, '')
    const fragment = toFragment({
      name,
      ...(scenario.own ? { text: scenario.text, files: namedIn(scenario.text, scenario.files ?? {}) } : {}),
      edits: history.edits,
      time: this.clock.now,
      places: store.getState().places,
    })
    return fromFragment(fragment) === undefined ? undefined : fragment
  }

  /** The report of the run as one HTML file; undefined while the run is not done. */
  report(): Promise<string | undefined> {
    this.#takeReport?.(undefined)
    this.#takeReport = undefined
    if (store.getState().status !== 'done') return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#takeReport = resolve
      this.#bridge.report()
    })
  }

  /** To the insight's moment and place. */
  show(insight: Insight): void {
    this.setPlaying(false)
    this.seek(insight.from + Math.min((insight.to - insight.from) * 0.35, 5e6))
    if (insight.node >= 0) store.setState({ selected: insight.node })
  }
}

/** The number that a node of the run before has in this one. */
function sameNode(before: Outline | undefined, now: Outline, node: number | undefined): number | undefined {
  const name = node === undefined ? undefined : before?.nodes[node]?.name
  const found = name === undefined ? -1 : now.nodes.findIndex((each) => each.name === name)
  return found < 0 ? undefined : found
}

/** The first insight of each node gets the pin. */
function pinsOf(insights: readonly Insight[]): ReadonlyMap<number, number> {
  const pins = new Map<number, number>()
  insights.slice(0, 9).forEach((insight, i) => {
    if (insight.node >= 0 && !pins.has(insight.node)) pins.set(insight.node, i + 1)
  })
  return pins
}

/** The insight that says most about a moment: of those that hold then, the weightiest. */
export function insightAt(insights: readonly Insight[], now: number): number {
  let best = -1
  insights.forEach((insight, i) => {
    if (now < insight.from || now > insight.to) return
    if (best < 0 || insight.weight > insights[best].weight) best = i
  })
  return best
}
