// What the dots mean, and how many messages one of them stands for.
import { useApp } from '../app/store.ts'
import { OUTCOMES } from '../sim.ts'
import { number, OUTCOME_WORDS } from '../run/words.ts'
import { OutcomeMark } from './marks.tsx'

export function Legend() {
  const perDot = useApp((state) => state.perDot)
  const still = useApp((state) => state.still)
  return (
    <ul className="legend" aria-label="Legend">
      {OUTCOMES.map((outcome, i) => (
        <li key={outcome}>
          <OutcomeMark outcome={outcome} /> {OUTCOME_WORDS[outcome]}
          {(perDot[i] ?? 1) > 1 && !still && <small>1 = {number(perDot[i])}</small>}
        </li>
      ))}
      <li>
        <svg width="46" height="12" aria-hidden="true">
          <rect x="0" y="2" width="30" height="8" rx="2" className="ramp" />
          <path d="M31 10l5-8M35 10l5-8M39 10l5-8" className="hatch" />
        </svg>{' '}
        over a limit is hatched
      </li>
    </ul>
  )
}
