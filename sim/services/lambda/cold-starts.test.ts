// Cold starts as they were measured on AWS.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { lab, MS } from '../../../test/kit.ts'
import { steps } from '../../../test/lambda.ts'
import { account } from './account.ts'
import { MEASURED, measuredInit } from './cold-starts.ts'
import { lambdaFunction } from './function.ts'

describe('measured cold starts', () => {
  const median = (properties: Record<string, unknown>, count = 401): number => {
    const at = lab(
      {
        'Sim::Lambda::Account': { def: account },
        Work: {
          def: lambdaFunction,
          properties: { MemorySize: 1769, ...properties },
          config: { Handler: steps() },
          assumptions: { ColdStartLengths: 'measured' },
        },
      },
      { probe: [['Work', 'lambda:InvokeFunction']] },
    )
    for (let i = 0; i < count; i++) at.call('Work', 'lambda:InvokeFunction', { Payload: {} })
    at.run(60_000 * MS)
    const times = at.answers.map((answer) => answer.at / MS).sort((a, b) => a - b)
    return times[(count - 1) / 2]
  }

  test('differ by runtime, package and processor, and not by memory', () => {
    expect(median({ Runtime: 'nodejs22.x' })).toBeCloseTo(MEASURED['nodejs22.x'][0], -1)
    expect(median({ Runtime: 'python3.13', Architectures: ['arm64'] })).toBeCloseTo(MEASURED['python3.13'][2], -1)
    expect(median({ Runtime: 'python3.13', MemorySize: 128 })).toBeCloseTo(MEASURED['python3.13'][0], -1)
    const image = median({ Runtime: 'python3.13', PackageType: 'Image' })
    expect(Math.abs(image - MEASURED['python3.13'][4]) / image).toBeLessThan(0.1)
  })

  test('of a runtime that was not measured are those of its next younger relative', () => {
    const of = (Runtime: string): number => measuredInit({ Runtime }).p50
    expect(of('nodejs18.x')).toBe(of('nodejs20.x'))
    expect(of('python3.8')).toBe(of('python3.9'))
    expect(of('dotnet6')).toBe(of('dotnet8'))
    expect(of('dotnetcore3.1')).toBe(of('dotnet8'))
    expect(of('java8')).toBe(of('java8.al2'))
    expect(of('ruby3.5')).toBe(of('ruby3.4'))
    expect(of('go1.x')).toBe(of('provided.al2023'))
  })

  const files = ['2026-06-22', '2026-08-22'].map(
    (day) => new URL(`../../../../shared/corpus/traces/lambda-perf-${day}.json`, import.meta.url),
  )
  test.skipIf(!files.every((file) => existsSync(file)))('are those of the recorded data', () => {
    const values = new Map<string, number[]>()
    for (const file of files)
      for (const { d, p, a, i } of JSON.parse(readFileSync(file, 'utf8')).runtimeData as {
        readonly d: string
        readonly p: string
        readonly a: string
        readonly i: readonly number[]
      }[])
        values.set(`${d} ${p} ${a}`, [...(values.get(`${d} ${p} ${a}`) ?? []), ...i])
    for (const [runtime, row] of Object.entries(MEASURED)) {
      const name = runtime === 'provided' ? 'go (prov.al2023)' : runtime
      const cells = ['zip x86_64', 'zip arm64', 'image x86_64', 'image arm64'].flatMap((cell) => {
        const sorted = values.get(`${name} ${cell}`)!.sort((x, y) => x - y)
        return [0.5, 0.95].map((p) => Math.round(sorted[Math.ceil(p * sorted.length) - 1]))
      })
      expect([runtime, ...cells]).toEqual([runtime, ...row])
    }
  })
})
