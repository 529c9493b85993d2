// The time line: the controls of the clock, the lanes of the whole run, marks, and the playhead.
import { useEffect, useRef, useState } from 'react'
import { Live, useLive, useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import { moment } from '../run/words.ts'
import { SPEEDS, showSpeed } from '../run/clock.ts'
import type { Mark } from '../sim.ts'
import { drawLanes, type Range } from '../timeline/lanes.ts'
import { placeMarks } from '../timeline/marks.ts'
import { THEMES } from '../theme/tokens.ts'
import { MARK_SHAPE } from './marks.tsx'

export function TimeLine() {
  return (
    <section className="time-line" aria-label="Time line">
      <Controls />
      <Track />
    </section>
  )
}

function Controls() {
  const { session } = useTools()
  const playing = useApp((state) => state.playing)
  const speed = useApp((state) => state.speed)
  const ready = useApp((state) => state.outline !== undefined)
  return (
    <div className="controls">
      <Live className="clock mono" read={moment} ms={0} />
      <div className="buttons">
        <button type="button" className="play" disabled={!ready} onClick={() => session.setPlaying(!playing)}>
          {playing ? '❚❚ Pause' : '▶ Play'}
        </button>
        <button
          type="button"
          aria-label="Step back"
          title="Step back (←)"
          disabled={!ready}
          onClick={() => session.step(-1)}
        >
          ◀❙
        </button>
        <button
          type="button"
          aria-label="Step on"
          title="Step on (→)"
          disabled={!ready}
          onClick={() => session.step(1)}
        >
          ❙▶
        </button>
      </div>
      <label className="speed">
        speed{' '}
        <select value={speed} onChange={(event) => session.setSpeed(Number(event.target.value))}>
          {SPEEDS.map((each) => (
            <option key={each} value={each}>
              {showSpeed(each)}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}

function Track() {
  const { session, loop } = useTools()
  const outline = useApp((state) => state.outline)
  const theme = useApp((state) => state.theme)
  const former = useApp((state) => state.former)
  const status = useApp((state) => state.status)
  const track = useRef<HTMLDivElement>(null)
  const slider = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const head = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const duration = outline?.duration ?? 0
  const [zoomed, setZoomed] = useState<Range | undefined>(undefined)
  const range: Range = zoomed ?? { from: 0, to: Math.max(1, duration) }
  const [marks, setMarks] = useState<readonly Mark[]>([])
  const drawn = useRef('')

  useEffect(() => setZoomed(undefined), [duration])
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
  }, [theme, former, range.from, range.to, status, loop])

  const xOf = (time: number): number => ((time - range.from) / (range.to - range.from)) * width
  useLive((now) => {
    const { run } = session
    if (run === undefined || canvas.current === null) return
    if (run.marks !== marks) setMarks(run.marks)
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
    const key = `${run.frames.length} ${range.from} ${range.to}`
    if (key === drawn.current) return
    drawn.current = key
    drawLanes(canvas.current, THEMES[theme], run, range, former)
  }, 120)

  const seekAt = (clientX: number): void => {
    const rect = track.current?.getBoundingClientRect()
    if (rect === undefined) return
    session.seek(range.from + ((clientX - rect.left) / rect.width) * (range.to - range.from))
  }
  useEffect(() => {
    const element = track.current
    if (element === null || duration === 0) return
    const wheel = (event: WheelEvent): void => {
      event.preventDefault()
      const rect = element.getBoundingClientRect()
      const share = (event.clientX - rect.left) / rect.width
      setZoomed((before) => zoomRange(before ?? { from: 0, to: duration }, share, event, duration, rect.width))
    }
    element.addEventListener('wheel', wheel, { passive: false })
    return () => element.removeEventListener('wheel', wheel)
  }, [duration])

  return (
    <div
      className="track"
      ref={track}
      onPointerDown={(event) => {
        if ((event.target as HTMLElement).closest('button') !== null) return
        event.currentTarget.setPointerCapture(event.pointerId)
        session.setPlaying(false)
        seekAt(event.clientX)
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1 && event.currentTarget.hasPointerCapture(event.pointerId)) seekAt(event.clientX)
      }}
      onDoubleClick={() => setZoomed(undefined)}
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
      <div className="head" ref={head} aria-hidden="true" />
    </div>
  )
}

/** The wheel zooms around the pointer; with Shift it moves along. */
function zoomRange(range: Range, share: number, event: WheelEvent, duration: number, width: number): Range | undefined {
  const length = range.to - range.from
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    const by = ((event.deltaX || event.deltaY) / width) * length
    const from = Math.min(Math.max(0, range.from + by), duration - length)
    return { from, to: from + length }
  }
  const next = Math.min(duration, Math.max(duration / 2000, length * 2 ** (event.deltaY / 300)))
  if (next >= duration) return undefined
  const from = Math.min(Math.max(0, range.from + share * (length - next)), duration - next)
  return { from, to: from + next }
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
