// AWS::Lambda::Alias: a name that stands for a version of a function, or for two by weight.
import type { Call } from '../../engine/calls.ts'
import type { Config, Near, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { provisionedOf } from './function-config.ts'
import type { LambdaFunction } from './function.ts'
import { quotas } from './function.facts.ts'
import { batchMessages, wordsOfInvocation } from './function-traced.ts'
import { invoke } from './invocation.ts'
import { isFunctionError } from './running.ts'

export const alias: ServiceDef<Alias> = {
  type: 'AWS::Lambda::Alias',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: 'Resource',
  summary: 'A name that stands for a version of a function, or for two by weight.',
  models: [
    'A request to the alias runs the version that it stands for [N.LAMBDA-32, N.LAMBDA-36]; the function’s metrics carry it again under `Resource`, and by `ExecutedVersion` [LAM-71].',
    'With weights each request draws its version anew [N.LAMBDA-35, LAM-70]; `lambda:UpdateAlias` points it elsewhere while it runs [N.LAMBDA-33].',
    'Provisioned concurrency under the alias serves its requests first; the others spill over to the function’s own environments [LAM-36].',
  ],
  omits: ['Provisioned concurrency of an alias with weights is kept for its first version alone.'],
  quotas,
  assumptions: {},
  // Its function is billed.
  prices: {},
  props: {
    FunctionName: p.ref('The function.', { required: true }),
    FunctionVersion: p.any('The version that it stands for.', { required: true }),
    Name: p.string('Its name.', { required: true }),
    ProvisionedConcurrencyConfig: p.record('Environments that are always ready.', {
      ProvisionedConcurrentExecutions: p.int('How many.', [1, 1_000_000], { required: true }),
    }),
    RoutingConfig: p.record('A second version, by weight.', {
      AdditionalVersionWeights: p.list(
        'The second version.',
        p.record('A version and its share.', {
          FunctionVersion: p.any('The version.', { required: true }),
          FunctionWeight: p.number('Its share of the requests, 0 to 1.', [0, 1], { required: true }),
        }),
        { default: [] },
      ),
    }),
    Description: p.inert('A text.'),
  },
  gather: (near) => {
    const { config } = near.self
    checkVersions(near)
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
    level: (self) => self.target().qualifiers[self.number - 1]?.running ?? 0,
    levelMax: (self) => self.target().account.limit,
    tone: (self) => ((self.target().qualifiers[self.number - 1]?.running ?? 0) > 0 ? 'busy' : 'calm'),
  },
}

/** A name of a function: an alias, or a version. */
export class Alias {
  readonly sim: Sim
  readonly functionName: string
  /** Which of the function's names it is, from its first request on. */
  number = 0
  private found: LambdaFunction | null = null

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.functionName = config['FunctionName']
  }

  /** The function, found at the first request: components are made in order of name, so it may be younger than its alias. */
  target(): LambdaFunction {
    if (this.found === null) {
      this.found = this.sim.peer<LambdaFunction>(this.functionName)
      this.number = this.found.qualifierOf(this.sim.name)
    }
    return this.found
  }
}

/** Operation `lambda:InvokeFunction`: the function takes the request over as it is, and answers it. */
export function invokeAlias(self: Alias, call: Call): void {
  const target = self.target()
  invoke(target, call, self.number)
}

/** An alias stands for published versions, at most two, never for an alias (LAM-70, N.LAMBDA-37). */
function checkVersions(near: Near): void {
  const { config } = near.self
  const weights = (config['RoutingConfig']?.AdditionalVersionWeights ?? []) as readonly Config[]
  const place = ['Properties', 'RoutingConfig', 'AdditionalVersionWeights']
  const named = [
    { at: ['Properties', 'FunctionVersion'], text: config['FunctionVersion'] },
    ...weights.map((each, i) => ({ at: [...place, i, 'FunctionVersion'], text: each['FunctionVersion'] })),
  ]
  for (const { at, text } of named) {
    const help = 'an alias stands for a version: its number, or `!GetAtt Version.Version`'
    if (near.resourceAt(text)?.type === 'AWS::Lambda::Alias')
      near.self.error(at, 'alias-of-alias', '`FunctionVersion` is an alias', help)
    else if (weights.length > 0 && text === '$LATEST')
      near.self.error(at, 'alias-weights', 'an alias with weights stands for `$LATEST`', help)
  }
  if (weights.length > 1)
    near.self.error(
      place,
      'alias-weights',
      `the alias gives weights to ${weights.length} further versions`,
      'an alias stands for at most two versions',
    )
  else if (weights.length === 1 && weights[0]['FunctionVersion'] === config['FunctionVersion'])
    near.self.error(
      place,
      'alias-weights',
      'both versions of the alias are the same',
      'weights divide the requests between two versions',
    )
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
