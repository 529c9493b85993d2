// What went wrong in an account's shared concurrency: full, by whom, and who is turned away.
import type { Finding } from '../../model/contract.ts'
import { all, count, percent } from '../../parts/words.ts'
import type { Account } from './account.ts'
import { POOL } from './concurrency.ts'

const LEAST = 5
const LEAST_SHARE = 0.001
/** A function that holds this share of the full pool is named, and a reservation of this share of the limit. */
const NAMED = 0.1

export function findingsOf(self: Account): Finding[] {
  const { refusals, functions } = self
  const users = functions.filter((user) => user.reserved < 0)
  const came = users.reduce((sum, user) => sum + user.running.entered, 0) + refusals.count
  const share = refusals.count / Math.max(1, came)
  if (refusals.count < LEAST || share < LEAST_SHARE) return []
  const held = users.reduce((sum, user) => sum + user.heldInFull, 0)
  const holders = [...users]
    .sort((a, b) => b.heldInFull - a.heldInFull)
    .filter((user) => user.heldInFull >= NAMED * held)
    .slice(0, 3)
  const struck = users
    .filter((user) => user.refusals[POOL].count > 0)
    .sort((a, b) => b.refusals[POOL].count - a.refusals[POOL].count)
    .slice(0, 3)
  const idle = functions
    .filter((user) => user.reserved >= NAMED * self.limit && user.running.peak < user.reserved / 2)
    .map(
      (user) =>
        `${user.sim.name} reserves ${count(user.reserved)} of it and never used more than ${count(user.running.peak)}`,
    )
  const pool =
    self.room < self.limit
      ? `The ${count(self.room)} of ${count(self.limit)} that nobody has reserved`
      : `All ${count(self.limit)} of it`
  return [
    {
      kind: 'account-concurrency',
      from: refusals.first,
      to: refusals.last,
      share,
      title: "The account's concurrency is used up",
      text:
        `${pool} are taken, by ${all(holders.map((user) => `${user.sim.name} (${percent(user.heldInFull / Math.max(1, held))})`))}` +
        `; ${all(struck.map((user) => `${count(user.refusals[POOL].count)} requests to ${user.sim.name}`))} were refused.` +
        idle.map((sentence) => ` ${sentence}.`).join(''),
      suspects: holders.map((user) => user.sim.name),
    },
  ]
}
