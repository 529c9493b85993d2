// What a function is deployed as: limits of sizes, layers, and what size costs a new environment.
import { describe, expect, test } from 'vitest'
import { lab, type Lab, type LabOptions, MS, type Part, type Refused } from '../../../test/kit.ts'
import { steps } from '../../../test/lambda.ts'
import { account } from './account.ts'
import { lambdaFunction } from './function.ts'
import { layerVersion } from './layer-version.ts'

const MB = 1_048_576
const work = (properties: Record<string, unknown>, assumptions: Record<string, string> = {}): Part => ({
  def: lambdaFunction,
  properties: { MemorySize: 1769, ...properties },
  config: { Handler: steps() },
  assumptions: { ColdStart: '100ms', ...assumptions },
})
const layer = (UnzippedSize: string, PackageSize = '0B'): Part => ({
  def: layerVersion,
  assumptions: { UnzippedSize, PackageSize },
})

function world(parts: Record<string, Part>, options: LabOptions = {}): Lab {
  const probe = Object.keys(parts)
    .filter((name) => parts[name].def === lambdaFunction)
    .map((name) => [name, 'lambda:InvokeFunction'] as const)
  return lab({ 'Sim::Lambda::Account': { def: account }, ...parts }, { probe, ...options })
}

function problems(parts: Record<string, Part>, options: LabOptions = {}): string {
  try {
    world(parts, options)
  } catch (error) {
    return (error as Refused).problems.join('\n')
  }
  return ''
}

const cold = (at: Lab, name = 'Work'): number => at.ask(name, 'lambda:InvokeFunction', { Payload: {} }).at / MS

describe('the size of a package', () => {
  const legacy = { profile: 'notes-2020' } as const

  test('an archive of more than 50 MB is refused in the notes’ profile; today it comes from a bucket [N.LAMBDA-12]', () => {
    const of = (bytes: number): Record<string, Part> => ({
      Work: work({ MemorySize: 128 }, { PackageSize: `${bytes}B` }),
    })
    expect(problems(of(50 * MB), legacy)).toBe('')
    expect(problems(of(50 * MB + 1), legacy)).toContain('package-too-large: the archive takes 52428801 bytes')
    expect(problems(of(51 * MB))).toBe('')
  })

  test('unzipped code and layers have 250 MB together [N.LAMBDA-13, N.LAMBDA-20]', () => {
    const of = (own: number, beside: number): Record<string, Part> => ({
      Work: work({ Layers: ['Shared'] }, { UnzippedSize: `${own}B` }),
      Shared: layer(`${beside}B`),
    })
    expect(problems(of(200 * MB, 50 * MB))).toBe('')
    expect(problems(of(200 * MB, 50 * MB + 1))).toContain('the unzipped code with its layers takes 262144001 bytes')
    expect(problems(of(200 * MB, 60 * MB))).toContain('package-too-large')
    // An archive is at least as large unzipped.
    expect(problems({ Work: work({}, { PackageSize: '251MB' }) })).toContain('package-too-large')
  })

  test('a container image has 10 GB and no layers', () => {
    const of = (PackageSize: string, properties = {}): Record<string, Part> => ({
      Work: work({ PackageType: 'Image', ...properties }, { PackageSize }),
      Shared: layer('1MB'),
    })
    expect(problems(of('10240MB'))).toBe('')
    expect(problems(of('10241MB'))).toContain('package-too-large: the image')
    expect(problems(of('1MB', { Layers: ['Shared'] }))).toContain('too-many-layers: a container image has no layers')
  })

  test('each MB of it lengthens the cold start, layers too, and no warm request [N.LAMBDA-50]', () => {
    const of = (PackageSize: string): Lab =>
      world({ Work: work({ Layers: ['Shared'] }, { PackageSize }), Shared: layer('40MB', '10MB') })
    expect(cold(of('5MB'))).toBe(100 + 15 * 5)
    const large = of('50MB')
    expect(cold(large)).toBe(100 + 60 * 5)
    const before = large.now
    expect(large.ask('Work', 'lambda:InvokeFunction', { Payload: {} }).at).toBe(before)
    expect(cold(world({ Work: work({}) }))).toBe(100)
  })
})

describe('layers', () => {
  test('one layer serves several functions, whose own packages are smaller for it [N.LAMBDA-20]', () => {
    const parts = {
      A: work({ Layers: ['Shared'] }, { PackageSize: '2MB' }),
      B: work({ Layers: ['Shared'] }, { PackageSize: '3MB' }),
      C: work({ Layers: ['Shared'] }, { PackageSize: '4MB' }),
      Shared: layer('100MB', '40MB'),
    }
    const at = world(parts)
    expect(['A', 'B', 'C'].map((name) => cold(world(parts), name))).toEqual([310, 315, 320])
    expect(layerVersion.report!(at.state('Shared'))).toEqual({ lines: ['used by A, B, C'] })
    expect(layerVersion.view.partOf!(at.world.plan.components.find(({ name }) => name === 'Shared')!.config)).toBe('A')
  })

  test('a custom runtime may come in one; what is no version of a layer is refused [N.LAMBDA-19]', () => {
    const of = (...Layers: string[]): Record<string, Part> => ({
      Work: work({ Runtime: 'provided.al2023', Layers }),
      Other: work({}),
      Shared: layer('1MB'),
    })
    const arn = 'arn:aws:lambda:us-east-1:123456789012:layer:bootstrap'
    expect(cold(world(of('Shared')))).toBe(100)
    expect(problems(of(`${arn}:3`))).toBe('')
    expect(problems(of(arn))).toContain('names no version of a layer')
    expect(problems(of('Other'))).toContain('wrong-resource: `Other` is AWS::Lambda::Function')
    expect(problems(of(...Array.from({ length: 6 }, () => 'Shared')))).toContain('too-many-layers')
    expect(problems(of(...Array.from({ length: 5 }, () => 'Shared')))).toBe('')
  })
})
