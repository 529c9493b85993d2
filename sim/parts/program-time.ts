// How long a program takes at the least: the mean times along its quickest way.
import type { Program, Template } from './program.ts'

/** What a µs of each kind of step counts; 0 leaves it out. */
export interface TimeWeights {
  readonly compute: number
  readonly wait: number
}

/**
 * Mean µs of the steps on the quickest way through a program. A loop over a list is gone through once, and calls take no time: no
 * invocation that goes through can be much quicker than this.
 */
export function leastTime({ code }: Program, weights: TimeWeights): number {
  // From the end to the beginning: jumps lead forward, but for those that close a loop.
  const rest = new Float64Array(code.length + 1)
  const after = (place: number, here: number): number => (place > here ? rest[Math.min(place, code.length)]! : Infinity)
  for (let i = code.length - 1; i >= 0; i--) {
    const step = code[i]!
    const next = rest[i + 1]!
    switch (step.op) {
      case 'compute':
        rest[i] = weights.compute * meanOf(step.time) + next
        break
      case 'wait':
        rest[i] = weights.wait * meanOf(step.time) + next
        break
      case 'jump':
        rest[i] = after(step.to, i)
        break
      case 'hit':
        rest[i] = Math.min(next, after(step.end, i))
        break
      case 'unless':
      case 'once':
      case 'unlocked':
      case 'left':
        rest[i] = Math.min(next, after(step.to, i))
        break
      case 'choose':
        rest[i] = Math.min(...step.to.map((place) => after(place, i)))
        break
      case 'parallel':
        rest[i] = Math.max(0, ...step.branches.map((place) => after(place, i))) + after(step.join, i)
        break
      case 'end':
      case 'return':
      case 'fail':
      case 'raise':
        rest[i] = 0
        break
      default:
        rest[i] = next
    }
  }
  return rest[0]!
}

/** The mean of a time in µs; 0 where it hangs on the event. */
function meanOf(time: Template): number {
  if (time.kind === 'constant') return typeof time.value === 'number' ? time.value : 0
  return time.kind === 'draw' ? time.sampler.mean : 0
}
