// Who a person at the command line is: named profiles, the users behind them, their access keys and permissions.
import type { Action, Caller } from '../model/contract.ts'

/** A profile as the scenario writes it under `Profiles`; all but the account and the user may be absent. */
export interface ProfileSettings {
  readonly Account?: string
  readonly User?: string
  /** 'false' = the user has no access key yet. */
  readonly AccessKey?: string
  /** Actions with `*` for anything; everything when absent. What is denied is denied. */
  readonly Allow?: readonly string[] | string
  readonly Deny?: readonly string[] | string
}

export interface AccessKey {
  readonly AccessKeyId: string
  readonly Status: 'Active'
}

/** A user of an account, with its keys. */
export class User {
  readonly account: string
  readonly name: string
  readonly keys: AccessKey[] = []
  readonly allow: readonly string[]
  readonly deny: readonly string[]
  private made = 0

  constructor(account: string, name: string, allow: readonly string[], deny: readonly string[]) {
    this.account = account
    this.name = name
    this.allow = allow
    this.deny = deny
  }

  /** Makes a key; its secret is shown by whoever makes it, this once (N.CLI-SDK-03). */
  addKey(): AccessKey {
    const key = { AccessKeyId: `AKIA-${this.name}-${++this.made}`, Status: 'Active' } as const
    this.keys.push(key)
    return key
  }

  removeKey(id: string): boolean {
    const at = this.keys.findIndex((key) => key.AccessKeyId === id)
    if (at >= 0) this.keys.splice(at, 1)
    return at >= 0
  }

  may(action: Action): boolean {
    return (
      this.allow.some((pattern) => matches(pattern, action)) && !this.deny.some((pattern) => matches(pattern, action))
    )
  }
}

/** A call's identity: a user found by profile, or nobody. */
export class ProfileCaller implements Caller {
  readonly account: string
  readonly user: string
  readonly dryRun: boolean
  private readonly principal: User | null

  /** `principal` null = no profile of that name: nobody. */
  constructor(principal: User | null, dryRun: boolean) {
    this.account = principal === null ? '' : principal.account
    this.user = principal === null ? '' : principal.name
    this.dryRun = dryRun
    this.principal = principal
  }

  permission(action: Action): 'allowed' | 'denied' | 'nobody' {
    if (this.principal === null || this.principal.keys.length === 0) return 'nobody'
    return this.principal.may(action) ? 'allowed' : 'denied'
  }
}

/** The users of a scenario and the profiles that lead to them. */
export class Users {
  private readonly byProfile = new Map<string, User>()
  private readonly all: User[] = []

  get size(): number {
    return this.all.length
  }

  /** Adds the profiles of a scenario; two that name one user of one account share it. */
  addProfiles(profiles: Readonly<Record<string, ProfileSettings>>): void {
    for (const name of Object.keys(profiles).sort()) {
      const settings = profiles[name]
      const account = settings.Account ?? '123456789012'
      const userName = settings.User ?? name
      let user = this.all.find((other) => other.account === account && other.name === userName)
      if (user === undefined) {
        user = new User(account, userName, listOf(settings.Allow) ?? ['*'], listOf(settings.Deny) ?? [])
        if (settings.AccessKey !== 'false') user.addKey()
        this.all.push(user)
      }
      this.byProfile.set(name, user)
    }
  }

  /** The user behind a profile, the default profile without a name (N.CLI-SDK-09). */
  behind(profile: string | undefined): User | null {
    return this.byProfile.get(profile ?? 'default') ?? null
  }

  named(userName: string): User | undefined {
    return this.all.find((user) => user.name === userName)
  }
}

function listOf(value: readonly string[] | string | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value
}

/** `sqs:*`, `*`, `dynamodb:Get*`; letters of either case. */
function matches(pattern: string, action: Action): boolean {
  const parts = pattern.toLowerCase().split('*')
  const text = action.toLowerCase()
  if (parts.length === 1) return parts[0] === text
  if (!text.startsWith(parts[0]) || !text.endsWith(parts[parts.length - 1])) return false
  let at = parts[0].length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - parts[parts.length - 1].length
}
