// What a month like the run costs: the total and the dearest resources in the left panel, the lines of one in the inspector.
import { useTools } from '../app/context.tsx'
import { store, useApp } from '../app/store.ts'
import type { Bill } from '../run/bill.ts'
import { number, usd } from '../run/words.ts'
import './cost.css'

const SHOWN_MAX = 5

/** The bill of the run that is shown, once it is done. */
function useBill(): Bill | undefined {
  const report = useApp((state) => state.outcomes?.report) as { readonly bill?: Bill } | undefined
  return report?.bill
}

/** The whole, and who it comes from; a click selects a resource. */
export function Cost() {
  const { session } = useTools()
  const bill = useBill()
  const outline = useApp((state) => state.outline)
  if (bill === undefined || bill.resources.length === 0) return null
  const dearest = [...bill.resources].filter(({ month }) => month > 0).sort((a, b) => b.month - a.month)
  const shown = dearest.slice(0, SHOWN_MAX)
  const rest = dearest.slice(SHOWN_MAX).reduce((sum, { month }) => sum + month, 0)
  const nodeOf = (name: string): number => outline?.nodes.findIndex((node) => node.name === name) ?? -1
  return (
    <section className="block cost" aria-labelledby="cost-title">
      <h2 id="cost-title">Cost of a month like this</h2>
      <p className="total">
        {usd(bill.month)} <small>{usd(bill.run)} in the run</small>
      </p>
      <table>
        <caption className="hidden">The dearest resources</caption>
        <tbody>
          {shown.map(({ resource, month }) => (
            <tr key={resource}>
              <th scope="row">
                <button
                  type="button"
                  disabled={nodeOf(resource) < 0 || session.run === undefined}
                  onClick={() => store.setState({ selected: nodeOf(resource), tab: 'Now' })}
                >
                  {resource}
                </button>
              </th>
              <td className="mono">{usd(month)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">
        {rest > 0 && `${dearest.length - SHOWN_MAX} more: ${usd(rest)}. `}
        {bill.discounts.length > 0 && `Tiers and free tier: ${usd(-sum(bill.discounts.map(({ month }) => month)))}. `}
        {bill.unpriced.length > 0 && `Not priced: ${bill.unpriced.map(({ type }) => type).join(', ')}. `}
        List prices of us-east-1, 730 h.
      </p>
    </section>
  )
}

/** The lines of one resource. */
export function CostOf({ name }: { name: string }) {
  const bill = useBill()
  const own = bill?.resources.find(({ resource }) => resource === name)
  const lines = own?.lines.filter(({ used }) => used > 0) ?? []
  if (own === undefined || lines.length === 0) return null
  return (
    <>
      <h3>Cost of a month like this: {usd(own.month)}</h3>
      <table className="cost-lines">
        <tbody>
          {lines.map(({ price, item, unit, usedMonth, usd: rate, per, month }) => (
            <tr key={price} title={`${price}: ${rate} USD${per === 1 ? '' : ` for ${number(per)}`} ${unit}`}>
              <th scope="row">
                {item}
                <small>
                  {number(usedMonth)} {unit}
                </small>
              </th>
              <td className="mono">{usd(month)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
