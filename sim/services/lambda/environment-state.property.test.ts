// Whatever handlers do with `/tmp`, memory and code outside of them, at whatever moments requests come: a simpler model of one environment
// says the same.
import fc from 'fast-check'
import { test } from 'vitest'
import { SECOND } from '../../../test/kit.ts'
import { burst, constant, part, world } from '../../../test/lambda.ts'
import type { Instruction, Program } from '../../parts/program.ts'
import type { LambdaFunction } from './function.ts'

const MB = 1_048_576
const MEMORY = 256
const TMP = 512
const RUNTIME = 56

/** What a handler does to its environment: MB; −1 clears `/tmp`. */
interface Doing {
  readonly what: 'tmp' | 'memory' | 'held'
  readonly mb: number
}
const doing: fc.Arbitrary<Doing> = fc.oneof(
  fc.record({ what: fc.constant('tmp' as const), mb: fc.integer({ min: -1, max: 200 }) }),
  fc.record({ what: fc.constant('memory' as const), mb: fc.integer({ min: 0, max: 120 }) }),
  fc.record({ what: fc.constant('held' as const), mb: fc.integer({ min: 0, max: 40 }) }),
)
const list = fc.array(doing, { maxLength: 4 })

function instruction({ what, mb }: Doing): Instruction {
  if (what === 'tmp') return { op: 'tmp', size: mb < 0 ? null : constant(mb * MB), catches: [] }
  return { op: 'memory', size: constant(mb * MB), keeps: what === 'held' }
}

/** `Init` keeps all the memory that it takes. */
function programOf(init: readonly Doing[], handler: readonly Doing[]): Program {
  const before = init.map((each) => instruction(each.what === 'memory' ? { ...each, what: 'held' } : each))
  const code: Instruction[] = [{ op: 'jump', to: before.length + 2 }, ...before, { op: 'end' }]
  return { code: [...code, ...handler.map(instruction), { op: 'end' }], returns: false, hasInit: true }
}

/** One environment, request by request: what becomes of each. */
function expected(init: readonly Doing[], handler: readonly Doing[], requests: number): string[] {
  let tmp = 0
  let held = 0
  let isReady = false
  const run = (steps: readonly Doing[], keeps: boolean): string => {
    let used = 0
    for (const { what, mb } of steps) {
      if (what === 'tmp') {
        if (mb >= 0 && tmp + mb > TMP) return 'NoSpaceLeftOnDevice'
        tmp = mb < 0 ? 0 : tmp + mb
        continue
      }
      if (what === 'held' || keeps) held += mb
      else used += mb
      if (RUNTIME + held + used > MEMORY) return 'Runtime.ExitError'
    }
    return ''
  }
  const start = (): string => {
    held = 0
    const error = run(init, true)
    isReady = error === ''
    return error
  }
  return Array.from({ length: requests }, (_, i) => {
    // The first request finds an environment that has tried once; what failed is tried once more within the request.
    if (i === 0) start()
    const late = isReady ? '' : start()
    const error = late === '' ? run(handler, false) : late
    if (error === 'Runtime.ExitError') isReady = false
    return error
  })
}

test('environments fill up, fail and begin anew as a plain model of one says', () => {
  fc.assert(
    fc.property(list, list, fc.integer({ min: 1, max: 8 }), (init, handler, requests) => {
      const at = world({
        Work: part(programOf(init, handler), { MemorySize: MEMORY }, { RuntimeMemory: `${RUNTIME}MB` }),
      })
      for (let i = 0; i < requests; i++) {
        burst(at, 'Work', i * SECOND, 1)
        at.run(i * SECOND + 1)
      }
      const found = at.answers.map(({ answer }) => (answer.ErrorType as string | undefined) ?? '')
      const wanted = expected(init, handler, requests)
      return JSON.stringify(found) === JSON.stringify(wanted)
    }),
    { numRuns: 300 },
  )
})

test('many at once keep to every invariant, and each gets one answer', () => {
  const moments = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 4 })), { maxLength: 12 })
  fc.assert(
    fc.property(list, list, moments, (init, handler, bursts) => {
      const slow: Instruction[] = [{ op: 'wait', time: constant(2 * SECOND) }]
      const { code } = programOf(init, handler)
      const at = world({
        Work: part(
          { code: [...code.slice(0, -1), ...slow, code.at(-1)!], returns: false, hasInit: true },
          { MemorySize: MEMORY },
        ),
      })
      let sent = 0
      for (const [second, count] of [...bursts].sort(([a], [b]) => a - b)) {
        burst(at, 'Work', Math.max(at.now, second * SECOND), count)
        sent += count
      }
      at.run(at.now + 3600 * SECOND)
      return at.answers.length === sent && at.state<LambdaFunction>('Work').environments.count === 0
    }),
    { numRuns: 100 },
  )
})
