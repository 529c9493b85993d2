// The moving dots of the stage: the stretch of time whose messages are at hand, on the graphics card or on a canvas.
import type { Container } from 'pixi.js'
import type { Run } from '../run/run.ts'
import type { Theme } from '../theme/tokens.ts'
import type { Camera } from './camera.ts'
import { DOTS_2D_MAX, FlatDots } from './dots-2d.ts'
import { GpuDots } from './dots-gpu.ts'
import { DOTS_MAX, dotsBetween, LONGEST_PACE, NO_DOTS, TRAVEL_SECONDS, repeated, type Dots, type Path } from './dots.ts'

/** Radius of a dot on the screen, in CSS pixels. */
const DOT_RADIUS = 4.6

/** Room for dots on the graphics card: those of two stretches of time. */
const DOTS_ROOM = 8192

/** From where the dots are looked at. */
export interface Sight {
  readonly camera: Camera
  readonly theme: Theme
  /** Device pixels to a CSS pixel. */
  readonly density: number
  /** How much larger dots are than usual. */
  readonly scale: number
}

export class Traffic {
  readonly #gpu: GpuDots | undefined
  readonly #flat: FlatDots | undefined
  readonly #tellPerDot: (perDot: readonly number[]) => void
  readonly #least: number
  #paths: readonly Path[] = []
  /** The stretch of time of the dots at hand, and up to where it was known, in µs. */
  #filled: { readonly number: number; readonly travel: number; readonly until: number } | undefined = undefined
  /** The moment that is drawn, in µs; undefined while no dots are. */
  #shown: number | undefined = undefined
  #count = 0
  #perDot = ''

  /** Puts its mesh into `world`; without WebGL a canvas of its own behind `canvas`. */
  constructor(
    world: Container,
    canvas: HTMLCanvasElement,
    webgl: boolean,
    tellPerDot: (perDot: readonly number[]) => void,
    least = 0,
  ) {
    this.#least = least
    this.#tellPerDot = tellPerDot
    if (webgl) {
      this.#gpu = new GpuDots(Math.max(DOTS_ROOM, least))
      world.addChild(this.#gpu.mesh)
    } else {
      this.#flat = new FlatDots()
      canvas.after(this.#flat.canvas)
    }
  }

  /** How many dots the stretch of time at hand holds. */
  get count(): number {
    return this.#count
  }

  /** The canvas of the dots, where they have one of their own. */
  get layers(): readonly HTMLCanvasElement[] {
    return this.#flat === undefined ? [] : [this.#flat.canvas]
  }

  setTheme(theme: Theme): void {
    this.#gpu?.setTheme(theme)
  }

  setPaths(paths: readonly Path[]): void {
    this.#paths = paths
    this.#gpu?.setPaths(paths)
    this.#flat?.setPaths(paths)
    this.#filled = undefined
  }

  /** The run is another one: its messages are looked up anew. */
  forget(): void {
    this.#filled = undefined
  }

  destroy(): void {
    this.#flat?.canvas.remove()
  }

  /** No dots at all; answers whether there were some. */
  hide({ camera, theme, density }: Sight): boolean {
    if (this.#shown === undefined) return false
    this.#shown = undefined
    this.#filled = undefined
    this.#count = 0
    if (this.#gpu !== undefined) this.#gpu.mesh.visible = false
    this.#flat?.fill(NO_DOTS)
    this.#flat?.draw(0, 1, 0, camera, theme, density)
    return true
  }

  /** Shows the moment `now` (µs) at `speed`; answers whether the picture changed. `moved`: the sight is another one. */
  show(run: Run, now: number, speed: number, { camera, theme, density, scale }: Sight, moved: boolean): boolean {
    const travel = TRAVEL_SECONDS * speed
    // Stretches of time as long as the longest journey, cut alike however one came to this moment: the picture is a function
    // of the moment alone. The one before holds what is still on its way.
    const stretch = travel * LONGEST_PACE * 1e6
    const number = Math.floor(now / stretch)
    const filled = this.#filled
    const grown = filled !== undefined && filled.until < run.reached && now >= filled.until
    if (filled === undefined || filled.travel !== travel || filled.number !== number || grown) {
      const until = Math.min(run.reached, (number + 1) * stretch)
      const most = this.#flat === undefined ? DOTS_MAX : DOTS_2D_MAX
      this.#fill(dotsBetween(run, this.#paths, (number - 1) * stretch, until, travel, most))
      this.#filled = { number, travel, until: until < (number + 1) * stretch ? until : Infinity }
    } else if (now === this.#shown && !moved) return false
    this.#shown = now
    const radius = DOT_RADIUS * scale * Math.min(1.5, Math.max(0.62, camera.zoom ** 0.5))
    if (this.#gpu !== undefined) {
      this.#gpu.mesh.visible = true
      this.#gpu.at(now, travel, radius / camera.zoom)
    }
    this.#flat?.draw(now, travel, radius, camera, theme, density)
    return true
  }

  #fill(found: Dots): void {
    const dots = this.#least > found.count ? repeated(found, this.#least) : found
    this.#count = dots.count
    this.#gpu?.fill(dots)
    this.#flat?.fill(dots)
    const key = dots.perDot.join()
    if (key === this.#perDot) return
    this.#perDot = key
    this.#tellPerDot(dots.perDot)
  }
}
