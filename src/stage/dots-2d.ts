// The dots without a graphics card: the same places, computed here and drawn on a canvas over the stage; fewer of them.
import { OUTCOMES } from '../sim.ts'
import { Pen } from '../glyphs/pen.ts'
import type { Theme } from '../theme/tokens.ts'
import type { Camera } from './camera.ts'
import { NO_DOTS, placeOf, type Dots, type Path } from './dots.ts'

/** Most dots at once without WebGL. */
export const DOTS_2D_MAX = 400

export class FlatDots {
  readonly canvas = document.createElement('canvas')
  #dots = NO_DOTS
  #paths: readonly Path[] = []

  constructor() {
    this.canvas.className = 'flat-dots'
  }

  setPaths(paths: readonly Path[]): void {
    this.#paths = paths
  }

  fill(dots: Dots): void {
    this.#dots = dots
  }

  /** Draws the dots at `now` µs; `radius` in CSS pixels. */
  draw(now: number, travel: number, radius: number, camera: Camera, theme: Theme, density: number): void {
    const { canvas } = this
    const width = Math.round(canvas.clientWidth * density)
    const height = Math.round(canvas.clientHeight * density)
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width
      canvas.height = height
    }
    const ctx = canvas.getContext('2d')
    if (ctx === null) return
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.clearRect(0, 0, width, height)
    ctx.setTransform(density, 0, 0, density, 0, 0)
    const pen = new Pen(ctx, theme)
    const { rows, count, base } = this.#dots
    for (let i = 0; i < count; i++) {
      const path = this.#paths[rows[i * 4 + 1]]
      const place = path && placeOf(path, (now - base) / 1e6 - rows[i * 4], rows[i * 4 + 3] === 1, travel)
      if (place === undefined) continue
      pen.mark(OUTCOMES[rows[i * 4 + 2]], place.x * camera.zoom + camera.x, place.y * camera.zoom + camera.y, radius)
    }
  }
}
