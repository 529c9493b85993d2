// Filter policies that another simulator's authors hold to be AWS's: which messages pass.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { verdictOf, type Scope } from '../../sim/services/sns/filter-policy.ts'
import type { Pattern } from '../../sim/parts/patterns.ts'
import { CORPUS, type Suite } from './suite.ts'

interface Vector {
  readonly name: string
  readonly scope: Scope
  readonly policy: Pattern
  readonly attributes?: Record<string, Record<string, unknown>>
  readonly body?: unknown
  readonly expected: boolean
}

const file = join(CORPUS, 'conformance/sns/filter_policies.json')
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }

const suite: Suite = {
  name: 'sns',
  cases: vectors.map((vector, i) => ({
    name: `${i} ${vector.name}`,
    run() {
      const verdict = verdictOf(vector.policy, vector.scope, vector.attributes, vector.body)
      if (!isDeepStrictEqual(verdict === 'accepted', vector.expected))
        throw new Error(`${JSON.stringify(vector)}: ${verdict}`)
    },
  })),
}
export default suite
