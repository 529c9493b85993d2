// Is B better than A: the same seeds on both sides, the differences with their intervals, and plain words for what they mean.
import { useState } from 'react'
import { useApp } from '../app/store.ts'
import { isSame, nameOfA, nameOfB, sideA } from '../app/variants.ts'
import { number } from '../run/words.ts'
import { duel } from './conduct.ts'
import { Progress, Seeds, shown } from './parts.tsx'
import { useExperiments } from './store.ts'
import { comparisonsOf, CONFIDENCE, heldOf, type Comparison, type Verdict } from './summary.ts'

const SIGN: Readonly<Record<Verdict, string>> = {
  better: '▼ better',
  worse: '▲ worse',
  differs: '◆ differs',
  open: '? cannot tell',
  same: '= the same',
}
const ROWS_MAX = 40

export function Better() {
  const edits = useApp((state) => state.history.edits)
  const busy = useExperiments((state) => state.progress !== undefined)
  const found = useExperiments((state) => state.duel)
  const [seeds, setSeeds] = useState(10)
  const [all, setAll] = useState(false)
  const same = isSame(sideA(edits), edits)
  const rows = found === undefined ? [] : comparisonsOf(found.a, found.b)
  const telling = rows.filter(({ verdict }) => verdict !== 'same' && (all || verdict !== 'open'))
  return (
    <>
      <div className="experiment-form">
        <span>
          A: <b>{nameOfA(edits)}</b>, B: <b>{nameOfB(edits)}</b>
        </span>
        <Seeds label="seeds on both sides" seeds={seeds} choose={setSeeds} />
        <button type="button" className="primary" disabled={busy || same || seeds < 2} onClick={() => void duel(seeds)}>
          Run {2 * seeds} times
        </button>
        {same && <span>B is the same as A: change something under “What if” first.</span>}
      </div>
      <Progress />
      {found !== undefined && rows.length > 0 && (
        <section className="answer" aria-label="What came of it">
          <p className="verdict">{sentenceOf(rows, found.seeds.length)}</p>
          <p className="quiet">
            {found.change} · expectations hold in {heldWords(found.a)} of A, {heldWords(found.b)} of B · intervals at{' '}
            {CONFIDENCE * 100} %, the verdicts together too
          </p>
          <table className="comparison">
            <thead>
              <tr>
                <th scope="col">Measure</th>
                <th scope="col">A</th>
                <th scope="col">B</th>
                <th scope="col">B − A</th>
                <th scope="col">Verdict</th>
              </tr>
            </thead>
            <tbody>
              {telling.slice(0, ROWS_MAX).map((row) => (
                <Row key={row.name} row={row} />
              ))}
            </tbody>
          </table>
          {telling.length > ROWS_MAX && <p className="quiet">{telling.length - ROWS_MAX} more differ less.</p>}
          <label>
            <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} /> also what these
            seeds cannot tell
          </label>
        </section>
      )}
    </>
  )
}

function Row({ row }: { row: Comparison }) {
  const { name, unit, a, b, difference, verdict, pairs } = row
  return (
    <tr className={verdict}>
      <th scope="row">{name}</th>
      <td>{shown(a, unit)}</td>
      <td>{shown(b, unit)}</td>
      <td>
        {signed(difference.mean, unit)}
        <small>
          {signed(difference.low, unit)} … {signed(difference.high, unit)}
        </small>
      </td>
      <td>
        {SIGN[verdict]}
        {pairs !== undefined && <small>about {number(pairs)} seeds would</small>}
      </td>
    </tr>
  )
}

const signed = (value: number, unit: string): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${shown(Math.abs(value), unit)}`

function heldWords(outcomes: Parameters<typeof heldOf>[0]): string {
  const { passed, ran } = heldOf(outcomes)
  return `${passed} of ${ran} runs`
}

function sentenceOf(rows: readonly Comparison[], seeds: number): string {
  const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length
  const [better, worse, open] = [count('better'), count('worse'), count('open')]
  if (better + worse === 0)
    return open === 0 && count('differs') === 0
      ? 'Nothing that is measured differs.'
      : `${seeds} seeds cannot tell B from A in anything where less or more is better.`
  const words = [better > 0 ? `better in ${better}` : '', worse > 0 ? `worse in ${worse}` : '']
    .filter(Boolean)
    .join(' and ')
  return `B is ${words} of ${rows.length} measures${open > 0 ? `; in ${open} these seeds cannot tell` : ''}.`
}
