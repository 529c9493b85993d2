// The track of the time line: lanes of the run or of the part that is looked at, marks, the playhead; drag, wheel and brush.
import { useEffect, useRef, useState } from 'react'
import { useLive, useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import type { Run } from '../run/run.ts'
import { moment, plainText } from '../run/words.ts'
import type { Mark } from '../sim.ts'
import { drawDensity, drawLanes } from '../timeline/lanes.ts'
import { MARKS_MAX, placeMarks } from '../timeline/marks.ts'
import { bounded, holding, shifted, whole, zoomed, type Range } from '../timeline/range.ts'
import { THEMES } from '../theme/tokens.ts'
import { MARK_SHAPE } from './marks.tsx'

/** Real time between two spoken marks, in ms. */
const SPOKEN_MS = 3000

export function Track() {
  const { session, loop } = useTools()
  const outline = useApp((state) => state.outline)
  const theme = useApp((state) => state.theme)
  const former = useApp((state) => state.former)
  const status = useApp((state) => state.status)
  const chosen = useApp((state) => state.range)
  const track = useRef<HTMLDivElement>(null)
  const slider = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const head = useRef<HTMLDivElement>(null)
  const brush = useRef<HTMLDivElement>(null)
  /** Where a brush began, in µs. */
  const brushed = useRef<number | undefined>(undefined)
  const [width, setWidth] = useState(0)
  const duration = outline?.duration ?? 0
  const range = chosen ?? whole(duration)
  const [marks, setMarks] = useState<readonly Mark[]>([])
  const drawn = useRef('')
  /** Of which run the marks are, and how many there were. */
  const marked = useRef<{ run: Run | undefined; known: string }>({ run: undefined, known: '' })
  const parting = useApp((state) => state.parting)
  const view = useApp((state) => state.view)

  useEffect(() => {
    const element = track.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      setWidth(element.clientWidth)
      drawn.current = ''
      loop.refresh()
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [loop])
  useEffect(() => {
    drawn.current = ''
    loop.refresh()
  }, [theme, former, view, range.from, range.to, status, loop])

  const xOf = (time: number): number => ((time - range.from) / (range.to - range.from)) * width
  useLive((now) => {
    const { run } = session
    if (run === undefined || canvas.current === null) return
    const known = `${run.marks.length} ${parting ?? ''}`
    if (run !== marked.current.run || known !== marked.current.known) {
      marked.current = { run, known }
      setMarks(session.marks)
    }
    // A moment that leaves the part that is shown takes it along.
    if (chosen !== undefined && brushed.current === undefined) {
      const next = holding(chosen, now, duration)
      if (next !== chosen) session.setRange(next)
    }
    const x = xOf(now)
    if (head.current !== null) {
      head.current.style.transform = `translateX(${Math.min(Math.max(x, -10), width + 10)}px)`
      head.current.style.visibility = x < -1 || x > width + 1 ? 'hidden' : 'visible'
    }
    slider.current?.setAttribute('aria-valuenow', String(Math.round(now / 1000)))
    slider.current?.setAttribute('aria-valuetext', moment(now))
  }, 0)
  useLive(() => {
    const { run } = session
    if (run === undefined || canvas.current === null) return
    const { base } = session
    const key = `${run.frames.length} ${base?.frames.length} ${run.marks.length} ${range.from} ${range.to}`
    if (key === drawn.current) return
    drawn.current = key
    // With two sides A is solid and B dashed; else the run before is the ghost.
    if (base === undefined) drawLanes(canvas.current, THEMES[theme], run, range, former)
    else drawLanes(canvas.current, THEMES[theme], base, range, { lanes: run.lanes, step: run.outline.step })
    if (run.marks.length > MARKS_MAX) drawDensity(canvas.current, THEMES[theme], run.marks, range)
  }, 120)

  const timeAt = (clientX: number): number => {
    const rect = track.current?.getBoundingClientRect()
    if (rect === undefined) return 0
    return range.from + ((clientX - rect.left) / rect.width) * (range.to - range.from)
  }
  const showBrush = (to: number | undefined): void => {
    if (brush.current === null) return
    brush.current.hidden = to === undefined || brushed.current === undefined
    if (to === undefined || brushed.current === undefined) return
    const [a, b] = [xOf(brushed.current), xOf(to)]
    brush.current.style.transform = `translateX(${Math.min(a, b)}px)`
    brush.current.style.width = `${Math.abs(b - a)}px`
  }
  useEffect(() => {
    const element = track.current
    if (element === null || duration === 0) return
    const wheel = (event: WheelEvent): void => {
      event.preventDefault()
      const rect = element.getBoundingClientRect()
      const at = range.from + ((event.clientX - rect.left) / rect.width) * (range.to - range.from)
      const isAlong = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
      const share = (event.deltaX || event.deltaY) / rect.width
      session.setRange(
        isAlong ? shifted(range, share, duration) : zoomed(range, 2 ** (event.deltaY / 300), at, duration),
      )
    }
    element.addEventListener('wheel', wheel, { passive: false })
    return () => element.removeEventListener('wheel', wheel)
  }, [duration, session, range.from, range.to])

  return (
    <div
      className="track"
      ref={track}
      title="Drag to move through time, with Shift to choose a part of it"
      onPointerDown={(event) => {
        if ((event.target as HTMLElement).closest('button') !== null) return
        event.currentTarget.setPointerCapture(event.pointerId)
        session.setPlaying(false)
        if (event.shiftKey) brushed.current = timeAt(event.clientX)
        else session.seek(timeAt(event.clientX))
      }}
      onPointerMove={(event) => {
        if (event.buttons !== 1 || !event.currentTarget.hasPointerCapture(event.pointerId)) return
        if (brushed.current === undefined) session.seek(timeAt(event.clientX))
        else showBrush(timeAt(event.clientX))
      }}
      onPointerUp={(event) => {
        const from = brushed.current
        if (from === undefined) return
        const to = timeAt(event.clientX)
        showBrush(undefined)
        brushed.current = undefined
        if (Math.abs(xOf(to) - xOf(from)) < 4) return
        session.seek(Math.min(from, to))
        session.setRange(bounded({ from, to }, duration))
      }}
      onDoubleClick={() => session.setRange(undefined)}
    >
      <div
        className="slider"
        ref={slider}
        role="slider"
        tabIndex={0}
        aria-label="Moment of the run"
        aria-valuemin={0}
        aria-valuemax={Math.round(duration / 1000)}
        aria-valuenow={0}
      />
      <canvas ref={canvas} aria-hidden="true" />
      <Marks marks={marks} range={range} width={width} />
      <div className="brush" ref={brush} hidden aria-hidden="true" />
      <div className="head" ref={head} aria-hidden="true" />
      <Passing />
    </div>
  )
}

/** Says the marks that are passed while it plays: the text alternative of the line that moves over them. */
function Passing() {
  const { session } = useTools()
  const words = useRef<HTMLParagraphElement>(null)
  const before = useRef(0)
  const spoken = useRef(0)
  useLive((now) => {
    const from = before.current
    before.current = now
    const { run, clock } = session
    const time = performance.now()
    if (run === undefined || !clock.playing || now <= from || time - spoken.current < SPOKEN_MS) return
    const passed = run.marks.filter((mark) => mark.time > from && mark.time <= now)
    if (passed.length === 0 || words.current === null) return
    spoken.current = time
    const more = passed.length > 2 ? ` and ${passed.length - 2} more` : ''
    const texts = passed.slice(0, 2).map((mark) => plainText(mark.text))
    words.current.textContent = `At ${moment(passed[0].time)}: ${texts.join(', ')}${more}`
  }, 0)
  return <p className="hidden passing" aria-live="polite" ref={words} />
}

function Marks({ marks, range, width }: { marks: readonly Mark[]; range: Range; width: number }) {
  const { session } = useTools()
  const list = useRef<HTMLUListElement>(null)
  const placed = placeMarks(marks, range, width)
  useEffect(() => {
    list.current?.querySelectorAll('button').forEach((button, i) => {
      const { x = 0, left = false } = placed[i] ?? {}
      button.style.transform = left ? `translateX(calc(${x}px - 100% + 12px))` : `translateX(${x}px)`
    })
  })
  return (
    <ul className="marks" ref={list} aria-label="Marks">
      {placed.map(({ mark, row, left }) => {
        const { shape, tone } = MARK_SHAPE[mark.kind]
        return (
          <li key={`${mark.time} ${mark.kind} ${mark.node} ${mark.text}`}>
            <button
              type="button"
              className={`${tone}${row === undefined ? ' mute' : ` row${row}`}${left ? ' left' : ''}`}
              title={`${mark.text}, ${moment(mark.time)}`}
              aria-label={`${mark.text}, at ${moment(mark.time)}`}
              onClick={() => {
                session.setPlaying(false)
                session.seek(mark.time)
              }}
            >
              <i aria-hidden="true">{shape}</i>
              {row !== undefined && <span>{mark.text}</span>}
            </button>
          </li>
        )
      })}
    </ul>
  )
}
