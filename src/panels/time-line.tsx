// The time line: the controls of the clock, the lanes of the whole run, marks, and the playhead.
import { Live, useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import { moment } from '../run/words.ts'
import { SPEEDS, showSpeed } from '../run/clock.ts'
import './time-line.css'
import { Track } from './track.tsx'

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
  const event = useApp((state) => state.event)
  const view = useApp((state) => state.view)
  const zoomed = useApp((state) => state.range !== undefined)
  return (
    <div className="controls">
      <Live className="clock mono" read={moment} ms={0} />
      <div className="buttons">
        <button type="button" className="play" disabled={!ready} onClick={() => session.setPlaying(!playing)}>
          {playing ? '❚❚ Pause' : '▶ Play'}
        </button>
        <button
          type="button"
          aria-label="Event before"
          title="To the event before (,)"
          disabled={!ready}
          onClick={() => session.stepEvent(-1)}
        >
          ◀❙
        </button>
        <button
          type="button"
          aria-label="Next event"
          title="To the next event (/)"
          disabled={!ready}
          onClick={() => session.stepEvent(1)}
        >
          ❙▶
        </button>
      </div>
      {view === 'split' && <p className="quiet">A solid, B dashed</p>}
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
      {zoomed && (
        <button
          type="button"
          className="whole-run"
          title="Show the whole run (double click)"
          onClick={() => session.setRange(undefined)}
        >
          Whole run
        </button>
      )}
      <p className="event" role="status" title={event}>
        {event}
      </p>
    </div>
  )
}
