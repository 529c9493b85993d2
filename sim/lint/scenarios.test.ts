// The project's own scenarios: what each shows on purpose is allowed there, and nothing else is left to be told.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findingsOf } from '../../test/lints.ts'
import { dataOf, scenarioNames } from '../../test/scenarios.ts'
import { givenFiles } from '../lang/given-files.ts'

const FOLDER = fileURLToPath(new URL('../../scenarios/', import.meta.url))
const read = (name: string): string => readFileSync(FOLDER + name, 'utf8')

describe('lints say nothing more about', () => {
  for (const name of scenarioNames().own)
    test(name, () =>
      expect(findingsOf(read(name), { files: givenFiles(dataOf(name)) }).map(({ text }) => text)).toEqual([]),
    )
})

test('and without the allowance the trap is told', () => {
  const told = findingsOf(read('hot-partition.yaml').replace(/ *# hotshard: allow dynamodb\/hot-key.*\n/, ''))
  expect(told.map(({ slug }) => slug)).toEqual(['dynamodb/hot-key'])
  expect(told[0]!.text).toContain('takes 1,800 write units/s at the peak of `Tenants`, and a partition gives 1,000')
})
