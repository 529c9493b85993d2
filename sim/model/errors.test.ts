// The table of HTTP codes says of each exception what the rooms raise it with.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { services } from '../services/index.ts'
import { HTTP_CODES } from './errors.ts'

/** Services that have one address for all operations answer 400 whatever it is; the table has the code of the others. */
const ELSEWHERE: Readonly<Record<string, number>> = { ResourceNotFoundException: 400 }

it('every exception that an operation can raise has its code', () => {
  const raised = new Set(services.flatMap((def) => Object.values(def.ops).flatMap((op) => op.errors ?? [])))
  expect([...raised].filter((name) => !Object.hasOwn(HTTP_CODES, name))).toEqual([])
})

it('the codes are those that the rooms write', () => {
  const folder = fileURLToPath(new URL('../', import.meta.url))
  const written = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .flatMap((path) => [...readFileSync(join(folder, path), 'utf8').matchAll(/\.error\('([\w.]+)', (\d+)\)/g)])
  expect(written.length).toBeGreaterThan(40)
  for (const [, name, code] of written)
    expect([HTTP_CODES[name!], ELSEWHERE[name!]], `${name} ${code}`).toContain(Number(code))
})
