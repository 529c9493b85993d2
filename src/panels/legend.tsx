// What the dots mean, and how many messages one of them stands for.
import { useApp } from '../app/store.ts'
import { OUTCOMES, type Outcome } from '../sim.ts'
import { number } from '../run/words.ts'
import { OutcomeMark } from './marks.tsx'

const WORDS: Readonly<Record<Outcome, string>> = {
  ok: 'request',
  answer: 'answer',
  retry: 'retry',
  throttled: 'refused',
  error: 'error, time-out',
  'dead-letter': 'dead letter',
}

export function Legend() {
  const perDot = useApp((state) => state.perDot)
  const still = useApp((state) => state.still)
  return (
    <ul className="legend" aria-label="Legend">
      {OUTCOMES.map((outcome, i) => (
        <li key={outcome}>
          <OutcomeMark outcome={outcome} /> {WORDS[outcome]}
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
