// Which knobs can be varied, and the fields that say from where to where.
import type { KnobOutline } from '../sim.ts'
import { STEPS_MAX, type Ends } from './points.ts'

export const isNumeric = (knob: KnobOutline): boolean =>
  knob.type === 'number' && knob.allowed === undefined && knob.initial !== '' && Number.isFinite(Number(knob.initial))

export const labelOf = (knob: KnobOutline): string =>
  `${knob.label ?? knob.name}${knob.kind === 'workload' ? ' (times its load)' : ''}`

/** From where to where, and in how many values unless the search chooses them. */
export function AxisEnds({
  knob,
  ends,
  change,
  steps = true,
}: {
  steps?: boolean
  knob: KnobOutline | undefined
  ends: (knob: KnobOutline) => Ends
  change: (name: string, ends: Ends) => void
}) {
  if (knob === undefined || !isNumeric(knob)) return null
  const now = ends(knob)
  const field = (part: keyof Ends, words: string, limits: { min?: number; max?: number }) => (
    <label>
      {words}{' '}
      <input
        type="number"
        className="value"
        step="any"
        {...limits}
        value={now[part]}
        onChange={(event) => {
          if (event.target.value !== '') change(knob.name, { ...now, [part]: Number(event.target.value) })
        }}
      />
    </label>
  )
  const limits = { ...(knob.min !== undefined && { min: knob.min }), ...(knob.max !== undefined && { max: knob.max }) }
  return (
    <>
      {field('from', 'from', limits)}
      {field('to', 'to', limits)}
      {steps && <>{field('steps', 'in', { min: 2, max: STEPS_MAX })} values</>}
    </>
  )
}
