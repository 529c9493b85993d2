// The inspected node on both sides at the moment shown: its readings as a table.
import { Live, useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import type { Run } from '../run/run.ts'
import { inUnit } from '../run/words.ts'

export function BothSides({ node }: { node: number }) {
  const { session } = useTools()
  const outline = useApp((state) => state.outline)
  const isSplit = useApp((state) => state.view === 'split' && state.base.outline !== undefined)
  const here = outline?.nodes[node]
  if (!isSplit || here === undefined) return null
  const read = (run: Run | undefined, name: string, now: number): number => {
    const at = run?.outline.nodes.findIndex((each) => each.name === here.name) ?? -1
    const index = run?.outline.nodes[at]?.readings.findIndex((each) => each.name === name) ?? -1
    const frame = run?.frames[run.frameAt(now)]
    return run === undefined || frame === undefined || index < 0 ? NaN : run.reading(frame, at, index)
  }
  const show = (run: Run | undefined, name: string, unit: string, now: number): string => {
    const value = read(run, name, now)
    return Number.isNaN(value) ? '–' : inUnit(value, isWord(unit) ? '' : unit)
  }
  return (
    <table className="both">
      <caption className="hidden">Both sides at the moment shown</caption>
      <thead>
        <tr>
          <th scope="col">at this moment</th>
          <th scope="col">A</th>
          <th scope="col">B</th>
        </tr>
      </thead>
      <tbody>
        {here.readings.map(({ name, unit }) => (
          <tr key={name}>
            <th scope="row">
              {name}
              {isWord(unit) && <small>{unit}</small>}
            </th>
            <td className="mono">
              <Live read={(now) => show(session.base, name, unit, now)} />
            </td>
            <td className="mono other">
              <Live read={(now) => show(session.run, name, unit, now)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Units such as `requests` stand beside the name: twice in a row of figures they would leave no room. */
const isWord = (unit: string): boolean => unit.length > 3 && inUnit(1, unit).endsWith(unit)
