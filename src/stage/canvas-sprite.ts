// A sprite whose picture is drawn on a 2D canvas at the screen's own resolution: crisp type at every zoom.
//
// The canvas is drawn again when what it shows or its size on the screen changes, a few times a second at most; between, the
// graphics card has it as a texture and moves it.
import { CanvasSource, Sprite, Texture } from 'pixi.js'
import type { Box } from './geometry.ts'

/** The largest side of a canvas in device pixels: a card filling a large screen. */
const SIDE_MAX = 4096

export class CanvasSprite {
  readonly sprite = new Sprite()
  readonly #canvas = document.createElement('canvas')
  #source: CanvasSource | undefined = undefined

  /** Draws at a place of the screen in CSS pixels with `margin` around the box for rings and pins. */
  paint(box: Box, margin: number, density: number, draw: (ctx: CanvasRenderingContext2D) => void): void {
    const width = Math.min(SIDE_MAX, Math.max(1, Math.ceil((box.w + 2 * margin) * density)))
    const height = Math.min(SIDE_MAX, Math.max(1, Math.ceil((box.h + 2 * margin) * density)))
    const resized = this.#canvas.width !== width || this.#canvas.height !== height
    if (resized) {
      this.#canvas.width = width
      this.#canvas.height = height
    }
    const ctx = this.#canvas.getContext('2d')
    if (ctx === null) return
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.clearRect(0, 0, width, height)
    ctx.setTransform(density, 0, 0, density, margin * density, margin * density)
    draw(ctx)
    if (this.#source === undefined || resized) {
      this.#source?.destroy()
      this.#source = new CanvasSource({ resource: this.#canvas, alphaMode: 'premultiply-alpha-on-upload' })
      const old = this.sprite.texture
      this.sprite.texture = new Texture({ source: this.#source })
      if (old !== Texture.EMPTY) old.destroy(false)
    } else this.#source.update()
  }

  /** Puts the picture where the camera has its box: exact to the device's pixel, so that type stays sharp. */
  place(box: Box, margin: number, scale: number, density: number): void {
    const snap = (value: number): number => Math.round(value * density) / density
    this.sprite.position.set(snap(box.x - margin * scale), snap(box.y - margin * scale))
    this.sprite.scale.set(scale / density)
  }

  destroy(): void {
    this.#source?.destroy()
    this.sprite.destroy()
  }
}
