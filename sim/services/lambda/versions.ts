// Versions of a function: what it runs under each number, how one is published, and where its aliases point.
//
// The one idea: `$LATEST` is the only version that changes. Publishing copies it under the next number; each version has
// on-demand environments of its own, so that a request to a new one starts cold.
import type { Call } from '../../engine/calls.ts'
import { SUCCESS } from '../../parts/interpreter.ts'
import { NONE, onDemandOf } from './environments.ts'
import { provision, replaceProvisioned } from './concurrency.ts'
import type { Route } from './function-config.ts'
import type { LambdaFunction } from './function.ts'
import { renew } from './environment-life.ts'
import type { InvokeAnswer } from './running.ts'
import type { Qualified } from './qualified.ts'

/** As many versions of one function are kept: each has a pool and metrics of its own. [SIM] */
const VERSIONS_MAX = 1000

/** The code of a version, where it is not the function's own: its instructions begin at `start` of the joined program. */
export interface VersionCode {
  readonly number: number
  readonly start: number
}

/** What a function runs under a number; 0 is `$LATEST`. */
export class FunctionVersion {
  readonly number: number
  /** What it is called by: its number, or `$LATEST`. */
  readonly label: string
  isDeleted = false
  /** The answer of a handler that returns nothing: one for all. */
  readonly plain: InvokeAnswer
  /** Its on-demand environments. */
  readonly pool: number
  /** Where its code begins. */
  start: number
  /** µs, MB, and the factor on computation that follows from them (LAM-10, LAM-11). */
  timeout: number
  memory = 0
  cpuFactor = 1
  private readonly memoryPerCpu: number

  constructor(number: number, pool: number, start: number, timeout: number, memory: number, memoryPerCpu: number) {
    this.number = number
    this.label = number === 0 ? '$LATEST' : String(number)
    this.plain = Object.freeze({ StatusCode: 200, ExecutedVersion: this.label, Payload: SUCCESS })
    this.pool = pool
    this.start = start
    this.timeout = timeout
    this.memoryPerCpu = memoryPerCpu
    this.setMemory(memory)
  }

  setMemory(memory: number): void {
    this.memory = memory
    this.cpuFactor = this.memoryPerCpu / memory
  }

  /** The same under another number. */
  copy(number: number, pool: number, start: number): FunctionVersion {
    return new FunctionVersion(number, pool, start, this.timeout, this.memory, this.memoryPerCpu)
  }
}

/** The versions that there are when the run begins: `$LATEST`, then those that a name stands for, in order. */
export function firstVersions(
  latest: FunctionVersion,
  numbers: readonly number[],
  codes: readonly VersionCode[],
): FunctionVersion[] {
  const all = [...new Set(numbers)].filter((number) => number > 0).sort((a, b) => a - b)
  return [latest, ...all.map((number, i) => latest.copy(number, onDemandOf(i + 1), codeOf(codes, number, latest)))]
}

function codeOf(codes: readonly VersionCode[], number: number, { start }: FunctionVersion): number {
  return codes.find((code) => code.number === number)?.start ?? start
}

/** The place of a version among the function's by the text of its number; −1 = there is none. */
export function versionAt(self: LambdaFunction, text: unknown): number {
  return self.versions.findIndex(({ label, isDeleted }) => label === String(text) && !isDeleted)
}

/** Publishes `$LATEST` under the next number, unless nothing has changed since the last time (N.LAMBDA-31). */
export function publishVersion(self: LambdaFunction, call: Call): void {
  const { sim } = self
  const isNew = self.isChanged || self.versions[self.versions.length - 1].isDeleted
  if (isNew && self.versions.length > VERSIONS_MAX) {
    sim.reply(call, self.storageStatus)
    return
  }
  sim.calls.answer[call] = describe(self, publish(self))
  sim.reply(call, 0)
}

function publish(self: LambdaFunction): FunctionVersion {
  const { latest, versions } = self
  const last = versions[versions.length - 1]
  if (!self.isChanged && !last.isDeleted) return last
  self.isChanged = false
  const index = versions.length
  const made = latest.copy(++self.lastNumber, onDemandOf(index), latest.start)
  self.environments.open(made.pool)
  versions.push(made)
  const name = made.label
  const route = { version: index, second: 0, weight: 0 }
  for (const each of self.qualifiers) each.addVersion(made)
  self.addName({ resource: '', name, provisioned: 0, route })
  return made
}

function describe(self: LambdaFunction, { label, timeout, memory }: FunctionVersion): object {
  return {
    FunctionName: self.sim.physicalName,
    Version: label,
    Timeout: timeout / 1_000_000,
    MemorySize: memory,
  }
}

/**
 * Gives `$LATEST` new code: the one that the scenario has for the next number, else code that does the same. With `Publish`
 * it is published at once.
 */
export function updateFunctionCode(self: LambdaFunction, call: Call): void {
  const { sim } = self
  const { Publish } = sim.calls.body[call] as { Publish?: unknown }
  const publishes = Publish === true || Publish === 'true'
  if (publishes && self.versions.length > VERSIONS_MAX) {
    sim.reply(call, self.storageStatus)
    return
  }
  self.latest.start = codeOf(self.codes, self.lastNumber + 1, self.latest)
  self.isChanged = true
  renew(self, 0)
  sim.calls.answer[call] = describe(self, publishes ? publish(self) : self.latest)
  sim.reply(call, 0)
}

/** Takes a published version away, unless an alias stands for it; its number is not given again (N.LAMBDA-31). */
export function deleteFunction(self: LambdaFunction, call: Call): void {
  const { sim } = self
  const { Qualifier: text } = sim.calls.body[call] as { Qualifier?: unknown }
  const version = text === undefined ? NONE : versionAt(self, text)
  if (version <= 0) {
    sim.reply(call, version === NONE && text !== undefined ? self.notFoundStatus : self.invalidStatus)
    return
  }
  const isNamed = self.qualifiers.some(
    ({ isAlias, route }) => isAlias && (route.version === version || (route.weight > 0 && route.second === version)),
  )
  if (isNamed) {
    sim.reply(call, self.conflictStatus)
    return
  }
  const { label } = self.versions[version]
  self.versions[version].isDeleted = true
  for (const each of self.qualifiers)
    if (each.name === label) {
      provision(self, each, 0)
      each.name = ''
    }
  renew(self, version)
  sim.reply(call, 0)
}

interface AliasBody {
  readonly Name?: unknown
  readonly FunctionVersion?: unknown
  readonly RoutingConfig?: { readonly AdditionalVersionWeights?: Readonly<Record<string, unknown>> | null } | null
}

/** Points an alias at a version, or at two by weight (LAM-70, N.LAMBDA-33, N.LAMBDA-35). */
export function updateAlias(self: LambdaFunction, call: Call): void {
  const { sim } = self
  const body = sim.calls.body[call] as AliasBody
  const alias = aliasNamed(self, body.Name)
  if (alias === undefined) {
    sim.reply(call, self.notFoundStatus)
    return
  }
  const version = body.FunctionVersion === undefined ? alias.route.version : versionAt(self, body.FunctionVersion)
  const weights = body.RoutingConfig === undefined ? undefined : weightsOf(body.RoutingConfig)
  const [name, weight] = weights?.[0] ?? ['', 0]
  const second = weights === undefined ? alias.route.second : weights.length === 0 ? 0 : versionAt(self, name)
  if (version === NONE || second === NONE) {
    sim.reply(call, self.notFoundStatus)
    return
  }
  const share = weights === undefined ? alias.route.weight : weight
  const route: Route = { version, second: share === 0 ? 0 : second, weight: share }
  if (!mayRoute(route) || (weights !== undefined && weights.length > 1)) {
    sim.reply(call, self.invalidStatus)
    return
  }
  const before = alias.route
  alias.reroute(route)
  // Environments that are provisioned for one version do not serve another (LAM-36).
  if (route.version !== before.version && alias.wanted > 0) {
    if (version === 0) provision(self, alias, 0)
    else replaceProvisioned(self, alias)
  }
  sim.calls.answer[call] = aliasAnswer(self, alias)
  sim.reply(call, 0)
}

export function getAlias(self: LambdaFunction, call: Call): void {
  const { sim } = self
  const alias = aliasNamed(self, (sim.calls.body[call] as AliasBody).Name)
  if (alias === undefined) {
    sim.reply(call, self.notFoundStatus)
    return
  }
  sim.calls.answer[call] = aliasAnswer(self, alias)
  sim.reply(call, 0)
}

/** Two published versions, the second with a weight of 0 to 1; `$LATEST` only alone (LAM-70). */
function mayRoute({ version, second, weight }: Route): boolean {
  if (weight === 0) return true
  return version > 0 && second > 0 && version !== second && weight > 0 && weight <= 1
}

function weightsOf(config: NonNullable<AliasBody['RoutingConfig']> | null): [string, number][] {
  const weights = config?.AdditionalVersionWeights ?? {}
  return Object.entries(weights).map(([name, weight]) => [name, Number(weight)])
}

/** Aliases have names, versions numbers. */
function aliasNamed(self: LambdaFunction, name: unknown): Qualified | undefined {
  return self.qualifiers.find((each) => each.isAlias && each.name === String(name))
}

function aliasAnswer(self: LambdaFunction, { name, route }: Qualified): object {
  const { versions } = self
  const weights = route.weight === 0 ? {} : { [versions[route.second].label]: route.weight }
  return {
    Name: name,
    FunctionVersion: versions[route.version].label,
    RoutingConfig: { AdditionalVersionWeights: weights },
  }
}
