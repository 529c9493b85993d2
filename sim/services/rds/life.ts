// What happens to a database server as a whole: reboots, failovers, losses, deletion, snapshots.
import type { Call } from '../../engine/calls.ts'
import type { EventFunction } from '../../engine/kernel.ts'
import type { Action, Fault, Op } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import type { DbInstance } from './db-instance.ts'
import type { Rows } from './rows.ts'

export const ops: Readonly<Record<Action, Op<DbInstance>>> = {
  'rds:RebootDBInstance': {
    doc: 'Restarts the server, or lets its standby take over.',
    target: 'DBInstanceIdentifier',
    params: ['ForceFailover'],
    errors: ['InvalidDBInstanceState', 'InvalidParameterCombination'],
    run: reboot,
  },
  'rds:StopDBInstance': {
    doc: 'Stops the server; a cluster is stopped as a whole, not by its members.',
    target: 'DBInstanceIdentifier',
    errors: ['InvalidDBInstanceState', 'InvalidParameterCombination'],
    run: (self, call) => {
      if (refused(self, call)) return
      if (self.plan.cluster !== '') {
        self.sim.reply(call, self.sim.error('InvalidParameterCombination', 400))
        return
      }
      self.stop('stopped')
      self.sim.reply(call, 0)
    },
  },
  'rds:StartDBInstance': {
    doc: 'Starts a server that was stopped.',
    target: 'DBInstanceIdentifier',
    errors: ['InvalidDBInstanceState'],
    run: (self, call) => {
      if (self.state !== 'stopped') {
        self.sim.reply(call, self.sim.error('InvalidDBInstanceState', 400))
        return
      }
      comesBack(self, 'creating', 'RecoveryTime')
      self.sim.reply(call, 0)
    },
  },
  'rds:DeleteDBInstance': {
    doc: 'Ends the server, and its rows with it.',
    target: 'DBInstanceIdentifier',
    ignored: ['SkipFinalSnapshot', 'FinalDBSnapshotIdentifier'],
    errors: ['InvalidParameterCombination', 'InvalidDBInstanceState'],
    run: deleteInstance,
  },
  'rds:CreateDBSnapshot': {
    doc: 'Keeps the rows as they are now.',
    target: 'DBInstanceIdentifier',
    params: ['DBSnapshotIdentifier'],
    errors: ['DBSnapshotAlreadyExists', 'InvalidDBInstanceState'],
    run: createSnapshot,
  },
  'rds:RestoreDBInstanceFromDBSnapshot': {
    doc: 'Makes the server anew with the rows of a snapshot of any instance.',
    target: 'DBInstanceIdentifier',
    params: ['DBSnapshotIdentifier'],
    errors: ['DBSnapshotNotFound', 'DBInstanceAlreadyExists'],
    run: restore,
  },
}

export const timers: Readonly<Record<string, EventFunction<DbInstance>>> = { arrived }

export const faults: Readonly<Record<string, Fault<DbInstance>>> = {
  'aws:rds:reboot-db-instances': {
    doc: 'Reboots the server; with `forceFailover` its standby takes over.',
    params: {
      forceFailover: p.bool('Whether the standby takes over.', { default: false }),
    },
    start: (self, { forceFailover }) => {
      if (!self.isUp) return
      if (forceFailover === true && self.isMultiAz) failOver(self)
      else comesBack(self, 'rebooting', 'RebootTime')
    },
    stop: () => undefined,
  },
  'sim:rds:instance-loss': {
    doc: 'The host of the server is lost: a standby takes over, a reader of the cluster does, or it is made anew.',
    params: {},
    start: (self) => {
      if (self.isUp) lose(self)
    },
    stop: () => undefined,
  },
}

/** Timer: the server is back, or there for the first time. */
export function arrived(self: DbInstance): void {
  self.backAgain()
}

/** The standby takes over: it has every row, and no connection. */
function failOver(self: DbInstance): void {
  comesBack(self, 'failing-over', 'FailoverTime')
}

function lose(self: DbInstance): void {
  if (self.plan.cluster !== '') {
    comesBack(self, 'recovering', 'RecoveryTime')
    self.tellCluster()
  } else if (self.isMultiAz) failOver(self)
  else comesBack(self, 'recovering', 'RecoveryTime')
}

function comesBack(self: DbInstance, state: DbInstance['state'], after: string): void {
  self.stop(state)
  self.comeBack(self.samplers[after].draw(self.rng))
}

function refused(self: DbInstance, call: Call): boolean {
  if (self.isUp) return false
  self.sim.reply(call, self.sim.error('InvalidDBInstanceState', 400))
  return true
}

function reboot(self: DbInstance, call: Call): void {
  const { ForceFailover } = (self.sim.calls.body[call] ?? {}) as { ForceFailover?: unknown }
  if (refused(self, call)) return
  if (ForceFailover !== true) comesBack(self, 'rebooting', 'RebootTime')
  else if (self.isMultiAz) failOver(self)
  else {
    // Without a standby there is nobody to take over.
    self.sim.reply(call, self.sim.error('InvalidParameterCombination', 400))
    return
  }
  self.sim.reply(call, 0)
}

function deleteInstance(self: DbInstance, call: Call): void {
  if (self.isProtected) {
    self.sim.reply(call, self.sim.error('InvalidParameterCombination', 400))
    return
  }
  if (self.state === 'deleting') {
    self.sim.reply(call, self.sim.error('InvalidDBInstanceState', 400))
    return
  }
  self.remove()
  self.tellCluster()
  self.sim.reply(call, 0)
}

function createSnapshot(self: DbInstance, call: Call): void {
  if (refused(self, call)) return
  const name = String((self.sim.calls.body[call] as { DBSnapshotIdentifier?: unknown }).DBSnapshotIdentifier)
  if (self.snapshots.has(name)) {
    self.sim.reply(call, self.sim.error('DBSnapshotAlreadyExists', 400))
    return
  }
  self.snapshots.set(name, self.rows.copy())
  self.sim.reply(call, 0)
}

function restore(self: DbInstance, call: Call): void {
  const { sim } = self
  const name = String((sim.calls.body[call] as { DBSnapshotIdentifier?: unknown }).DBSnapshotIdentifier)
  // A new instance takes the place of one that is gone.
  if (self.state !== 'deleting') {
    sim.reply(call, sim.error('DBInstanceAlreadyExists', 400))
    return
  }
  const found = self.snapshots.get(name) ?? findSnapshot(self, name)
  if (found === undefined) {
    sim.reply(call, sim.error('DBSnapshotNotFound', 404))
    return
  }
  self.rows = found.copy()
  self.state = 'creating'
  self.comeBack(self.samplers['SnapshotTime'].draw(self.rng))
  sim.reply(call, 0)
}

/** Snapshots outlive their instance, and any instance may be made of them. */
function findSnapshot(self: DbInstance, name: string): Rows | undefined {
  for (const other of self.plan.others) {
    const found = self.sim.peer<DbInstance>(other).snapshots.get(name)
    if (found !== undefined) return found
  }
  return undefined
}
