// A measure over two knobs: a table whose cells are the darker the more, with the value and whether expectations hold in each.
import type { CSSProperties } from 'react'
import { useTools } from '../app/context.tsx'
import { markOf, shown } from './parts.tsx'
import type { Sweep } from './store.ts'
import { summaryOf } from './summary.ts'

export function HeatTable({
  sweep,
  measure,
}: {
  sweep: Sweep
  measure: { readonly name: string; readonly unit: string }
}) {
  const { session } = useTools()
  const [rows, columns] = sweep.axes
  const per = sweep.seeds.length
  const cells = rows.values.map((_, r) =>
    columns.values.map((__, c) => {
      const at = (r * columns.values.length + c) * per
      return summaryOf(sweep.outcomes.slice(at, at + per), measure.name)
    }),
  )
  const means = cells
    .flat()
    .map(({ estimate }) => estimate.mean)
    .filter((mean) => Number.isFinite(mean))
  const [least, most] = [Math.min(...means), Math.max(...means)]
  const take = (r: number, c: number): void => {
    session.setKnob(rows.name, rows.values[r])
    session.setKnob(columns.name, columns.values[c])
    session.settle()
  }
  return (
    <table className="heat-table">
      <caption>
        {measure.name}: {rows.label} downwards, {columns.label} to the right. ● all runs meet the expectations, ◐ some,
        ○ none. A click takes both values.
      </caption>
      <thead>
        <tr>
          <td />
          {columns.values.map((value) => (
            <th key={value} scope="col">
              {value}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {cells.map((row, r) => (
          <tr key={rows.values[r]}>
            <th scope="row">{rows.values[r]}</th>
            {row.map(({ estimate, passed, ran }, c) => {
              const share = most > least ? (estimate.mean - least) / (most - least) : 0
              return (
                <td
                  key={columns.values[c]}
                  style={{ '--share': Number.isFinite(share) ? share.toFixed(2) : '0' } as CSSProperties}
                >
                  <button type="button" onClick={() => take(r, c)}>
                    <span className="hidden">
                      {rows.label} {rows.values[r]}, {columns.label} {columns.values[c]}:{' '}
                    </span>
                    {Number.isFinite(estimate.mean) ? shown(estimate.mean, measure.unit) : '…'}
                    {ran > 0 && (
                      <small>
                        {markOf(passed, ran)} {passed}/{ran}
                        <span className="hidden"> runs meet the expectations</span>
                      </small>
                    )}
                  </button>
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
