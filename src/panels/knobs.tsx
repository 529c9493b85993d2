// What can be changed, as sliders and choices below its headings: parameters in their author's groups, workloads, quotas.
// Every change simulates again with the same seed.
import { useId, type ReactNode } from 'react'
import { useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import { plainText } from '../run/words.ts'
import type { KnobOutline } from '../sim.ts'
import './knobs.css'
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
      {groupsOf(knobs).map(({ title, knobs: members, folded }) => (
        <Group key={title} title={title} folded={folded} changed={members.some(({ name }) => name in edits.knobs)}>
          {members.map((knob) => (
            <Knob key={knob.name} knob={knob} value={edits.knobs[knob.name] ?? knob.initial} />
          ))}
        </Group>
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

interface KnobGroup {
  readonly title: string
  readonly knobs: readonly KnobOutline[]
  /** Quotas are of interest to few: they open on demand. */
  readonly folded: boolean
}

const TITLES = { parameter: 'Parameters', workload: 'Workloads', quota: 'Quotas' } as const

function groupsOf(knobs: readonly KnobOutline[]): KnobGroup[] {
  const groups = new Map<string, KnobOutline[]>()
  for (const knob of knobs) {
    const title = knob.group ?? TITLES[knob.kind]
    groups.set(title, [...(groups.get(title) ?? []), knob])
  }
  return [...groups].map(([title, members]) => ({ title, knobs: members, folded: members[0].kind === 'quota' }))
}

function Group({
  title,
  folded,
  changed,
  children,
}: {
  title: string
  folded: boolean
  changed: boolean
  children: ReactNode
}) {
  const id = useId()
  if (folded)
    return (
      <details className="knobs" open={changed || undefined}>
        <summary>{title}</summary>
        {children}
      </details>
    )
  return (
    <div className="knobs" role="group" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {children}
    </div>
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
  const name = knob.label ?? knob.name
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
          {name}
        </label>
        <span className="knob-side">
          {changed && <Reset name={name} onClick={reset} />}
          {knob.unit === '×' && <span aria-hidden="true">×</span>}
          {scale !== undefined && (
            <input
              className="value"
              type="number"
              aria-label={`${name}, as a number`}
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
          aria-valuetext={knob.unit === '×' ? `${value} times` : [value, knob.unit].filter(Boolean).join(' ')}
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
      {knob.description !== undefined && <p className="quiet">{plainText(knob.description)}</p>}
    </div>
  )
}
