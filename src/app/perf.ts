// `?perf` in the address shows what a frame of the screen costs; `?perf=20000` draws at least as many dots, for measuring.
import type { Tools } from './context.tsx'

const asked = new URLSearchParams(location.search).get('perf')
const DOTS_MAX = 50_000

export const SHOWS_COSTS = asked !== null
/** At least so many dots are drawn. */
export const DOTS_LEAST = Math.min(DOTS_MAX, Math.max(0, Math.floor(Number(asked ?? 0)) || 0))

/** Lets a measuring program read the costs: ms of script of the last frames, how many there were, dots at hand. */
export function exposeCosts(tools: Tools): void {
  if (!SHOWS_COSTS) return
  const perf = (): object => ({
    costs: tools.loop.costs,
    draws: tools.loop.draws,
    count: tools.loop.count,
    dots: tools.stage?.dots ?? 0,
  })
  Object.assign(window, { perf })
}
