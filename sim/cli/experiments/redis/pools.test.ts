// The threads of a worker: one pool a bundle, of which the last two are kept; a bundle that could not be had is asked for again.
import { expect, test } from 'vitest'
import type { Bundle } from '../../../experiment/bundle.ts'
import { lostOutcome } from '../../../experiment/runner.ts'
import { Pools } from './pools.ts'

const spec = { settings: [], seed: '1' }

test('a pool is opened once for its bundle, and closed when two others were used since and nothing runs on it', async () => {
  const log: string[] = []
  let letGo = (): void => {}
  const pools = new Pools(
    (id) => Promise.resolve<Bundle>({ name: id, text: '', files: [] }),
    ({ name }) => {
      log.push(`open ${name}`)
      return {
        async run(specs) {
          if (name === 'slow') await new Promise<void>((resolve) => (letGo = resolve))
          return specs.map((each) => lostOutcome(each, 'refused', name))
        },
        close() {
          log.push(`close ${name}`)
          return Promise.resolve()
        },
      }
    },
  )
  const slow = pools.run('slow', spec)
  expect((await pools.run('a', spec)).outcome.why).toBe('a')
  await pools.run('a', spec)
  await pools.run('b', spec)
  expect(log, 'the slow one is older, and busy').toEqual(['open slow', 'open a', 'open b', 'close a'])
  await pools.run('b', spec)
  letGo()
  expect(await slow).toMatchObject({ name: 'slow', outcome: { why: 'slow' } })
  await pools.run('c', spec)
  expect(log.slice(4)).toEqual(['open c', 'close slow'])
  await pools.close()
  expect(log.slice(6)).toEqual(['close b', 'close c'])
})

test('a bundle that could not be had is asked for again by the next run', async () => {
  let asked = 0
  const pools = new Pools(
    () => (asked++ === 0 ? Promise.reject(new Error('gone')) : Promise.resolve({ name: 'a', text: '', files: [] })),
    () => ({
      run: (specs) => Promise.resolve(specs.map((each) => lostOutcome(each, 'refused', ''))),
      close: () => Promise.resolve(),
    }),
  )
  await expect(pools.run('a', spec)).rejects.toThrow('gone')
  await expect(pools.run('a', spec)).resolves.toMatchObject({ name: 'a' })
  expect(asked).toBe(2)
  await pools.close()
})
