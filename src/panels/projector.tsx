// What only a projector shows: a clock that is read from the last row, and the way out.
import { Live } from '../app/context.tsx'
import { toggleProjector } from '../app/projector.ts'
import { useApp } from '../app/store.ts'
import { moment } from '../run/words.ts'
import './projector.css'

export function Projector() {
  const on = useApp((state) => state.before !== undefined)
  if (!on) return null
  return (
    <div className="projector">
      {/* Tenths are enough: what changes faster is not read. */}
      <Live className="mono" read={(now) => moment(now).slice(0, -2)} ms={60} />
      <button
        type="button"
        aria-label="Leave projector mode"
        title="Leave projector mode (P)"
        onClick={toggleProjector}
      >
        ✕
      </button>
    </div>
  )
}
