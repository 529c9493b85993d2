// Shares of processors, held against a model that looks at every microsecond.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lab, MS } from '../../test/kit.ts'
import type { ServiceDef, Sim } from '../model/contract.ts'
import { ProcessorSharing } from './processor-sharing.ts'

interface Host {
  readonly sim: Sim
  readonly cpu: ProcessorSharing
  readonly ends: (readonly [note: number, at: number])[]
}

function ended(self: Host): void {
  self.cpu.expired()
  for (let note = self.cpu.next(); note >= 0; note = self.cpu.next()) self.ends.push([note, self.sim.clock[0]])
}

const host: ServiceDef<Host> = {
  type: 'Sim::Test::Host',
  family: 'compute',
  namespace: 'Sim',
  dimension: '',
  summary: 'Shares its processors.',
  models: [],
  omits: [],
  quotas: {},
  assumptions: {},
  props: {},
  create: (config, sim) => ({ sim, cpu: new ProcessorSharing(sim, config['n'], sim.target(ended)), ends: [] }),
  ops: {},
  timers: { ended },
  metrics: {},
  invariants: {},
  view: { glyph: 'x', label: 'x', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
}

/** When jobs end that begin at `at` with `work`, by number; a step is a microsecond. */
function reference(processors: number, jobs: readonly { at: number; work: number }[]): number[] {
  const left = jobs.map(({ work }) => work)
  const ends = jobs.map(() => -1)
  for (let t = 0; ends.includes(-1); t++) {
    const inside = jobs.map((_, i) => i).filter((i) => jobs[i]!.at <= t && ends[i] === -1)
    for (const i of inside) if (left[i]! <= 1e-6) ends[i] = t
    const still = inside.filter((i) => ends[i] === -1)
    const speed = Math.min(1, processors / Math.max(1, still.length))
    for (const i of still) left[i]! -= speed
  }
  return ends
}

describe('shared processors', () => {
  it('one job goes at full speed, four on two processors at half of it', () => {
    const world = lab({ Host: { def: host, config: { n: 2 } } })
    const { cpu, ends } = world.state<Host>('Host')
    for (let i = 0; i < 4; i++) cpu.start(10 * MS, i)
    world.run(20 * MS - 1)
    expect(ends).toEqual([])
    world.run(20 * MS)
    expect(ends.map(([note]) => note)).toEqual([0, 1, 2, 3])
    expect(cpu.usedUntilNow()).toBe(40 * MS)
    cpu.start(10 * MS, 4)
    world.run(30 * MS)
    expect(ends[4]).toEqual([4, 30 * MS])
  })

  it('a job that is stopped leaves its share to the others', () => {
    const world = lab({ Host: { def: host, config: { n: 1 } } })
    const { cpu, ends } = world.state<Host>('Host')
    const slot = cpu.start(100 * MS, 0)
    cpu.start(10 * MS, 1)
    world.run(4 * MS)
    cpu.stop(slot)
    world.run(12 * MS)
    expect(ends).toEqual([[1, 12 * MS]])
  })

  it('ends every job when a model does that counts microseconds, within one of them for each change of speed', () => {
    const jobs = fc.array(fc.record({ at: fc.nat(60), work: fc.integer({ min: 1, max: 40 }) }), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), jobs, (processors, list) => {
        const world = lab({ Host: { def: host, config: { n: processors } } })
        const { cpu, ends } = world.state<Host>('Host')
        const sorted = [...list].sort((a, b) => a.at - b.at)
        sorted.forEach(({ at, work }, i) => {
          world.run(at)
          cpu.start(work, i)
        })
        world.run(10_000)
        const expected = reference(processors, sorted)
        expect(ends).toHaveLength(list.length)
        for (const [note, at] of ends) expect(Math.abs(at - expected[note]!)).toBeLessThanOrEqual(1 + list.length / 2)
        // No processor time is lost or made up: all work is done, whatever is rounded at ends.
        const work = sorted.reduce((sum, job) => sum + job.work, 0)
        expect(cpu.usedUntilNow()).toBeGreaterThanOrEqual(work - 1e-3)
        expect(cpu.usedUntilNow()).toBeLessThanOrEqual(work + processors * list.length)
      }),
    )
  })
})
