// The camera: which part of the world the stage shows. Plain numbers; the stage applies them.
import type { Box, Point, Size } from './geometry.ts'

export const ZOOM_MIN = 0.08
export const ZOOM_MAX = 4

export interface Camera {
  /** World units times zoom plus this is the place on the screen. */
  readonly x: number
  readonly y: number
  readonly zoom: number
}

/** Margins that the picture keeps free for what lies over the stage. */
export interface Margins {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

/** The camera that shows all of `bounds` in the middle of what the margins leave, never larger than `most`. */
export function fit(bounds: Box, screen: Size, margins: Margins, most: number = 1.15): Camera {
  const width = Math.max(40, screen.w - margins.left - margins.right)
  const height = Math.max(40, screen.h - margins.top - margins.bottom)
  const wanted = Math.min(width / Math.max(1, bounds.w), height / Math.max(1, bounds.h))
  const zoom = Math.min(most, Math.max(ZOOM_MIN, wanted))
  return {
    zoom,
    x: Math.round(margins.left + (width - bounds.w * zoom) / 2 - bounds.x * zoom),
    y: Math.round(margins.top + (height - bounds.h * zoom) / 2 - bounds.y * zoom),
  }
}

/** Zooms by a factor so that the point of the world under `at` (on the screen) stays where it is. */
export function zoomAt(camera: Camera, factor: number, at: Point): Camera {
  const zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, camera.zoom * factor))
  const scale = zoom / camera.zoom
  return { zoom, x: at.x - (at.x - camera.x) * scale, y: at.y - (at.y - camera.y) * scale }
}

export const toScreen = (camera: Camera, box: Box): Box => ({
  x: box.x * camera.zoom + camera.x,
  y: box.y * camera.zoom + camera.y,
  w: box.w * camera.zoom,
  h: box.h * camera.zoom,
})

export const toWorld = (camera: Camera, point: Point): Point => ({
  x: (point.x - camera.x) / camera.zoom,
  y: (point.y - camera.y) / camera.zoom,
})
