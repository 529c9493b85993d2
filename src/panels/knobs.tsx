// The template's parameters as sliders and choices. Every change simulates again from the start with the same seed.
import { useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import type { KnobOutline } from '../sim.ts'
import { POSITIONS, positionOf, scaleOf, valueAt } from './scale.ts'

export function Knobs() {
  const { session } = useTools()
  const knobs = useApp((state) => state.outline?.knobs)
  const edits = useApp((state) => state.history.edits)
  const seed = useApp((state) => state.outline?.seed)
  if (knobs === undefined) return null
  return (
    <section className="block" aria-labelledby="knobs-title">
      <h2 id="knobs-title">What if</h2>
      {knobs.length === 0 && <p className="quiet">This template has no parameters.</p>}
      {knobs.map((knob) => (
        <Knob key={knob.name} knob={knob} value={edits.knobs[knob.name] ?? knob.initial} />
      ))}
      <div className="knob">
        <div className="knob-head">
          <label htmlFor="knob-seed">Seed</label>
          <span className="knob-side">
            {edits.seed !== undefined && <Reset name="the seed" onClick={() => session.setSeed(undefined)} />}
            <input
              id="knob-seed"
              className="value"
              size={6}
              value={edits.seed ?? seed ?? ''}
              onChange={(event) => session.setSeed(event.target.value === '' ? undefined : event.target.value)}
              onBlur={() => session.settle()}
            />
          </span>
        </div>
      </div>
    </section>
  )
}

function Reset({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <button
      type="button"
      className="reset"
      onClick={onClick}
      aria-label={`${name} as in the scenario`}
      title="as in the scenario"
    >
      ↺
    </button>
  )
}

function Knob({ knob, value }: { knob: KnobOutline; value: string }) {
  const { session } = useTools()
  const id = `knob-${knob.name}`
  const changed = value !== knob.initial
  const set = (next: string): void => session.setKnob(knob.name, next)
  const reset = () => {
    set(knob.initial)
    session.settle()
  }
  const numeric =
    knob.type === 'number' && knob.allowed === undefined && Number.isFinite(Number(knob.initial)) && knob.initial !== ''
  const scale = numeric ? scaleOf(knob) : undefined
  return (
    <div className={`knob${changed ? ' changed' : ''}`}>
      <div className="knob-head">
        <label htmlFor={id} title={knob.description}>
          {knob.name}
        </label>
        <span className="knob-side">
          {changed && <Reset name={knob.name} onClick={reset} />}
          {scale !== undefined && (
            <input
              className="value"
              type="number"
              aria-label={`${knob.name}, as a number`}
              value={value}
              min={knob.min}
              max={knob.max}
              step="any"
              onChange={(event) => {
                if (event.target.value !== '') set(event.target.value)
              }}
              onBlur={() => session.settle()}
            />
          )}
        </span>
      </div>
      {scale !== undefined ? (
        <input
          id={id}
          type="range"
          min={0}
          max={POSITIONS}
          step={1}
          value={positionOf(scale, Number(value))}
          aria-valuetext={value}
          onChange={(event) => set(String(valueAt(scale, Number(event.target.value))))}
          onPointerUp={() => session.settle()}
          onKeyUp={() => session.settle()}
        />
      ) : knob.allowed !== undefined ? (
        <select
          id={id}
          value={value}
          onChange={(event) => {
            set(event.target.value)
            session.settle()
          }}
        >
          {knob.allowed.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      ) : (
        <input id={id} value={value} onChange={(event) => set(event.target.value)} onBlur={() => session.settle()} />
      )}
      {knob.description !== undefined && <p className="quiet">{knob.description}</p>}
    </div>
  )
}
