// Tests of the run's fingerprint: pinned values, and that every difference shows, where it arose.
import { expect, test } from 'vitest'
import { Digest } from './digest.ts'

type Step = readonly [time: number, target: number, arg: number, component: number]
const steps: Step[] = [
  [0, 1, 0, 0],
  [1_000_000, 2, -5, 1],
  [1_000_000, 2, 7, 0],
  [604_800_000_000, 3, 2 ** 31 - 1, 2],
  [2 ** 53 - 1, 3, 0, 2],
]
function digestOf(all: readonly Step[]): Digest {
  const digest = new Digest(3)
  for (const [time, target, arg, component] of all) digest.step(time, target, arg, component)
  return digest
}

test('the digest of five steps is pinned, and so are its components', () => {
  const digest = digestOf(steps)
  expect(new Digest(3).hex()).toBe('811c9dc52f0b4c47')
  expect([digest.hex(), digest.componentHex(0), digest.componentHex(1), digest.componentHex(2)]).toEqual([
    '78b4cf14ca745e18',
    'c81105e1115057f6',
    '206d51d14d49b059',
    '23c59e696d9cb316',
  ])
})

test('any one bit of time, target or argument changes the run and its component, and no other component', () => {
  const whole = digestOf(steps)
  for (let at = 0; at < steps.length; at++) {
    const [time, target, arg, component] = steps[at] as Step
    const changed: Step[] = []
    for (let bit = 0; bit < 53; bit++) {
      const power = 2 ** bit
      changed.push([Math.floor(time / power) % 2 === 1 ? time - power : time + power, target, arg, component])
    }
    for (let bit = 0; bit < 32; bit++) {
      changed.push([time, target ^ (1 << bit), arg, component], [time, target, arg ^ (1 << bit), component])
    }
    for (const step of changed) {
      const other = digestOf(steps.with(at, step))
      expect(other.hex()).not.toBe(whole.hex())
      for (const c of [0, 1, 2]) expect(other.componentHex(c) === whole.componentHex(c)).toBe(c !== component)
    }
  }
})

test('the order of two steps shows in the run and not in two components that do not share it', () => {
  const [a, b] = [steps[0] as Step, steps[1] as Step]
  expect(digestOf([a, b]).hex()).not.toBe(digestOf([b, a]).hex())
  expect(digestOf([a, b]).componentHex(0)).toBe(digestOf([b, a]).componentHex(0))
})

test('the same highest bit changed in two steps does not cancel', () => {
  const flipped = steps.map(([time, target, arg, component]): Step => [time, target, arg ^ (1 << 31), component])
  expect(digestOf(flipped.slice(0, 2)).hex()).not.toBe(digestOf(steps.slice(0, 2)).hex())
})

test('a copied state goes on to the same digest', () => {
  const first = digestOf(steps.slice(0, 3))
  const second = new Digest(3)
  second.lanes.set(first.lanes)
  for (const digest of [first, second]) digest.step(5, 6, 7, 1)
  expect(second.hex()).toBe(first.hex())
})

test('ten thousand runs of consecutive numbers have ten thousand digests', () => {
  const seen = new Set<string>()
  for (let i = 0; i < 100; i++) {
    for (let j = 0; j < 100; j++) {
      const digest = new Digest(1)
      digest.step(i, 1, 0, 0)
      digest.step(i + 1, 1, j, 0)
      seen.add(digest.hex())
    }
  }
  expect(seen.size).toBe(10_000)
})
