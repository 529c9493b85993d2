// One session of the page: the two sides, the clock, and every action that a panel, a key or a link can ask for.
//
// Side B runs what the user has made of the scenario and is what is shown; side A, what it is compared with, runs when it is
// asked for. Both have the same seed, so that what differs is the change and not chance.
import type { Draft } from 'immer'
import type { LoadRequest, Port } from '../bridge/client.ts'
import { Clock, speedFor } from '../run/clock.ts'
import { compare } from '../run/compare.ts'
import { eventBeside } from '../run/events.ts'
import { Parting } from '../run/parting.ts'
import type { Run } from '../run/run.ts'
import { axisMoment, plainText } from '../run/words.ts'
import type { About, Insight, Mark, Outline, Wanted } from '../sim.ts'
import type { Point } from '../stage/geometry.ts'
import { whole, zoomed, type Range } from '../timeline/range.ts'
import { change, newHistory, NO_EDITS, redo, settle, undo, type Changes, type Edits, type History } from './edits.ts'
import { GALLERY, titleOf } from './gallery.ts'
import { namedIn } from './main-file.ts'
import { keepPlaces, keptPlaces, type Places } from './places.ts'
import { fromFragment, toFragment } from './share.ts'
import { Side, UNKNOWN } from './side.ts'
import { store, type Opening, type Scenario, type View } from './store.ts'
import { forkAt, sideA } from './variants.ts'

/** While a slider moves, the run starts again at most this often, in ms. */
const RERUN_MS = 180
/** How long a word of what just happened stands there, in ms. */
const NOTICE_MS = 5000

export class Session {
  readonly clock = new Clock()
  /** The nodes changed, or the run began again: the stage must take it anew. */
  onRun: (run: Run) => void = () => {}
  /** The same for side A beside it. */
  onBase: (run: Run) => void = () => {}
  readonly #b: Side
  /** Made when it is first asked for: it has a worker of its own. */
  #a: Side | undefined = undefined
  readonly #makePort: () => Port
  #parting = new Parting()
  #timer: ReturnType<typeof setTimeout> | undefined = undefined
  /** Where to go once the run has come so far, in µs. */
  #wanted: number | undefined = undefined
  #keepPlaying = false

  constructor(makePort: () => Port) {
    this.#makePort = makePort
    this.#b = this.#makeSide('b')
  }

  /** The run that is shown. */
  get run(): Run | undefined {
    return this.#shown.run
  }

  /** The side that panels are about: B, when both are shown. */
  get #shown(): Side {
    return store.getState().view === 'a' ? (this.#a ?? this.#b) : this.#b
  }

  /** The run of side A while both are shown. */
  get base(): Run | undefined {
    return store.getState().view === 'split' ? this.#a?.run : undefined
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
    const files = shared.files ?? (shared.text === undefined ? entry?.files : undefined)
    const scenario = { name, text, own: shared.text !== undefined, ...(files && { files }) }
    this.open(scenario, shared)
  }

  /** Opens a scenario of the gallery by its name. */
  openGallery(name: string): void {
    const entry = GALLERY.find((each) => each.name === name)
    if (entry !== undefined) this.open({ name: entry.file, text: entry.text, files: entry.files, own: false })
  }

  open(scenario: Scenario, { edits = NO_EDITS, time, places, view = 'b' }: Opening = {}): void {
    clearTimeout(this.#timer)
    this.#forget()
    this.clock.now = 0
    this.#wanted = time
    this.#keepPlaying = time === undefined && !store.getState().still
    this.setPlaying(false)
    store.setState({
      scenario,
      document: store.getState().document + 1,
      history: newHistory(edits),
      view,
      former: undefined,
      followed: undefined,
      following: undefined,
      selected: undefined,
      range: undefined,
      event: undefined,
      places: places ?? keptPlaces(scenario.name),
      notice: undefined,
    })
    document.title = `${titleOf(scenario.name.replace(/\.(ya?ml|json|template)$/, ''))} · hotshard`
    this.#load()
  }

  /** Back to the gallery. */
  close(): void {
    clearTimeout(this.#timer)
    this.setPlaying(false)
    this.#forget()
    store.setState({ scenario: undefined, view: 'b', former: undefined })
    document.title = 'hotshard'
  }

  #forget(): void {
    this.#b.forget()
    this.#a?.forget()
    store.setState({ ...UNKNOWN, base: UNKNOWN, differences: [], parting: undefined })
  }

  /** Runs what is to be shown and does not run yet; answers which sides that are. */
  #load(): ('a' | 'b')[] {
    const { scenario, history, view } = store.getState()
    if (scenario === undefined) return []
    const { seed } = history.edits
    const request = ({ knobs, fork }: Changes): LoadRequest => ({
      name: scenario.name,
      text: scenario.text,
      files: namedIn(scenario.text, scenario.files ?? {}),
      ...(fork === undefined ? { knobs } : { knobs: fork.knobs, later: { at: fork.at, knobs } }),
      ...(seed === undefined ? {} : { seed }),
    })
    const begun: ('a' | 'b')[] = this.#b.load(request(history.edits)) ? ['b'] : []
    if (view === 'b') return begun
    this.#a ??= this.#makeSide('a')
    return this.#a.load(request(sideA(history.edits))) ? [...begun, 'a'] : begun
  }

  #makeSide(name: 'a' | 'b'): Side {
    const isShown = (): boolean => (store.getState().view === 'a') === (name === 'a')
    const side: Side = new Side(this.#makePort(), {
      known: (patch) => {
        if (name === 'a') store.setState({ base: side.known })
        if (isShown()) store.setState(patch)
      },
      begun: (run, before) => {
        this.#parting = new Parting()
        store.setState({ parting: undefined, differences: [] })
        if (isShown()) {
          const { selected, scenario } = store.getState()
          store.setState({
            selected: sameNode(before, run.outline, selected),
            followed: undefined,
            following: undefined,
          })
          if (before === undefined) {
            store.setState({ about: scenario?.own === true && run.outline.isBare })
            this.setSpeed(speedFor(run.outline.duration))
          }
          this.onRun(run)
        } else if (name === 'a') this.onBase(run)
      },
      frame: () => {
        this.#settleTime()
        this.#part()
      },
      done: (_, stopped) => {
        this.#settleTime()
        if (stopped !== undefined && isShown())
          store.setState({ notice: `The run was stopped before its end: ${plainText(stopped)}.` })
        this.#compare()
      },
      failed: () => {
        if (isShown()) this.setPlaying(false)
      },
    })
    return side
  }

  /** Goes where the link or the run before was, as soon as the simulation has come there. */
  #settleTime(): void {
    const { run } = this
    if (run === undefined) return
    if (this.#wanted !== undefined) {
      if (this.#reached < Math.min(this.#wanted, run.end)) return
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
    this.clock.seek(time, this.#reached)
  }

  /** How far all that is shown has been simulated, in µs. */
  get #reached(): number {
    const reached = this.run?.reached ?? 0
    return store.getState().view === 'split' ? Math.min(reached, this.#a?.run?.reached ?? 0) : reached
  }

  /** Marks of what is shown, and where its sides part. */
  get marks(): readonly Mark[] {
    const { parting } = store.getState()
    const marks = this.run?.marks ?? []
    if (parting === undefined) return marks
    const mark: Mark = { time: parting, length: 0, kind: 'parting', node: -1, text: 'A and B part' }
    return [...marks, mark].sort((a, b) => a.time - b.time)
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
    const { marks } = this
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
    const moved = clock.tick(ms, Math.min(this.#reached, run.end))
    if (clock.playing && clock.now >= run.end) this.setPlaying(false)
    return moved
  }

  // What if ------------------------------------------------------------------------------------------------------------

  setKnob(name: string, value: string): void {
    const initial = store.getState().outline?.knobs.find((knob) => knob.name === name)?.initial
    // Whoever changes something wants to see what it does.
    if (store.getState().view === 'a') this.setView('split')
    this.edit(name, (draft) => {
      if (value === initial) delete draft.knobs[name]
      else draft.knobs[name] = value
    })
  }

  setSeed(seed: string | undefined): void {
    this.edit('seed', (draft) => {
      if (seed === undefined) delete draft.seed
      else draft.seed = seed
    })
  }

  /** From the moment shown on the changes hold, before it everything stays as in A. */
  fork(): void {
    const { outline, history } = store.getState()
    if (outline === undefined) return
    const at = Math.round(this.clock.now / outline.step) * outline.step
    if (at === 0 || sideA(history.edits).fork !== undefined) {
      say(
        at === 0 ? 'At the beginning there is nothing to fork from.' : 'A forks itself: choose another A to fork from.',
      )
      return
    }
    if (store.getState().view === 'a') this.setView('split')
    this.edit('fork', (draft) => forkAt(draft, at))
    this.settle()
    say(`From ${axisMoment(at)} on, what you change holds; before it all stays as in A.`)
  }

  /** The changes hold from the beginning. */
  unfork(): void {
    this.edit('fork', (draft) => {
      delete draft.fork
    })
    this.settle()
  }

  /** Changes the edits; changes of one name in a row are one step to undo, until `settle`. */
  edit(name: string, recipe: (draft: Draft<Edits>) => void): void {
    this.#take(change(store.getState().history, name, recipe))
  }

  /** Another text of the same scenario, which runs anew; `carry` says which edits it still has. */
  setText(text: string, carry: (edits: Edits) => Edits): void {
    const { scenario, history } = store.getState()
    if (scenario === undefined || scenario.text === text) return
    const own = !GALLERY.some((entry) => entry.file === scenario.name && entry.text === text)
    const edits = carry(history.edits)
    // What was let go cannot come back by undoing: the text has no place for it.
    const isSame = JSON.stringify(edits) === JSON.stringify(history.edits)
    store.setState({ scenario: { ...scenario, text, own }, ...(isSame ? {} : { history: newHistory(edits) }) })
    clearTimeout(this.#timer)
    this.#rerun()
  }

  undo(): void {
    this.#take(undo(store.getState().history))
  }

  redo(): void {
    this.#take(redo(store.getState().history))
  }

  /** The slider was let go: the next change is a step of its own. */
  settle(): void {
    store.setState({ history: settle(store.getState().history) })
  }

  #take(history: History): void {
    const before = store.getState().history
    if (history === before || history.edits === before.edits) return
    store.setState({ history })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#rerun(), RERUN_MS)
  }

  /** Runs again what the edits made another run; the line so far stays as a ghost. */
  #rerun(): void {
    const { run, known } = this.#b
    const { wanted, playing } = { wanted: this.#wanted ?? this.clock.now, playing: this.clock.playing }
    // A run that had not ended is no measure: while a slider moves, the last whole run stays the one to compare with.
    const whole =
      run !== undefined && known.outcomes !== undefined && known.status === 'done'
        ? { lanes: run.lanes, step: run.outline.step, outcomes: known.outcomes }
        : undefined
    const begun = this.#load()
    if (begun.includes('b') && whole !== undefined) store.setState({ former: whole })
    if (begun.length === 0) return
    this.#wanted = wanted
    this.#keepPlaying ||= playing
  }

  /** Lets go of the ghost. */
  forgetFormer(): void {
    store.setState({ former: undefined, differences: [] })
  }

  // Two sides ----------------------------------------------------------------------------------------------------------

  /** Shows side A, side B, or both. */
  setView(view: View): void {
    if (store.getState().scenario === undefined || store.getState().view === view) return
    store.setState({ view })
    this.#load()
    const side = this.#shown
    const { outline, selected } = store.getState()
    store.setState({
      ...side.known,
      followed: undefined,
      following: undefined,
      selected: side.known.outline === undefined ? undefined : sameNode(outline, side.known.outline, selected),
    })
    if (side.run !== undefined) this.onRun(side.run)
    if (this.base !== undefined) this.onBase(this.base)
    this.#part()
    this.#compare()
  }

  /** What changed from the run before, or from side A where there is one. */
  #compare(): void {
    const { view, former } = store.getState()
    const before = view === 'b' ? former?.outcomes : this.#a?.known.outcomes
    const after = this.#b.known.outcomes
    store.setState({ differences: before === undefined || after === undefined ? [] : compare(before, after) })
  }

  /** Looks for the first moment at which the sides differ, as far as both are simulated. */
  #part(): void {
    const [a, b] = [this.#a?.run, this.#b.run]
    if (a === undefined || b === undefined) return
    const parting = this.#parting.of(a, b)
    if (parting !== store.getState().parting) store.setState({ parting })
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
    return this.#shown.about(node)
  }

  /** Finds a request, shows its waterfall and goes to where it begins. `words` say which one it is. */
  async follow(wanted: Wanted, words: string): Promise<void> {
    store.setState({ following: `Looking for ${words} …` })
    const run = this.run
    const followed = await this.#shown.follow(wanted)
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
      view: store.getState().view,
    })
    return fromFragment(fragment) === undefined ? undefined : fragment
  }

  /** The report of the run that is shown, as one HTML file; undefined while it is not done. */
  report(): Promise<string | undefined> {
    return this.#shown.report()
  }

  /** To the insight's moment and place. */
  show(insight: Insight): void {
    this.setPlaying(false)
    this.seek(insight.from + Math.min((insight.to - insight.from) * 0.35, 5e6))
    if (insight.node >= 0) store.setState({ selected: insight.node })
  }
}

/** A word for a while. */
function say(notice: string): void {
  store.setState({ notice })
  setTimeout(() => {
    if (store.getState().notice === notice) store.setState({ notice: undefined })
  }, NOTICE_MS)
}

/** The number that a node of the run before has in this one. */
function sameNode(before: Outline | undefined, now: Outline, node: number | undefined): number | undefined {
  const name = node === undefined ? undefined : before?.nodes[node]?.name
  const found = name === undefined ? -1 : now.nodes.findIndex((each) => each.name === name)
  return found < 0 ? undefined : found
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
