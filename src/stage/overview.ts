// The stage looked at from far: a box for each group of resources instead of cards too small to read, and roads between groups.
import { Container, Graphics } from 'pixi.js'
import { drawGroup } from '../glyphs/group.ts'
import { glyphOf } from '../glyphs/index.ts'
import { viewOf } from '../glyphs/view.ts'
import type { Run } from '../run/run.ts'
import type { Frame, Outline } from '../sim.ts'
import { asNumber, type Theme } from '../theme/tokens.ts'
import { toScreen, type Camera } from './camera.ts'
import { CanvasSprite } from './canvas-sprite.ts'
import { around, contains, type Box, type Point } from './geometry.ts'
import { groupsOf, overviewOf, type Group } from './groups.ts'
import type { Layout } from './layout.ts'

/** Cards narrower than this on the screen, whose names would be cut, give way to groups. */
const CARDS_FROM = 84
/** Size of a group's box on the screen where cards give way to it, in CSS pixels. */
const SIZE = { w: 176, h: 88 }
const MARGIN = 3

export class Overview {
  readonly container = new Container()
  readonly #roads = new Graphics()
  #groups: readonly Group[] = []
  #sprites: readonly CanvasSprite[] = []
  #layout: Layout | undefined = undefined
  #cards: readonly Box[] = []
  /** Below this zoom groups are shown; 0 = never. */
  #from = 0
  #drawn: Frame | undefined = undefined
  #drawnZoom = 0

  constructor() {
    this.container.addChild(this.#roads)
    this.container.visible = false
  }

  /** Groups the nodes of another picture. */
  set(outline: Outline, layout: Layout): void {
    this.destroy()
    this.#groups = groupsOf(outline)
    this.#cards = layout.boxes
    if (this.#groups.length < 2) {
      this.#from = 0
      return
    }
    this.#from = CARDS_FROM / Math.max(...layout.boxes.map((box) => box.w))
    const size = { w: SIZE.w / this.#from, h: SIZE.h / this.#from }
    this.#layout = overviewOf(outline, layout, this.#groups, size)
    this.#sprites = this.#groups.map(() => new CanvasSprite())
    for (const { sprite } of this.#sprites) this.container.addChild(sprite)
  }

  isShownAt(zoom: number): boolean {
    return zoom < this.#from
  }

  /** The cards of the group at a point of the world: what a click there comes closer to. */
  cardsAt(point: Point): Box | undefined {
    const group = this.#layout?.boxes.findIndex((box) => contains(box, point)) ?? -1
    return group < 0 ? undefined : around(this.#groups[group].nodes.map((node) => this.#cards[node]))
  }

  /** Draws the groups at a frame; answers whether anything changed. `anew`: theme or zoom are others. */
  paint(run: Run, frame: Frame, camera: Camera, theme: Theme, density: number, anew: boolean): boolean {
    if (this.#layout === undefined || (!anew && frame === this.#drawn)) return false
    if (anew) this.#drawRoads(theme)
    this.#drawn = frame
    this.#drawnZoom = camera.zoom
    this.#groups.forEach(({ name, nodes }, i) => {
      const members = nodes.map((node) => ({ glyph: glyphOf(run.outline.nodes[node]), view: viewOf(run, frame, node) }))
      const screen = toScreen(camera, (this.#layout as Layout).boxes[i])
      this.#sprites[i].paint(screen, MARGIN, density, (ctx) => drawGroup(ctx, theme, name, members, screen))
    })
    return true
  }

  place(camera: Camera, density: number): void {
    this.#roads.position.set(camera.x, camera.y)
    this.#roads.scale.set(camera.zoom)
    const scale = this.#drawnZoom === 0 ? 1 : camera.zoom / this.#drawnZoom
    this.#layout?.boxes.forEach((box, i) => this.#sprites[i].place(toScreen(camera, box), MARGIN, scale, density))
  }

  destroy(): void {
    for (const sprite of this.#sprites) sprite.destroy()
    this.#sprites = []
    this.#layout = undefined
    this.#drawn = undefined
    this.#roads.clear()
  }

  #drawRoads(theme: Theme): void {
    this.#roads.clear()
    for (const { line } of this.#layout?.roads ?? []) {
      line.forEach(({ x, y }, i) => (i === 0 ? this.#roads.moveTo(x, y) : this.#roads.lineTo(x, y)))
      this.#roads.stroke({ width: 10 / this.#from, color: asNumber(theme.road), join: 'round' })
    }
  }
}
