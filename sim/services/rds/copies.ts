// For those who keep copies of rows: whether a copy is stale.
import type { Copies } from '../../model/contract.ts'
import { Unanswered } from '../../parts/unanswered.ts'
import type { DbCluster } from './db-cluster.ts'
import type { DbInstance } from './db-instance.ts'
import { nameOf, statementOf, type Found } from './rows.ts'

/** A read by key: rows are never changed but replaced, so a copy is good as long as it is the very row that the writer has. */
export const rowCopies: Copies<DbInstance> = {
  isStale: (instance, body, answer: Found | undefined, asked) => {
    const statement = statementOf(body)
    const name = nameOf(statement)
    if (statement.verb !== 'SELECT' || name === undefined || answer?.Rows === undefined) return undefined
    const writer = writerOf(instance)
    const unanswered = (writer.unanswered ??= new Unanswered<string, unknown>())
    const copy = answer.Rows[0]
    return copy !== writer.rows.at(statement) && !unanswered.isBefore(name, copy ?? NO_ROW, asked)
  },
}

/** What was there before a row that is new. */
export const NO_ROW = Symbol('no row')

/** Who has the newest rows: the source of a replica, the writer of a cluster. */
function writerOf(instance: DbInstance): DbInstance {
  const { sim, plan } = instance
  if (plan.cluster !== '') return sim.peer<DbInstance>(sim.peer<DbCluster>(plan.cluster).writer)
  return plan.source === '' ? instance : writerOf(sim.peer<DbInstance>(plan.source))
}
