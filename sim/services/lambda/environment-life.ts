// How long environments live: they rest after a request, and go when they are too old, idle for too long or out of date.
import { FREE, IDLE, isOnDemand, NONE, onDemandOf } from './environments.ts'
import type { LambdaFunction } from './function.ts'

export function release(self: LambdaFunction, row: number, now: number): void {
  const { environments } = self
  const pool = environments.pool[row]
  if (!isOnDemand(pool)) {
    const qualified = self.qualifiers[(pool + 1) / 2 - 1]
    if (qualified.rows > qualified.wanted) {
      qualified.rows--
      destroy(self, row, now)
    } else environments.rest(row, now)
    return
  }
  const oldest = environments.createdAt[row] + self.maxAge
  if (environments.stale[row] === 1 || oldest <= now) {
    destroy(self, row, now)
    return
  }
  environments.rest(row, now)
  expireAt(self, Math.min(now + self.idleLifetime, oldest))
}

function destroy(self: LambdaFunction, row: number, now: number): void {
  self.lives.leave(now, self.environments.createdAt[row])
  self.environments.destroy(row)
}

/** Sees to it that the timer of expiry comes at `due` or before. */
function expireAt(self: LambdaFunction, due: number): void {
  if (due >= self.expiryAt) return
  if (self.expiryTimer !== NONE) self.sim.cancel(self.expiryTimer)
  self.expiryAt = due
  self.expiryTimer = self.sim.timer(due - self.sim.clock[0], self.expireTarget, 0)
}

/** Timer: the first idle environment may have come to its end. It never comes late, and sets itself anew for the next. */
export function expire(self: LambdaFunction): void {
  const { sim, environments } = self
  const now = sim.clock[0]
  self.expiryTimer = NONE
  self.expiryAt = Infinity
  for (const { pool } of self.versions)
    for (
      let row = environments.longestUnused(pool);
      row !== NONE && environments.since[row] + self.idleLifetime <= now;
      row = environments.longestUnused(pool)
    )
      destroy(self, row, now)
  let row = environments.oldest
  while (row !== NONE && environments.createdAt[row] + self.maxAge <= now) {
    const newer = environments.newer[row]
    if (environments.phase[row] === IDLE) destroy(self, row, now)
    row = newer
  }
  for (const { pool } of self.versions) {
    const unused = environments.longestUnused(pool)
    if (unused === NONE) continue
    expireAt(self, Math.min(environments.since[unused] + self.idleLifetime, environments.createdAt[row] + self.maxAge))
  }
}

/** Code or configuration of a version has changed: idle environments go, the others after their request. Provisioned ones are replaced unseen. */
export function renew(self: LambdaFunction, version: number): void {
  const { environments } = self
  const now = self.sim.clock[0]
  for (let row = 0; row < environments.rows; row++) {
    if (environments.phase[row] === FREE || environments.pool[row] !== onDemandOf(version)) continue
    if (environments.phase[row] === IDLE) destroy(self, row, now)
    else environments.stale[row] = 1
  }
}
