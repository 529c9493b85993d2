// What only a projector shows: a clock that is read from the last row, and the way out.
import { Live } from '../app/context.tsx'
import { toggleProjector } from '../app/projector.ts'
import { titleOf } from '../app/gallery.ts'
import { useApp } from '../app/store.ts'
import { moment } from '../run/words.ts'
import './projector.css'

export function Projector() {
  const on = useApp((state) => state.before !== undefined)
  const name = useApp((state) => state.scenario?.name ?? 'hotshard')
  if (!on) return null
  return (
    <section className="projector" aria-label="Projector">
      {/* The header, which has the page's heading, is away. */}
      <h1 className="hidden">{titleOf(name.replace(/\.(ya?ml|json|template)$/i, ''))}</h1>
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
    </section>
  )
}
