// AWS::Lambda::LayerVersion: files beside the code of functions. It does nothing by itself; its size counts with theirs.
import type { Config, ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { quotas } from './function.facts.ts'
import { packageAssumptions } from './package.ts'

export const layerVersion: ServiceDef<LayerVersion> = {
  type: 'AWS::Lambda::LayerVersion',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: '',
  summary: 'Files that several functions share.',
  models: [
    'Its size counts with that of each function that uses it, for the limit and for the cold start [N.LAMBDA-13, N.LAMBDA-20].',
  ],
  omits: ['Who may use it, and which runtimes and processors it says it is for.'],
  quotas,
  assumptions: packageAssumptions,
  prices: {},
  props: {
    CompatibleArchitectures: p.inert('Processors.'),
    CompatibleRuntimes: p.inert('Runtimes; AWS does not hold functions to them.'),
    Content: p.inert('The archive.'),
    Description: p.inert('A text.'),
    LayerName: p.inert('A name.'),
    LicenseInfo: p.inert('A license.'),
  },
  gather: (near) => ({
    Users: near
      .all('AWS::Lambda::Function')
      .filter(({ config }) =>
        ((config['Layers'] ?? []) as readonly unknown[]).some(
          (layer) => near.resourceAt(layer)?.logicalId === near.self.logicalId,
        ),
      )
      .map(({ logicalId }) => logicalId),
  }),
  create: (config) => new LayerVersion(config),
  ops: {},
  timers: {},
  metrics: {},
  invariants: {},
  view: {
    glyph: 'layer',
    label: 'Layer',
    partOf: (config) => config['Users'][0] as string | undefined,
    level: (self) => self.users.length,
    levelMax: (self) => Math.max(1, self.users.length),
    tone: () => 'calm',
  },
  report: (self) => (self.users.length === 0 ? undefined : { lines: [`used by ${self.users.join(', ')}`] }),
}

export class LayerVersion {
  /** The functions that use it. */
  readonly users: readonly string[]

  constructor(config: Config) {
    this.users = config['Users']
  }
}
