// AWS::Lambda::Version: a published version of a function, called like an alias.
import type { ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { Alias, checkProvisioned, invokeAlias } from './alias.ts'
import { quotas } from './function.facts.ts'
import { batchMessages, wordsOfInvocation } from './function-traced.ts'
import { isFunctionError } from './running.ts'

export const version: ServiceDef<Alias> = {
  type: 'AWS::Lambda::Version',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: 'Resource',
  summary: 'A version of a function under its own name.',
  models: [
    'A request to the version runs the code and configuration that the function had when it was published [N.LAMBDA-30]; provisioned concurrency as with an alias [LAM-36].',
    'The versions of a function that the template publishes are numbered by their logical ids [N.LAMBDA-31].',
  ],
  omits: [
    'That CloudFormation publishes nothing where the code is that of the version before: each resource is a version.',
  ],
  quotas,
  assumptions: {},
  // Its function is billed.
  prices: {},
  props: {
    FunctionName: p.ref('The function.', { required: true }),
    ProvisionedConcurrencyConfig: p.record('Environments that are always ready.', {
      ProvisionedConcurrentExecutions: p.int('How many.', [1, 1_000_000], { required: true }),
    }),
    CodeSha256: p.inert('Publishes only if the code is this one.'),
    Description: p.inert('A text.'),
    RuntimePolicy: p.inert('When the runtime is updated.'),
    FunctionScalingConfig: p.unused('bounds the environments on Managed Instances'),
  },
  gather: (near) => {
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
    glyph: 'version',
    partOf: (config) => config['FunctionName'] as string,
    label: 'Version',
    level: (self) => self.target().qualifiers[self.number - 1]?.running ?? 0,
    levelMax: (self) => self.target().account.limit,
    tone: (self) => ((self.target().qualifiers[self.number - 1]?.running ?? 0) > 0 ? 'busy' : 'calm'),
  },
}
