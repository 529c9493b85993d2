// What if a knob takes other values: a curve over one, a heat map over two. Each point is a mean of several seeds.
import { useState } from 'react'
import { useApp } from '../app/store.ts'
import type { KnobOutline } from '../sim.ts'
import { sweep } from './conduct.ts'
import { Curve } from './curve.tsx'
import { Progress, Seeds } from './parts.tsx'
import { HeatTable } from './heat-table.tsx'
import { endsOf, RUNS_MAX, valuesOf, type Axis, type Ends } from './points.ts'
import { useExperiments } from './store.ts'
import { AxisEnds, isNumeric, labelOf } from './axis-ends.tsx'
import { firstMeasure, measuresIn } from './summary.ts'

const NOTHING = ''

export function Varies() {
  const knobs = useApp((state) => state.outline?.knobs) ?? []
  const edits = useApp((state) => state.history.edits)
  const busy = useExperiments((state) => state.progress !== undefined)
  const [names, setNames] = useState<readonly string[]>([knobs[0]?.name ?? NOTHING, NOTHING])
  const [asked, setAsked] = useState<Readonly<Record<string, Ends>>>({})
  const [seeds, setSeeds] = useState(5)
  const knobOf = (name: string): KnobOutline | undefined => knobs.find((knob) => knob.name === name)
  const endsFor = (knob: KnobOutline): Ends => asked[knob.name] ?? endsOf(knob, edits.knobs[knob.name] ?? knob.initial)
  const axes = names.flatMap((name): Axis[] => {
    const knob = knobOf(name)
    if (knob === undefined) return []
    return [
      {
        name,
        label: knob.label ?? name,
        values: isNumeric(knob) ? valuesOf(knob, endsFor(knob)) : (knob.allowed ?? [knob.initial]),
      },
    ]
  })
  const runs = axes.reduce((product, { values }) => product * values.length, 1) * seeds
  if (knobs.length === 0)
    return <p>There is nothing to vary: give the template a parameter, or the scenario a workload.</p>
  return (
    <>
      <div className="experiment-form">
        {names.map((name, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- an axis is its place
          <div key={i} className="axis">
            <label>
              {i === 0 ? 'Vary' : 'and'}{' '}
              <select
                aria-label={i === 0 ? 'Vary' : 'and vary'}
                value={name}
                onChange={(event) => setNames(names.map((each, at) => (at === i ? event.target.value : each)))}
              >
                {i > 0 && <option value={NOTHING}>nothing else</option>}
                {knobs
                  .filter((knob) => isNumeric(knob) || (knob.allowed?.length ?? 0) > 1)
                  .filter((knob) => knob.name !== names[1 - i])
                  .map((knob) => (
                    <option key={knob.name} value={knob.name}>
                      {labelOf(knob)}
                    </option>
                  ))}
              </select>
            </label>
            <AxisEnds knob={knobOf(name)} ends={endsFor} change={(of, ends) => setAsked({ ...asked, [of]: ends })} />
          </div>
        ))}
        <Seeds label="seeds at each point" seeds={seeds} choose={setSeeds} />
        <button
          type="button"
          className="primary"
          disabled={busy || axes.length === 0 || runs > RUNS_MAX}
          onClick={() => void sweep(axes, seeds)}
        >
          Run {runs} times
        </button>
        {runs > RUNS_MAX && <span>More than {RUNS_MAX} runs are for `hotshard sweep`.</span>}
      </div>
      <Progress />
      <Answer />
    </>
  )
}

/** What came of it, by the measure that is chosen. */
function Answer() {
  const found = useExperiments((state) => state.sweep)
  const [chosen, choose] = useState<string>()
  const measures = measuresIn(found?.outcomes ?? [])
  if (found === undefined || measures.length === 0) return null
  const measure =
    measures.find(({ name }) => name === chosen) ??
    measures.find(({ name }) => name === firstMeasure(found.outcomes)) ??
    measures[0]
  return (
    <section className="answer" aria-label="What came of it">
      <label className="measure">
        Shown is{' '}
        <select value={measure.name} onChange={(event) => choose(event.target.value)}>
          {measures.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      {found.axes.length === 1 ? (
        <Curve sweep={found} measure={measure} />
      ) : (
        <HeatTable sweep={found} measure={measure} />
      )}
    </section>
  )
}
