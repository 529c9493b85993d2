// How far a knob can go: the last value at which the expectations hold, searched by halving, with the values that led there.
import { useState } from 'react'
import { useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import { percent, plainText } from '../run/words.ts'
import type { LimitReport, ProbeReport } from '../sim.ts'
import { AxisEnds, isNumeric, labelOf } from './axis-ends.tsx'
import { reach } from './conduct.ts'
import { markOf, Progress, Seeds } from './parts.tsx'
import { endsOf, rangeOf, type Ends } from './points.ts'
import { useExperiments, type Search } from './store.ts'

const [WIDTH, HEIGHT, EDGE] = [760, 92, 40]

export function Reaches() {
  const knobs = (useApp((state) => state.outline?.knobs) ?? []).filter(isNumeric)
  const edits = useApp((state) => state.history.edits)
  const report = useApp((state) => state.outcomes?.report) as { readonly expectations: readonly unknown[] } | undefined
  const busy = useExperiments((state) => state.progress !== undefined)
  const found = useExperiments((state) => state.search)
  const [name, setName] = useState(knobs.find(({ kind }) => kind === 'workload')?.name ?? knobs[0]?.name ?? '')
  const [asked, setAsked] = useState<Readonly<Record<string, Ends>>>({})
  const [until, setUntil] = useState<'fail' | 'pass'>('fail')
  const [seeds, setSeeds] = useState(20)
  const knob = knobs.find((each) => each.name === name)
  if (knob === undefined) return <p>There is no number to vary here.</p>
  if (report?.expectations.length === 0)
    return <p>The scenario expects nothing, so nothing can fail: say under `Expect` what must hold.</p>
  // From what it is now, where the expectations hold as a rule, to where they may not.
  const now = edits.knobs[name] ?? knob.initial
  const ends = asked[name] ?? { ...endsOf(knob, now), from: Number(now) }
  return (
    <>
      <div className="experiment-form">
        <div className="axis">
          <label>
            Change{' '}
            <select aria-label="Change" value={name} onChange={(event) => setName(event.target.value)}>
              {knobs.map((each) => (
                <option key={each.name} value={each.name}>
                  {labelOf(each)}
                </option>
              ))}
            </select>
          </label>
          <AxisEnds knob={knob} ends={() => ends} steps={false} change={(of, to) => setAsked({ ...asked, [of]: to })} />
          <label>
            until the expectations{' '}
            <select
              aria-label="until the expectations"
              value={until}
              onChange={(event) => setUntil(event.target.value === 'fail' ? 'fail' : 'pass')}
            >
              <option value="fail">fail</option>
              <option value="pass">hold</option>
            </select>
          </label>
        </div>
        <Seeds label="at most so many seeds for a value" seeds={seeds} choose={setSeeds} />
        <button
          type="button"
          className="primary"
          disabled={busy}
          onClick={() => void reach({ name, label: knob.label ?? name, range: rangeOf(knob, ends), until, seeds })}
        >
          Search
        </button>
      </div>
      <Progress />
      {found !== undefined && <Answer found={found} />}
    </>
  )
}

function Answer({ found: { label, report } }: { found: Search }) {
  const probes = report.probes.toSorted((a, b) => Number(a.value) - Number(b.value))
  return (
    <section className="answer" aria-label="What came of it">
      <p className="verdict">{sentenceOf(label, report)}</p>
      <p className="quiet">
        {report.runs} runs at {probes.length} values of {report.range}. A value holds when at least{' '}
        {percent(report.rule.probability)} of all runs would meet every expectation, told with{' '}
        {percent(report.rule.confidence)} confidence.
        {report.expectation !== undefined && ` What fails first is ${plainText(report.expectation)}.`}
        {!report.sure &&
          ` These seeds are too few to be sure${report.seedsNeeded === undefined ? '' : `: about ${report.seedsNeeded} would tell`}.`}
        {!report.monotone &&
          ` It changes more than once: at ${report.changes.map(({ before, after }) => `${before} to ${after}`).join(', ')}.`}
      </p>
      <Line label={label} probes={probes} />
      <Probes name={report.setting} label={label} probes={probes} />
    </section>
  )
}

function sentenceOf(label: string, { answer, until, before, after, range }: LimitReport): string {
  const [now, then] = until === 'fail' ? ['hold', 'fail'] : ['fail', 'hold']
  if (answer === 'at-first') return `The expectations ${then} from the first value on.`
  if (answer === 'never') return `The expectations ${now} at every value that was tried, ${range}.`
  return `The expectations ${now} up to ${label} ${before}, and ${then} from ${after} on.`
}

/** The values that were tried, on a line: filled where the expectations hold. */
function Line({ label, probes }: { label: string; probes: readonly ProbeReport[] }) {
  const values = probes.map(({ value }) => Number(value))
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const x = (value: number): number => EDGE + ((WIDTH - 2 * EDGE) * (value - least)) / (most - least || 1)
  return (
    <svg
      className="probe-line"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${label} from ${least} to ${most}: the table has every value that was tried.`}
    >
      <line className="grid" x1={EDGE} x2={WIDTH - EDGE} y1={36} y2={36} />
      {probes.map(({ value, holds }) =>
        holds ? (
          <circle key={value} className="point" cx={x(Number(value))} cy={36} r={7} />
        ) : (
          <path key={value} className="point failing" d={`M${x(Number(value))},26l9,16h-18z`} />
        ),
      )}
      {[least, most].map((value) => (
        <text key={value} className="tick" x={x(value)} y={62} textAnchor="middle">
          {value}
        </text>
      ))}
      <text className="axis-name" x={WIDTH / 2} y={82} textAnchor="middle">
        {label}: ● holds ▲ fails
      </text>
    </svg>
  )
}

function Probes({ name, label, probes }: { name: string; label: string; probes: readonly ProbeReport[] }) {
  const { session } = useTools()
  return (
    <table className="comparison">
      <thead>
        <tr>
          <th scope="col">{label}</th>
          <th scope="col">Expectations hold in</th>
          <th scope="col">of all runs in</th>
          <th scope="col">Failed most</th>
          <th scope="col">
            <span className="hidden">Look at it</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {probes.map(({ value, held, runs, low, high, failed, why }) => (
          <tr key={value}>
            <th scope="row">{value}</th>
            <td>
              {markOf(held, runs)} {held} of {runs}
            </td>
            <td>
              {low === undefined || high === undefined ? 'every seed the same' : `${percent(low)} … ${percent(high)}`}
            </td>
            <td>{plainText(failed ?? why ?? '')}</td>
            <td>
              <button
                type="button"
                className="small"
                onClick={() => {
                  session.setKnob(name, value)
                  session.settle()
                }}
              >
                Take {value}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
