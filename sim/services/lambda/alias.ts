// AWS::Lambda::Alias: another name of a function, with provisioned concurrency and metrics of its own.
import type { Call } from '../../engine/calls.ts'
import type { Config, Near, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { provisionedOf } from './function-config.ts'
import type { LambdaFunction } from './function.ts'
import { quotas } from './function.facts.ts'
import { batchMessages, wordsOfInvocation } from './function-traced.ts'
import { invoke, isFunctionError } from './invocation.ts'

export const alias: ServiceDef<Alias> = {
  type: 'AWS::Lambda::Alias',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: 'Resource',
  summary: 'A name that stands for a version of a function.',
  models: [
    'A request to the alias is a request to its function [N.LAMBDA-36]; the function’s metrics carry it a second time under `Resource`.',
    'Provisioned concurrency under the alias serves its requests first; the others spill over to the function’s own environments [LAM-36].',
  ],
  omits: [
    'Versions all run the function as the template describes it; weights and a change of the version have no effect.',
  ],
  quotas,
  assumptions: {},
  props: {
    FunctionName: p.ref('The function.', { required: true }),
    FunctionVersion: p.any('The version that it stands for.', { required: true }),
    Name: p.string('Its name.', { required: true }),
    ProvisionedConcurrencyConfig: p.record('Environments that are always ready.', {
      ProvisionedConcurrentExecutions: p.int('How many.', [1, 1_000_000], { required: true }),
    }),
    RoutingConfig: p.any('Weights of further versions.'),
    Description: p.inert('A text.'),
  },
  gather: (near) => {
    const { config } = near.self
    if (config['RoutingConfig'] !== undefined)
      near.self.notSimulated(
        ['Properties', 'RoutingConfig'],
        'all requests of an alias run the function as it stands; weights have no effect',
      )
    if (near.resourceAt(config['FunctionVersion'])?.type === 'AWS::Lambda::Alias')
      near.self.error(
        ['Properties', 'FunctionVersion'],
        'alias-of-alias',
        '`FunctionVersion` is an alias',
        'an alias stands for a version: its number, or `!GetAtt Version.Version`',
      )
    if (/^[0-9]+$/.test(String(config['Name'])) || !/^[A-Za-z0-9_-]{1,128}$/.test(String(config['Name'])))
      near.self.error(
        ['Properties', 'Name'],
        'alias-name',
        `\`Name\` is \`${config['Name']}\``,
        'expected letters, digits, `-` and `_`, not digits alone',
      )
    if (config['FunctionVersion'] === '$LATEST' && provisionedOf(near.self) > 0)
      near.self.error(
        ['Properties', 'ProvisionedConcurrencyConfig'],
        'provisioned-latest',
        'provisioned concurrency of `$LATEST`',
        'expected a published version in `FunctionVersion`',
      )
    checkProvisioned(near)
    return {}
  },
  create: (config, sim) => new Alias(config, sim),
  ops: {
    'lambda:InvokeFunction': {
      doc: 'Runs the function and answers with its result.',
      target: 'FunctionName',
      params: ['Payload', 'InvocationType'],
      ignored: ['ClientContext', 'LogType', 'TenantId', 'DurableExecutionName'],
      errors: ['TooManyRequestsException', 'RequestTooLargeException'],
      run: invokeAlias,
      failed: isFunctionError,
      messages: batchMessages,
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  traced: wordsOfInvocation,
  view: {
    glyph: 'alias',
    partOf: (config) => config['FunctionName'] as string,
    label: 'Alias',
    level: (self) => self.target().qualifiers[self.pool - 1]?.running ?? 0,
    levelMax: (self) => self.target().account.limit,
    tone: (self) => ((self.target().qualifiers[self.pool - 1]?.running ?? 0) > 0 ? 'busy' : 'calm'),
  },
}

/** A name of a function: an alias, or a version. */
export class Alias {
  readonly sim: Sim
  readonly functionName: string
  /** The number of its pool in the function, from its first request on. */
  pool = 0
  private found: LambdaFunction | null = null

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.functionName = config['FunctionName']
  }

  /** The function, found at the first request: components are made in order of name, so it may be younger than its alias. */
  target(): LambdaFunction {
    if (this.found === null) {
      this.found = this.sim.peer<LambdaFunction>(this.functionName)
      this.pool = this.found.poolOf(this.sim.name)
    }
    return this.found
  }
}

/** Operation `lambda:InvokeFunction`: the function takes the request over as it is, and answers it. */
export function invokeAlias(self: Alias, call: Call): void {
  const target = self.target()
  invoke(target, call, self.pool)
}

/** Provisioned concurrency of all names of a function stays within its reservation (LAM-36). */
export function checkProvisioned(near: Near): void {
  if (provisionedOf(near.self) === 0) return
  const functionName = near.self.config['FunctionName']
  const reserved = near.all('AWS::Lambda::Function').find((view) => view.logicalId === functionName)?.config[
    'ReservedConcurrentExecutions'
  ] as number | undefined
  const names = [...near.all('AWS::Lambda::Alias'), ...near.all('AWS::Lambda::Version')].filter(
    (view) => view.config['FunctionName'] === functionName,
  )
  const sum = names.reduce((total, view) => total + provisionedOf(view), 0)
  const most = reserved ?? near.quota('ConcurrentExecutions') - near.quota('UnreservedConcurrentExecutions')
  if (sum <= most) return
  near.self.error(
    ['Properties', 'ProvisionedConcurrencyConfig', 'ProvisionedConcurrentExecutions'],
    'too-much-provisioned',
    `the names of \`${functionName}\` ask for ${sum} provisioned executions`,
    reserved === undefined ? `the account has ${most} to give` : `the function has reserved ${most}`,
  )
}
