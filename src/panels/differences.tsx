// What a change did, as a table of measures: side A against side B, or the run before against the one now.
import { useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import { isSame, sideA } from '../app/variants.ts'
import type { Verdict } from '../run/compare.ts'
import { axisMoment } from '../run/words.ts'

const SIGN: Readonly<Record<Verdict, string>> = {
  better: '▼ better',
  worse: '▲ worse',
  close: '≈ hardly different',
  equal: '= no difference',
}
const ROWS_MAX = 14

export function Differences() {
  const { session } = useTools()
  const former = useApp((state) => state.former)
  const differences = useApp((state) => state.differences)
  const status = useApp((state) => state.status)
  const view = useApp((state) => state.view)
  const baseStatus = useApp((state) => state.base.status)
  const edits = useApp((state) => state.history.edits)
  const parting = useApp((state) => state.parting)
  const isCompared = view !== 'b'
  if (!isCompared && former === undefined) return null
  const isDone = status === 'done' && (!isCompared || baseStatus === 'done')
  const count = (verdict: Verdict): number => differences.filter((each) => each.verdict === verdict).length
  const isEqual = differences.every((each) => each.verdict === 'equal')
  return (
    <section className="block" aria-labelledby="differences-title">
      <h2 id="differences-title">
        {isCompared ? 'A → B' : 'Before → now'} <span className="same-seed">same seed</span>
      </h2>
      {isCompared && baseStatus === 'problems' ? (
        <p className="quiet">A cannot be run: one of its values is none that the scenario takes.</p>
      ) : !isDone ? (
        <p className="quiet">simulating …</p>
      ) : isCompared && isSame(sideA(edits), edits) ? (
        <p className="quiet">B is the same as A: change something below.</p>
      ) : isEqual ? (
        <p className="quiet">No difference in anything that is compared.</p>
      ) : (
        <p className="quiet">
          {count('better')} better, {count('worse')} worse, {count('close') + count('equal')} without difference
          {isCompared && parting !== undefined && `; the two part at ${axisMoment(parting)}`}.
        </p>
      )}
      {isDone && !isEqual && (
        <table className="differences">
          <tbody>
            {differences.slice(0, ROWS_MAX).map((each) => (
              <tr key={each.name} className={each.verdict}>
                <th scope="row">{each.name}</th>
                <td>
                  {each.before} → <b>{each.after}</b>
                  <small>{SIGN[each.verdict]}</small>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!isCompared && (
        <button type="button" className="small" onClick={() => session.forgetFormer()}>
          Forget the run before
        </button>
      )}
    </section>
  )
}
