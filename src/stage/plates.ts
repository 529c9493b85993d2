// The plates of all roads: painted when their numbers change, placed by the camera, as many as do not lie on each other.
import { Container } from 'pixi.js'
import type { Run } from '../run/run.ts'
import type { Frame } from '../sim.ts'
import type { Theme } from '../theme/tokens.ts'
import type { Camera } from './camera.ts'
import { CanvasSprite } from './canvas-sprite.ts'
import { STANDING_MAX } from './crowds.ts'
import type { Box } from './geometry.ts'
import { drawPlate, PLATE_MARGIN, plateOf, readable } from './plate.ts'
import { ROAD_WIDTH } from './roads.ts'
import type { Road } from './routes.ts'

/** How plates are painted: the theme, device pixels to a CSS pixel, and how much larger texts are than usual. */
export interface Look {
  readonly theme: Theme
  readonly density: number
  readonly text: number
}

export class Plates {
  readonly container = new Container()
  #sprites: readonly CanvasSprite[] = []
  /** By road: 0 = its plate is empty, 1 = a number, 2 = trouble, too. */
  #said: number[] = []

  /** Begins anew for so many roads. */
  set(roads: number): void {
    this.destroy()
    this.#sprites = Array.from({ length: roads }, () => new CanvasSprite())
    this.#said = this.#sprites.map(() => 0)
    for (const { sprite } of this.#sprites) this.container.addChild(sprite)
  }

  /** Paints the plate of a road that has `room` CSS pixels for it; `waiting` requests stand at the road's end. */
  paint(run: Run, frame: Frame, road: number, room: number, waiting: number, { theme, density, text }: Look): void {
    const plate = plateOf(run, frame, road, room / text, Math.max(0, waiting - STANDING_MAX))
    this.#said[road] = plate === undefined ? 0 : plate.words.second === undefined ? 1 : 2
    if (plate === undefined) return
    const box = { x: 0, y: 0, w: plate.w * text, h: plate.h * text }
    this.#sprites[road].paint(box, PLATE_MARGIN, density, (ctx) => {
      ctx.scale(text, text)
      drawPlate(ctx, theme, plate)
    })
  }

  /** Puts them beside their roads; those that would lie on others or on cards (on the screen) are left out. */
  place(roads: readonly Road[], { zoom, x, y }: Camera, cards: readonly Box[], density: number): void {
    const places = this.#sprites.map(({ sprite }, i): Box => {
      const { label, upright } = roads[i]
      const { width, height } = sprite.texture
      const size = { w: width / density - 2 * PLATE_MARGIN, h: height / density - 2 * PLATE_MARGIN }
      const lift = (ROAD_WIDTH.answers / 2) * zoom + size.h / 2 + 2
      const middle = { x: label.x * zoom + x, y: label.y * zoom + y - (upright ? 0 : lift) }
      return { x: middle.x - size.w / 2, y: middle.y - size.h / 2, ...size }
    })
    const shown = readable(places, this.#said, cards)
    places.forEach((place, i) => {
      this.#sprites[i].sprite.visible = shown.has(i)
      this.#sprites[i].place(place, PLATE_MARGIN, 1, density)
    })
  }

  destroy(): void {
    for (const sprite of this.#sprites) sprite.destroy()
    this.#sprites = []
  }
}
