// The users of the account, as far as people at the command line need them: their access keys.
import type { Call } from '../../engine/calls.ts'
import type { ServiceDef, Sim } from '../../model/contract.ts'
import { Users, type User } from '../../parts/identity.ts'
import { quotas } from './account.facts.ts'

export const account: ServiceDef<Account> = {
  type: 'Sim::Iam::Account',
  family: 'security',
  namespace: 'Sim',
  dimension: '',
  singleton: true,
  summary: 'The users that the profiles of a scenario stand for, and their access keys.',
  models: [
    'A profile is a user of an account; calls without a profile use the one named `default` (N.CLI-SDK-08, N.CLI-SDK-09).',
    'Without an access key no call leaves the command line (N.CLI-SDK-02).',
    'The secret of a key is answered once, when the key is made (N.CLI-SDK-03).',
  ],
  omits: [
    'Policies, groups, roles, MFA and conditions: a profile allows and denies actions by name alone.',
    'Permissions of functions and other services: they may call everything.',
    'A new key counts at once for every profile of its user, without being configured.',
  ],
  quotas,
  assumptions: {},
  props: {},
  create: (_, sim) => new Account(sim),
  ops: {
    'iam:CreateAccessKey': {
      doc: 'Makes an access key and answers its secret.',
      params: ['UserName'],
      errors: ['NoSuchEntity', 'LimitExceeded'],
      run: createAccessKey,
    },
    'iam:DeleteAccessKey': {
      doc: 'Takes a key away.',
      params: ['UserName', 'AccessKeyId'],
      errors: ['NoSuchEntity'],
      run: deleteAccessKey,
    },
    'iam:ListAccessKeys': {
      doc: 'The keys of a user, without their secrets.',
      params: ['UserName'],
      errors: ['NoSuchEntity'],
      run: listAccessKeys,
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  view: {
    glyph: 'account',
    label: 'IAM',
    level: () => 0,
    levelMax: () => 1,
    tone: () => 'calm',
    readings: [{ name: 'Users', unit: 'users', doc: 'Users of the account.', read: (self) => self.users.size }],
  },
}

export class Account {
  readonly sim: Sim
  readonly users = new Users()
  readonly keysMax: number
  readonly missing: number
  readonly limit: number

  constructor(sim: Sim) {
    this.sim = sim
    this.keysMax = sim.quota('AccessKeysPerUser')
    this.missing = sim.error('NoSuchEntity', 404)
    this.limit = sim.error('LimitExceeded', 409)
  }

  /** The user that a call names, or undefined after refusing it. */
  userOf(call: Call): User | undefined {
    const { UserName } = this.sim.calls.body[call] as { UserName?: unknown }
    const user = this.users.named(String(UserName))
    if (user === undefined) this.sim.reply(call, this.missing)
    return user
  }
}

function createAccessKey(self: Account, call: Call): void {
  const user = self.userOf(call)
  if (user === undefined) return
  if (user.keys.length >= self.keysMax) {
    self.sim.reply(call, self.limit)
    return
  }
  const key = user.addKey()
  self.sim.calls.answer[call] = {
    AccessKey: { ...key, UserName: user.name, SecretAccessKey: `secret of ${key.AccessKeyId}` },
  }
  self.sim.reply(call, 0)
}

function deleteAccessKey(self: Account, call: Call): void {
  const user = self.userOf(call)
  if (user === undefined) return
  const { AccessKeyId } = self.sim.calls.body[call] as { AccessKeyId?: unknown }
  self.sim.reply(call, user.removeKey(String(AccessKeyId)) ? 0 : self.missing)
}

function listAccessKeys(self: Account, call: Call): void {
  const user = self.userOf(call)
  if (user === undefined) return
  self.sim.calls.answer[call] = { AccessKeyMetadata: user.keys.map((key) => ({ ...key, UserName: user.name })) }
  self.sim.reply(call, 0)
}
