// The fuzzer's short run, and everything that it ever found: what was mended stays mended.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../sim/engine/rng.ts'
import { mutate, pick } from './mutate.ts'
import { examine } from './oracle.ts'
import { readSeeds } from './seeds.ts'
import { shrink } from './shrink.ts'

const FOUND = fileURLToPath(new URL('./found/', import.meta.url))
const INPUTS = process.env['SOAK'] === undefined ? 1500 : 50_000

describe('every input that once did harm', () => {
  for (const name of existsSync(FOUND) ? readdirSync(FOUND).sort() : []) {
    it(name, () => {
      const before = process.cpuUsage()
      expect(examine(readFileSync(FOUND + name, 'utf8'), true).finding).toBeUndefined()
      expect(process.cpuUsage(before).user / 1e6, 'seconds of processor time, twice read and run').toBeLessThan(4)
    })
  }
})

describe('the fuzzer', () => {
  it('begins from seeds that run', () => {
    const seeds = readSeeds('own')
    expect(seeds.length).toBeGreaterThan(40)
    expect(seeds.filter((seed) => examine(seed.text, false).loaded).length).toBeGreaterThan(10)
  })

  it(`finds nothing among ${INPUTS} mutations of the project's own texts`, { timeout: 600_000 }, () => {
    const seeds = readSeeds('own')
    for (let index = 0; index < INPUTS; index++) {
      const rng = createRng('unit', 'fuzz', String(index))
      const text = mutate(pick(rng, seeds), pick(rng, seeds), rng)
      const { finding } = examine(text, index % 16 === 0)
      expect(finding, `input ${index}: ${finding?.message}\n${text}`).toBeUndefined()
    }
  })

  it('makes a failing input small', () => {
    const lines = Array.from({ length: 300 }, (_, i) => `line ${i}\n`).join('')
    expect(shrink(lines, (text) => text.includes('7\n') && text.includes('line 2'))).toMatch(/^line 2\d*7\n$/)
  })
})
