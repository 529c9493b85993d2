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

/** Room that obstacles keep from cards and roads, in CSS pixels. */
const CLEAR = 8
/** How finely other zooms and other places are tried. */
const ZOOM_STEP = 0.975
const PLACES = 24
/** A picture stands at one side only where that makes it so much larger: what is in the middle looks right. */
const OFF_CENTRE = 1.25

/**
 * The largest camera at which all of `parts` (cards, stretches of roads) are in view and none lies under an obstacle, such as the
 * caption: rectangles of the screen. What has no room beside them is shown clear of them, as if they were margins.
 */
export function fitAround(
  parts: readonly Box[],
  bounds: Box,
  screen: Size,
  margins: Margins,
  obstacles: readonly Box[],
  most: number,
): Camera {
  const largest = fit(bounds, screen, margins, most)
  const top = Math.max(margins.top, ...obstacles.map((box) => (box.y < screen.h / 2 ? box.y + box.h + CLEAR : 0)))
  const right = Math.max(
    margins.right,
    ...obstacles.map((box) => (box.x > screen.w / 2 ? screen.w - box.x + CLEAR : 0)),
  )
  const clear = fit(bounds, screen, { ...margins, top, right }, most)
  for (let zoom = largest.zoom; zoom > clear.zoom; zoom *= ZOOM_STEP) {
    const room = {
      x: Math.max(0, screen.w - margins.left - margins.right - bounds.w * zoom),
      y: Math.max(0, screen.h - margins.top - margins.bottom - bounds.h * zoom),
    }
    for (const share of zoom > clear.zoom * OFF_CENTRE ? [0.5, 1, 0] : [0.5])
      for (let step = 0; step <= PLACES; step++) {
        // From the middle outwards, down and up by turns.
        const at = 0.5 + (step % 2 === 0 ? step : -step - 1) / 2 / PLACES
        const camera = {
          zoom,
          x: Math.round(margins.left + room.x * share - bounds.x * zoom),
          y: Math.round(margins.top + room.y * Math.min(1, Math.max(0, at)) - bounds.y * zoom),
        }
        if (!parts.some((part) => isUnder(toScreen(camera, part), obstacles))) return camera
      }
  }
  return clear
}

const isUnder = (part: Box, obstacles: readonly Box[]): boolean =>
  obstacles.some(
    (box) =>
      part.x < box.x + box.w + CLEAR &&
      part.x + part.w > box.x - CLEAR &&
      part.y < box.y + box.h + CLEAR &&
      part.y + part.h > box.y - CLEAR,
  )
