// What both questions of the dialog show: how far the runs are, how many seeds, values in their units.
import { inUnit, seconds, usd } from '../run/words.ts'
import { stop } from './conduct.ts'
import { useExperiments } from './store.ts'

/** How far the runs are, with a way to stop them; or why they ended early. */
export function Progress() {
  const progress = useExperiments((state) => state.progress)
  const failure = useExperiments((state) => state.failure)
  if (progress === undefined) return failure === undefined ? null : <p role="alert">▲ {failure}</p>
  const { done, of, ms } = progress
  const left = done === 0 ? '' : `, about ${seconds(((ms / done) * (of - done)) / 1000)} left`
  return (
    <div className="experiment-progress">
      <progress value={done} max={of} aria-label="Runs done" />
      <span>
        {done} of {of} runs{left}
      </span>
      <button type="button" onClick={stop}>
        Stop
      </button>
    </div>
  )
}

/** How many seeds. */
export function Seeds({ seeds, choose, label }: { seeds: number; choose: (seeds: number) => void; label: string }) {
  return (
    <label>
      {label}{' '}
      <select value={seeds} onChange={(event) => choose(Number(event.target.value))}>
        {[1, 5, 10, 20, 30, 100].map((n) => (
          <option key={n}>{n}</option>
        ))}
      </select>
    </label>
  )
}

/** A value as people read it. */
export const shown = (value: number, unit: string): string => (unit === 'USD' ? usd(value) : inUnit(value, unit))

/** All, some or none. */
export const markOf = (passed: number, ran: number): string => (passed === ran ? '●' : passed === 0 ? '○' : '◐')
