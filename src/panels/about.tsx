// What of a template is simulated, what is not and why, and what was assumed: everything that is not in the picture, on one screen.
import { useApp, store } from '../app/store.ts'
import { openEditor } from '../app/editor-store.ts'
import type { Outline } from '../sim.ts'
import { Words } from './problem-list.tsx'
import './about.css'

export function About({ outline }: { outline: Outline }) {
  const name = useApp((state) => state.scenario?.name ?? '')
  const { nodes, leftOut, inferred, isBare } = outline
  const types = new Map<string, number>()
  for (const { type, place } of nodes) if (place !== undefined) types.set(type, (types.get(type) ?? 0) + 1)
  return (
    <aside className="right about" aria-label="What is simulated">
      <div className="inspector-head">
        <h2>
          What is simulated <small>{name}</small>
        </h2>
        <button
          type="button"
          className="close"
          aria-label="Close"
          title="Escape"
          onClick={() => store.setState({ about: false })}
        >
          ✕
        </button>
      </div>
      <Lines
        title="Simulated"
        lines={[...types].map(([type, count]) => (count === 1 ? type : `${type} × ${count}`))}
        none="Nothing of this template: no resource of it has a model."
      />
      <Lines
        title="No model of these types"
        lines={leftOut.types}
        why="The run is as if they were not there."
        isShort
      />
      <Lines title="Properties without effect" lines={leftOut.properties} />
      <Lines title="Left out" lines={leftOut.others} />
      <Lines
        title={isBare ? 'Inferred, because the template does not say' : 'Assumed, because nobody said'}
        lines={inferred}
      />
      {isBare && (
        <button type="button" onClick={() => openEditor()}>
          Look at the text, correct what was inferred
        </button>
      )}
    </aside>
  )
}

interface LinesProps {
  readonly title: string
  readonly lines: readonly string[]
  readonly why?: string
  /** What is said when there are none. */
  readonly none?: string
  /** One line each, cut where the panel ends. */
  readonly isShort?: boolean
}

function Lines({ title, lines, why, none, isShort = false }: LinesProps) {
  if (lines.length === 0 && none === undefined) return null
  return (
    <section>
      <h3>
        {title} {lines.length > 0 && <span className="mono">{lines.length}</span>}
      </h3>
      {lines.length === 0 && <p>{none}</p>}
      {why !== undefined && <p>{why}</p>}
      <ul className={isShort ? 'short' : undefined}>
        {lines.map((line) => (
          <li key={line} title={isShort ? line : undefined}>
            <Words text={line} />
          </li>
        ))}
      </ul>
    </section>
  )
}
