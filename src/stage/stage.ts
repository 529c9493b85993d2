// The stage: cards, roads and moving dots of a run at a moment, on a canvas that pans and zooms.
//
// Cards are drawn on 2D canvases when their state changes, a few times a second at most; the graphics card moves those
// pictures, the roads and the dots. Nothing is drawn while nothing changes.
import 'pixi.js/unsafe-eval'
import { autoDetectRenderer, Container, Graphics, type Renderer } from 'pixi.js'
import { drawCard, CARD_MARGIN } from '../glyphs/card.ts'
import type { Glyph } from '../glyphs/glyph.ts'
import { glyphOf } from '../glyphs/index.ts'
import { viewOf } from '../glyphs/view.ts'
import type { Run } from '../run/run.ts'
import type { Frame } from '../sim.ts'
import type { Theme } from '../theme/tokens.ts'
import { arrange, placeOf, placesOf, withCardAt, type Arrangement, type NamedPlaces } from './arrangement.ts'
import { drawCrowds, waitingOn } from './crowds.ts'
import { fit, fitAround, toScreen, toWorld, zoomAt, type Camera, type Margins } from './camera.ts'
import { CanvasSprite } from './canvas-sprite.ts'
import { pathOf } from './dots.ts'
import { around, contains, type Box, type Point, type Size } from './geometry.ts'
import { ZOOM_LEAST } from './layout-input.ts'
import type { Layout } from './layout.ts'
import { Overview } from './overview.ts'
import { nearestFree } from './places.ts'
import { Plates } from './plates.ts'
import { listenToPointer } from './pointer.ts'
import { drawRoads } from './roads.ts'
import { Traffic } from './traffic.ts'

/** Least real time between two drawings of the same card, in ms. */
const REPAINT_MS = 120
/** Real time that cards may take of one frame of the screen, in ms. */
const PAINT_MS = 2.5
/** After the last turn of the wheel, in ms, cards are drawn sharp again. */
const SETTLE_MS = 140
/** Room for the caption above the cards of a group, in CSS pixels. */
const CAPTION = 90
/** Distance of a road's lanes from its middle, in world units. */
const LANE = 4.8

/** What the stage tells the page. */
export interface StageEvents {
  readonly selected: (node: number | undefined) => void
  /** The camera or the layout changed: what lies over the stage must move with it. */
  readonly moved: () => void
  readonly perDot: (perDot: readonly number[]) => void
  /** For measuring: at least so many dots are drawn. */
  readonly dotsLeast?: number
  /** A card was put somewhere else: the name of its node and its place in pitches. */
  readonly placed: (name: string, place: Point) => void
}

export interface Shown {
  /** µs. */
  readonly now: number
  readonly speed: number
  readonly playing: boolean
}

export class Stage {
  readonly #renderer: Renderer
  readonly #host: HTMLElement
  readonly #events: StageEvents
  readonly #root = new Container()
  readonly #world = new Container()
  readonly #roads = new Graphics()
  readonly #crowds = new Graphics()
  readonly #traffic: Traffic
  readonly #overview = new Overview()
  /** Groups are shown instead of cards. */
  #far = false
  #theme: Theme
  #run: Run | undefined = undefined
  #arrangement: Arrangement | undefined = undefined
  /** Places that somebody chose, and those from before an edit. */
  #chosen: NamedPlaces = new Map()
  #before: NamedPlaces = new Map()
  #glyphs: readonly Glyph[] = []
  #cards: CanvasSprite[] = []
  readonly #plates = new Plates()
  /** By road: how many wait at its end. */
  #waiting: readonly number[] = []
  #camera: Camera = { x: 0, y: 0, zoom: 1 }
  /** The zoom for which the cards' pictures were drawn. */
  #drawnZoom = 0
  #lastZoom = 0
  #margins: Margins = { top: 0, right: 0, bottom: 0, left: 0 }
  #obstacles: readonly Box[] = []
  #moved = false
  #dirty = true
  #stale = true
  #drawnFrame = -2
  /** The frame that each card shows. */
  readonly #drawnOf = new Map<number, Frame>()
  /** Nodes, and roads as their complements, that wait to be painted. */
  #pending: readonly number[] = []
  #lastPaint = 0
  #selected: number | undefined = undefined
  #focused: number | undefined = undefined
  #pins: ReadonlyMap<number, number> = new Map()
  #still = false
  #scale = { text: 1, dots: 1 }

  static async create(host: HTMLElement, theme: Theme, events: StageEvents): Promise<Stage> {
    const renderer = await autoDetectRenderer({
      preference: 'webgl',
      backgroundAlpha: 0,
      antialias: true,
      autoDensity: true,
      resolution: Math.min(2, window.devicePixelRatio || 1),
      width: Math.max(1, host.clientWidth),
      height: Math.max(1, host.clientHeight),
    })
    return new Stage(host, renderer, theme, events)
  }

  private constructor(host: HTMLElement, renderer: Renderer, theme: Theme, events: StageEvents) {
    this.#host = host
    this.#renderer = renderer
    this.#theme = theme
    this.#events = events
    const canvas = renderer.canvas as HTMLCanvasElement
    canvas.className = 'stage-canvas'
    host.prepend(canvas)
    this.#root.addChild(this.#world)
    this.#world.addChild(this.#roads)
    this.#root.addChild(this.#overview.container)
    this.#traffic = new Traffic(this.#world, canvas, renderer.name !== 'canvas', events.perDot, events.dotsLeast)
    // In front of those that move: they stand.
    this.#world.addChild(this.#crowds)
    this.setTheme(theme)
    listenToPointer(host, canvas, {
      nodeAt: (point) => this.#nodeAt(point),
      click: (point) => this.#click(point),
      drag: (node, dx, dy) => this.#drag(node, dx / this.#camera.zoom, dy / this.#camera.zoom),
      drop: (node) => this.#drop(node),
      pan: (dx, dy) => this.pan(dx, dy),
      zoom: (factor, at) => this.zoom(factor, at),
      fit: () => this.fit(),
    })
  }

  /** Boxes of the nodes on the screen, in CSS pixels of the stage. */
  boxes(): readonly Box[] {
    return (this.#layout?.boxes ?? []).map((box) => toScreen(this.#camera, box))
  }

  setTheme(theme: Theme): void {
    this.#theme = theme
    this.#traffic.setTheme(theme)
    this.#drawRoads()
    this.#stale = true
  }

  /** Reduced motion: no dots travel; the plates on the roads tell the numbers. */
  setStill(still: boolean): void {
    this.#still = still
    this.#dirty = true
  }

  /** How much larger texts and dots are than usual. */
  setScale(scale: { readonly text: number; readonly dots: number }): void {
    this.#scale = scale
    this.#stale = true
  }

  setPins(pins: ReadonlyMap<number, number>): void {
    this.#pins = pins
    this.#stale = true
  }

  /** What lies over the stage, at its borders and anywhere: the picture keeps clear of it. */
  setMargins(margins: Margins, obstacles: readonly Box[]): void {
    if (JSON.stringify([margins, obstacles]) === JSON.stringify([this.#margins, this.#obstacles])) return
    this.#margins = margins
    this.#obstacles = obstacles
    if (!this.#moved) this.fit()
  }

  /** Places that somebody chose, by name; the others stay where they are. */
  setPlaces(chosen: NamedPlaces): void {
    if (chosen === this.#chosen) return
    this.#chosen = chosen
    if (this.#run === undefined || this.#arrangement === undefined) return
    // Without any, all go back to where the automatic layout has them.
    const tidy = chosen.size === 0
    this.#before = tidy ? new Map() : placesOf(this.#arrangement, this.#run.outline)
    this.#arrange(this.#run)
    if (tidy) this.fit()
    else this.#events.moved()
  }

  /** Shows another run. The camera stays when the nodes are the same: only numbers changed. */
  setRun(run: Run): void {
    const former = this.#run
    const same = keyOf(former) === keyOf(run)
    this.#run = run
    this.#traffic.forget()
    this.#stale = true
    this.#drawnFrame = -2
    this.#drawnOf.clear()
    this.#pending = []
    if (same) return
    for (const sprite of this.#cards) sprite.destroy()
    this.#glyphs = run.outline.nodes.map(glyphOf)
    this.#plates.set(run.outline.roads.length)
    this.#cards = run.outline.nodes.map(() => new CanvasSprite())
    // Plates lie over cards: where the gap is narrow they must stay readable.
    for (const { sprite } of this.#cards) this.#root.addChild(sprite)
    this.#root.addChild(this.#plates.container)
    // The same scenario with a resource more or less: what was there stays where it was.
    const edited = former !== undefined && this.#arrangement !== undefined && former.outline.name === run.outline.name
    this.#before = edited ? placesOf(this.#arrangement as Arrangement, former.outline) : new Map()
    this.#arrange(run)
    if (edited && this.#moved) this.#events.moved()
    else this.fit()
  }

  /** Takes the largest form of the cards in which all of them fit the screen readably. */
  #arrange(run: Run): void {
    this.#arrangement = arrange(
      run.outline,
      this.#chosen,
      this.#before,
      (layout, form) => this.#fitting(layout).zoom >= ZOOM_LEAST[form],
    )
    this.#led()
  }

  /** The roads run otherwise. */
  #led(): void {
    const { roads } = this.#layout as Layout
    const { outline } = this.#run as Run
    this.#traffic.setPaths(outline.roads.map((road, i) => pathOf(roads[i].line, road.answers ? LANE : 0)))
    this.#overview.set(outline, this.#layout as Layout)
    this.#stale = true
    this.#drawRoads()
  }

  get #layout(): Layout | undefined {
    return this.#arrangement?.layout
  }

  get #screen(): Size {
    return { w: this.#host.clientWidth, h: this.#host.clientHeight }
  }

  #fitting({ boxes, roads, bounds }: Layout): Camera {
    const stretches = roads.flatMap(({ line }) => line.slice(1).map((point, i) => around([at(point), at(line[i])])))
    const most = this.#screen.w > 1500 ? 1.8 : 1.5
    return fitAround([...boxes, ...stretches], bounds, this.#screen, this.#margins, this.#obstacles, most)
  }

  #drag(node: number, dx: number, dy: number): void {
    if (this.#arrangement === undefined) return
    const { x, y } = this.#arrangement.layout.boxes[node]
    this.#arrangement = withCardAt(this.#arrangement, node, { x: x + dx, y: y + dy })
    this.#led()
    this.#events.moved()
  }

  /** Lets go of a card: it comes to rest at the nearest place that is free. */
  #drop(node: number): void {
    if (this.#arrangement === undefined || this.#run === undefined) return
    const { layout, form } = this.#arrangement
    const box = nearestFree(
      layout.boxes[node],
      layout.boxes.filter((_, i) => i !== node),
    )
    this.#moved = true
    this.#events.placed(this.#run.outline.nodes[node].name, placeOf(box, form))
    this.#events.moved()
  }

  /** Moves a card by pixels of the screen: for the keyboard. */
  nudge(node: number, dx: number, dy: number): void {
    this.#drag(node, dx / this.#camera.zoom, dy / this.#camera.zoom)
    this.#drop(node)
  }

  select(node: number | undefined): void {
    this.#selected = node
    this.#drawRoads()
    this.#stale = true
  }

  focus(node: number | undefined): void {
    this.#focused = node
    this.#stale = true
  }

  resize(): void {
    this.#renderer.resize(Math.max(1, this.#host.clientWidth), Math.max(1, this.#host.clientHeight))
    this.#dirty = true
    if (!this.#moved) this.fit()
  }

  /** Shows everything. */
  fit(): void {
    if (this.#run === undefined) return
    this.#moved = false
    this.#arrange(this.#run)
    this.#setCamera(this.#fitting(this.#layout as Layout))
  }

  pan(dx: number, dy: number): void {
    this.#moved = true
    this.#setCamera({ ...this.#camera, x: this.#camera.x + dx, y: this.#camera.y + dy })
  }

  zoom(factor: number, at: Point = { x: this.#host.clientWidth / 2, y: this.#host.clientHeight / 2 }): void {
    this.#moved = true
    this.#setCamera(zoomAt(this.#camera, factor, at))
  }

  /** Looks at the same part of the same picture as another stage that has the same size and nodes. */
  follow(other: Stage): void {
    const [mine, theirs] = [this.#camera, other.#camera]
    if (this.#run === undefined || keyOf(this.#run) !== keyOf(other.#run)) return
    const isThere = mine.x === theirs.x && mine.y === theirs.y && mine.zoom === theirs.zoom
    if (isThere && this.#arrangement === other.#arrangement) return
    this.#moved = other.#moved
    this.#arrangement = other.#arrangement
    this.#led()
    this.#setCamera(theirs)
  }

  /** Brings a node into view when it is not. */
  reveal(node: number): void {
    const box = this.boxes()[node]
    if (box === undefined) return
    const { top, right, bottom, left } = this.#margins
    const shift = (low: number, high: number, from: number, to: number): number =>
      from < low ? low - from : to > high ? Math.max(high - to, low - from) : 0
    const dx = shift(left, this.#host.clientWidth - right, box.x, box.x + box.w)
    const dy = shift(top, this.#host.clientHeight - bottom, box.y, box.y + box.h)
    if (dx !== 0 || dy !== 0) this.pan(dx, dy)
  }

  /** How many dots are at hand. */
  get dots(): number {
    return this.#traffic.count
  }

  /** Which renderer draws: `webgl`, or `canvas` where there is none. */
  get renderer(): string {
    return this.#renderer.name
  }

  /** Device pixels to a CSS pixel. */
  get density(): number {
    return this.#renderer.resolution
  }

  /** What the stage shows, as canvases one over the other; to be read at once, before the next frame is drawn. */
  picture(): readonly HTMLCanvasElement[] {
    this.#renderer.render(this.#root)
    return [this.#renderer.canvas as HTMLCanvasElement, ...this.#traffic.layers]
  }

  destroy(): void {
    for (const sprite of this.#cards) sprite.destroy()
    this.#plates.destroy()
    this.#overview.destroy()
    this.#traffic.destroy()
    ;(this.#renderer.canvas as HTMLCanvasElement).remove()
    this.#renderer.destroy()
  }

  #setCamera(camera: Camera): void {
    this.#camera = camera
    this.#lastZoom = performance.now()
    this.#dirty = true
    this.#events.moved()
  }

  /** Draws what changed; call it once a frame of the screen. Answers how many real ms of it cards took. */
  draw({ now, speed, playing }: Shown): number {
    const run = this.#run
    if (run === undefined || this.#layout === undefined) return 0
    const time = performance.now()
    const frame = run.frames.length === 0 ? -1 : run.frameAt(now)
    const settled = time - this.#lastZoom > SETTLE_MS || this.#drawnZoom === 0
    // Cards that only zoom are scaled as they are, and drawn sharp when the zoom has come to rest.
    const anew = this.#stale || (this.#camera.zoom !== this.#drawnZoom && settled)
    const due = frame !== this.#drawnFrame && (time - this.#lastPaint > REPAINT_MS || !playing)
    if (anew) {
      this.#drawnOf.clear()
      this.#drawnZoom = this.#camera.zoom
      this.#stale = false
    }
    if (anew || due) {
      this.#pending = [...run.outline.nodes.keys(), ...run.outline.roads.map((_, i) => ~i)]
      this.#drawnFrame = frame
      this.#lastPaint = time
      if (frame >= 0) {
        this.#waiting = waitingOn(run, run.frames[frame])
        drawCrowds(this.#crowds, this.#layout, this.#waiting, LANE, this.#theme)
      }
    }
    this.#setFar(this.#overview.isShownAt(this.#camera.zoom))
    if (this.#far) {
      const { frames } = run
      const [at, density] = [frames[this.#drawnFrame], this.#renderer.resolution]
      if (at !== undefined && this.#overview.paint(run, at, this.#camera, this.#theme, density, anew))
        this.#dirty = true
    } else if (this.#pending.length > 0) {
      this.#paint(run, run.frames[this.#drawnFrame], anew || !playing ? Infinity : time + PAINT_MS)
      this.#dirty = true
    }
    const cards = performance.now() - time
    const sight = {
      camera: this.#camera,
      theme: this.#theme,
      density: this.#renderer.resolution,
      scale: this.#scale.dots,
    }
    const dots =
      this.#still || this.#far || run.frames.length === 0
        ? this.#traffic.hide(sight)
        : this.#traffic.show(run, now, speed, sight, this.#dirty)
    if (!this.#dirty && !dots) return cards
    this.#place()
    this.#renderer.render(this.#root)
    this.#dirty = false
    return cards
  }

  /** From far, cards and roads give way to the groups of them. */
  #setFar(far: boolean): void {
    if (far === this.#far) return
    this.#far = far
    this.#host.dataset.level = far ? 'groups' : 'cards'
    this.#world.visible = !far
    this.#overview.container.visible = far
    for (const { sprite } of this.#cards) sprite.visible = !far
    this.#plates.container.visible = !far
    this.#stale = true
    this.#dirty = true
  }

  /** Selects a card; from far, comes close enough to the cards of a group to read them. */
  #click(point: Point): void {
    if (!this.#far) {
      this.#events.selected(this.#nodeAt(point))
      return
    }
    const cards = this.#overview.cardsAt(toWorld(this.#camera, point))
    if (cards === undefined) return
    this.#moved = true
    this.#setCamera(fit(cards, this.#screen, { ...this.#margins, top: this.#margins.top + CAPTION }, 1.25))
  }

  /** Paints what is pending until the real time `until`; the rest has its turn in the next frames of the screen. */
  #paint(run: Run, frame: Frame | undefined, until: number): void {
    if (frame === undefined) return
    let done = 0
    for (const each of this.#pending) {
      if (done > 0 && performance.now() > until) break
      if (each < 0) this.#paintPlate(run, frame, ~each)
      else this.#paintCard(run, frame, each)
      done++
    }
    this.#pending = this.#pending.slice(done)
  }

  #paintCard(run: Run, frame: Frame, node: number): void {
    const before = this.#drawnOf.get(node)
    if (before !== undefined && this.#glyphs[node].readsHistory !== true && run.same(before, frame, node)) return
    this.#drawnOf.set(node, frame)
    const box = (this.#layout as Layout).boxes[node]
    const screen = toScreen({ ...this.#camera, zoom: this.#drawnZoom }, box)
    const view = viewOf(run, frame, node)
    const { text } = this.#scale
    this.#cards[node].paint(screen, CARD_MARGIN, this.#renderer.resolution, (ctx) => {
      ctx.scale(text, text)
      drawCard(
        ctx,
        this.#theme,
        this.#glyphs[node],
        view,
        { w: screen.w / text, h: screen.h / text },
        {
          selected: this.#selected === node,
          focused: this.#focused === node,
          few: text > 1,
          ...(this.#pins.has(node) ? { pin: this.#pins.get(node) as number } : {}),
        },
      )
    })
  }

  #paintPlate(run: Run, frame: Frame, road: number): void {
    const room = (this.#layout as Layout).roads[road].room * this.#drawnZoom
    const look = { theme: this.#theme, density: this.#renderer.resolution, text: this.#scale.text }
    this.#plates.paint(run, frame, road, room, this.#waiting[road] ?? 0, look)
  }

  #place(): void {
    const layout = this.#layout as Layout
    const { zoom, x, y } = this.#camera
    const density = this.#renderer.resolution
    this.#world.position.set(x, y)
    this.#world.scale.set(zoom)
    if (this.#far) {
      this.#overview.place(this.#camera, density)
      return
    }
    const scale = this.#drawnZoom === 0 ? 1 : zoom / this.#drawnZoom
    layout.boxes.forEach((box, i) => this.#cards[i].place(toScreen(this.#camera, box), CARD_MARGIN, scale, density))
    this.#plates.place(layout.roads, this.#camera, this.boxes(), density)
  }

  #drawRoads(): void {
    if (this.#run !== undefined && this.#layout !== undefined)
      drawRoads(this.#roads, this.#layout, this.#run.outline, this.#theme, this.#selected)
    this.#dirty = true
  }

  #nodeAt(point: Point): number | undefined {
    if (this.#far) return undefined
    const world = toWorld(this.#camera, point)
    const found = this.#layout?.boxes.findIndex((box) => contains(box, world)) ?? -1
    return found < 0 ? undefined : found
  }
}

const at = ({ x, y }: Point): Box => ({ x, y, w: 0, h: 0 })

/** What the layout of a run depends on. */
function keyOf(run: Run | undefined): string {
  if (run === undefined) return ''
  return JSON.stringify([
    run.outline.nodes.map((node) => [node.name, node.glyph]),
    run.outline.roads.map((road) => [road.from, road.to]),
  ])
}
