// The shapes of outcomes and of marks as small pictures in the page: the same as on the stage.
import type { Mark, Outcome } from '../sim.ts'

export function OutcomeMark({ outcome }: { outcome: Outcome }) {
  return (
    <svg width="13" height="13" viewBox="-6.5 -6.5 13 13" className={`mark ${outcome}`} aria-hidden="true">
      {outcome === 'ok' && <circle r="4.6" />}
      {outcome === 'answer' && <circle r="2.8" />}
      {outcome === 'retry' && <circle r="4" fill="none" strokeWidth="2.2" />}
      {outcome === 'throttled' && <rect x="-4.3" y="-4.3" width="8.6" height="8.6" />}
      {outcome === 'error' && <path d="M0-5L5 4H-5z" />}
      {outcome === 'dead-letter' && <path d="M-4-4L4 4M4-4L-4 4" fill="none" strokeWidth="2.6" />}
    </svg>
  )
}

/** Shape and colour class of a mark on the time line. */
export const MARK_SHAPE: Readonly<Record<Mark['kind'], { readonly shape: string; readonly tone: string }>> = {
  fault: { shape: '▲', tone: 'error' },
  alarm: { shape: '▲', tone: 'throttled' },
  first: { shape: '■', tone: 'throttled' },
  action: { shape: '◆', tone: 'accent' },
  deployment: { shape: '◆', tone: 'accent' },
  parting: { shape: '◐', tone: 'accent' },
}
