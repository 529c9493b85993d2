// All resources as a table at the moment shown: the same as the stage in numbers and words, sorted by any column.
import { useEffect, useRef, useState } from 'react'
import { useLive, useTools } from '../app/context.tsx'
import { store, useApp } from '../app/store.ts'
import { glyphOf } from '../glyphs/index.ts'
import { kindOf, nameOf, viewOf, type NodeView } from '../glyphs/view.ts'
import { perSecond, percent } from '../run/words.ts'
import './table-view.css'

interface Column {
  readonly title: string
  /** What it is sorted by: names by their letters, numbers the greatest first. */
  readonly value: (view: NodeView) => string | number
  readonly text: (view: NodeView) => string
}

const incoming = (view: NodeView): number => view.incoming('ok') + view.incoming('retry') + view.incoming('dead-letter')
const rate = (value: number): string => (value > 0 ? perSecond(value) : '')
const use = (view: NodeView): number => glyphOf(view.node).load(view)?.share ?? -1

const COLUMNS: readonly Column[] = [
  { title: 'Resource', value: (view) => nameOf(view.node), text: (view) => nameOf(view.node) },
  { title: 'Kind', value: (view) => kindOf(view.node), text: (view) => kindOf(view.node) },
  { title: 'In', value: incoming, text: (view) => rate(incoming(view)) },
  { title: 'Retries', value: (view) => view.incoming('retry'), text: (view) => rate(view.incoming('retry')) },
  { title: 'Refused', value: (view) => view.incoming('throttled'), text: (view) => rate(view.incoming('throttled')) },
  { title: 'Fail', value: (view) => view.incoming('error'), text: (view) => rate(view.incoming('error')) },
  { title: 'Use', value: use, text: (view) => (use(view) < 0 ? '' : percent(use(view))) },
  {
    title: 'State',
    value: (view) => glyphOf(view.node).describe(view),
    text: (view) => glyphOf(view.node).describe(view),
  },
]
/** Columns of numbers, the greatest first. */
const NUMBERS = new Set(['In', 'Retries', 'Refused', 'Fail', 'Use'])

export function TableView() {
  const { session, loop } = useTools()
  const outline = useApp((state) => state.outline)
  const [sort, setSort] = useState({ column: 0, reversed: false })
  /** Nodes in the order of their rows; undefined = in that of the template. */
  const [order, setOrder] = useState<readonly number[]>([])
  const body = useRef<HTMLTableSectionElement>(null)
  useLive((now) => {
    const { run } = session
    if (run === undefined || !session.ready) return
    const frame = run.frames[run.frameAt(now)]
    const views = run.outline.nodes.map((_, i) => viewOf(run, frame, i))
    body.current?.querySelectorAll('tr').forEach((row) => {
      const view = views[Number(row.dataset.node)]
      if (view === undefined) return
      ;[...row.cells].forEach((cell, i) => {
        // Under the cell's own child: the first one is a button.
        const place = cell.firstElementChild ?? cell
        const text = COLUMNS[i].text(view)
        if (place.textContent !== text) place.textContent = text
      })
    })
    const next = sorted(views, sort)
    if (next.join() !== order.join()) setOrder(next)
  }, 250)
  // In a pause nothing else would sort anew.
  useEffect(() => loop.refresh(), [loop, sort])
  if (outline === undefined) return null
  const nodes = order.length === outline.nodes.length ? order : outline.nodes.map((_, i) => i)
  return (
    <section className="table-view" aria-label="All resources">
      <div>
        <table>
          <thead>
            <tr>
              {COLUMNS.map(({ title }, i) => (
                <th
                  key={title}
                  scope="col"
                  className={NUMBERS.has(title) ? 'number' : ''}
                  aria-sort={
                    sort.column !== i ? 'none' : NUMBERS.has(title) === sort.reversed ? 'ascending' : 'descending'
                  }
                >
                  <button
                    type="button"
                    onClick={() => setSort({ column: i, reversed: sort.column === i && !sort.reversed })}
                  >
                    {title} {sort.column !== i ? '' : NUMBERS.has(title) === sort.reversed ? '▲' : '▼'}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {nodes.map((node) => (
              <tr key={outline.nodes[node].name} data-node={node}>
                {COLUMNS.map(({ title }, i) =>
                  i === 0 ? (
                    <th key={title} scope="row">
                      <button type="button" onClick={() => store.setState({ selected: node })}>
                        {nameOf(outline.nodes[node])}
                      </button>
                    </th>
                  ) : (
                    <td key={title} className={NUMBERS.has(title) ? 'mono number' : ''} />
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function sorted(views: readonly NodeView[], { column, reversed }: { column: number; reversed: boolean }): number[] {
  const values = views.map((view) => COLUMNS[column].value(view))
  const compare = (a: number, b: number): number => {
    const [x, y] = [values[a], values[b]]
    if (typeof x === 'number' && typeof y === 'number') return y - x
    return x < y ? -1 : x > y ? 1 : 0
  }
  const order = views.map((_, i) => i).sort((a, b) => compare(a, b) || a - b)
  return reversed ? order.reverse() : order
}
