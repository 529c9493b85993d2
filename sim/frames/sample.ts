// Which of many messages are shown: one in so many, the same requests on every road and in every run.

/** Spreads the numbers of requests evenly, so that what is shown does not follow the order in which they came. */
function mix(trace: number): number {
  let x = Math.imul(trace ^ (trace >>> 16), 0x45d9f3b)
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b)
  return (x ^ (x >>> 16)) >>> 0
}

/** Whether a request is one of those that are shown when a dot stands for `perDot` messages. What is shown at a multiple of it is a part of that. */
export function isShown(trace: number, perDot: number): boolean {
  return perDot <= 1 || mix(trace) % perDot === 0
}

/** The least of 1, 2, 5, 10, 20, 50 … that is `least` or more. */
export function roundDot(least: number): number {
  for (let power = 1; ; power *= 10) for (const step of [1, 2, 5]) if (step * power >= least) return step * power
}
