// The mouse and the finger on the stage: a dragged card moves, so does the whole picture, the wheel zooms, a click selects, a
// double click shows all.
import type { Point } from './geometry.ts'

/** What the pointer can do. */
export interface Hand {
  readonly nodeAt: (point: Point) => number | undefined
  readonly click: (point: Point) => void
  readonly drag: (node: number, dx: number, dy: number) => void
  readonly drop: (node: number) => void
  readonly pan: (dx: number, dy: number) => void
  readonly zoom: (factor: number, at: Point) => void
  readonly fit: () => void
}

/** Listens on the stage's canvas, and for the wheel on all that lies over it. */
export function listenToPointer(host: HTMLElement, canvas: HTMLCanvasElement, hand: Hand): void {
  let down: { x: number; y: number; moved: boolean; readonly node: number | undefined } | undefined = undefined
  const at = (event: MouseEvent): Point => {
    const rect = host.getBoundingClientRect()
    return { x: event.clientX - rect.left, y: event.clientY - rect.top }
  }
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button > 1) return
    canvas.setPointerCapture(event.pointerId)
    down = { x: event.clientX, y: event.clientY, moved: false, node: hand.nodeAt(at(event)) }
  })
  canvas.addEventListener('pointermove', (event) => {
    if (down === undefined) {
      canvas.style.cursor = hand.nodeAt(at(event)) === undefined ? 'grab' : 'pointer'
      return
    }
    const [dx, dy] = [event.clientX - down.x, event.clientY - down.y]
    if (!down.moved && Math.hypot(dx, dy) < 4) return
    down = { ...down, x: event.clientX, y: event.clientY, moved: true }
    canvas.style.cursor = 'grabbing'
    if (down.node === undefined) hand.pan(dx, dy)
    else hand.drag(down.node, dx, dy)
  })
  canvas.addEventListener('pointerup', (event) => {
    if (down !== undefined && !down.moved) hand.click(at(event))
    else if (down?.node !== undefined) hand.drop(down.node)
    down = undefined
  })
  canvas.addEventListener('pointercancel', () => {
    if (down?.moved === true && down.node !== undefined) hand.drop(down.node)
    down = undefined
  })
  canvas.addEventListener('dblclick', () => hand.fit())
  host.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const unit = event.deltaMode === 1 ? 16 : 1
      hand.zoom(2 ** (-Math.max(-240, Math.min(240, event.deltaY * unit)) / 320), at(event))
    },
    { passive: false },
  )
}
