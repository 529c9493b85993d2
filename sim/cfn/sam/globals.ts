// The `Globals` section merged into the resources of each SAM type (SAM-R2, SAM-R3).
import type { Problems } from '../../diag/problem.ts'
import { nearest } from '../../diag/suggest.ts'
import { callOf } from '../intrinsics.ts'
import { Dict, entries, get, isList, isMap, isTrue, items, List, stringOf } from '../node.ts'
import type { Entry, Node } from '../node.ts'

/** The section of `Globals` for a resource type, and what may stand in it. */
const supported: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'Function',
    [
      ...[
        'Handler',
        'Runtime',
        'CodeUri',
        'DeadLetterQueue',
        'Description',
        'MemorySize',
        'Timeout',
        'VpcConfig',
        'Environment',
        'Tags',
      ],
      ...[
        'PropagateTags',
        'Tracing',
        'KmsKeyArn',
        'AutoPublishAlias',
        'AutoPublishAliasAllProperties',
        'Layers',
        'DeploymentPreference',
      ],
      ...[
        'RolePath',
        'PermissionsBoundary',
        'ReservedConcurrentExecutions',
        'ProvisionedConcurrencyConfig',
        'AssumeRolePolicyDocument',
      ],
      ...[
        'EventInvokeConfig',
        'FileSystemConfigs',
        'CodeSigningConfigArn',
        'Architectures',
        'SnapStart',
        'EphemeralStorage',
      ],
      ...[
        'FunctionUrlConfig',
        'RuntimeManagementConfig',
        'LoggingConfig',
        'RecursiveLoop',
        'SourceKMSKeyArn',
        'TenancyConfig',
      ],
      ...[
        'DurableConfig',
        'CapacityProviderConfig',
        'FunctionScalingConfig',
        'PublishToLatestPublished',
        'VersionDeletionPolicy',
      ],
    ],
  ],
  [
    'Api',
    [
      ...[
        'Auth',
        'Name',
        'DefinitionUri',
        'CacheClusterEnabled',
        'CacheClusterSize',
        'MergeDefinitions',
        'Variables',
        'Policy',
      ],
      ...[
        'EndpointConfiguration',
        'MethodSettings',
        'BinaryMediaTypes',
        'MinimumCompressionSize',
        'Cors',
        'GatewayResponses',
      ],
      ...[
        'AccessLogSetting',
        'CanarySetting',
        'TracingEnabled',
        'OpenApiVersion',
        'Domain',
        'AlwaysDeploy',
        'PropagateTags',
      ],
      ...[
        'SecurityPolicy',
        'EndpointAccessMode',
        'ApiKeySourceType',
        'DisableExecuteApiEndpoint',
        'FailOnWarnings',
        'Tags',
      ],
    ],
  ],
  [
    'HttpApi',
    [
      ...['Auth', 'AccessLogSettings', 'StageVariables', 'Tags', 'CorsConfiguration', 'DefaultRouteSettings', 'Domain'],
      ...['RouteSettings', 'FailOnWarnings', 'PropagateTags'],
    ],
  ],
  ['SimpleTable', ['SSESpecification']],
  ['StateMachine', ['PropagateTags']],
  ['LayerVersion', ['PublishLambdaVersion']],
  [
    'WebSocketApi',
    [
      ...['AccessLogSettings', 'ApiKeySelectionExpression', 'DefaultRouteSettings', 'DisableExecuteApiEndpoint'],
      ...[
        'DisableSchemaValidation',
        'Domain',
        'IpAddressType',
        'PropagateTags',
        'RouteSelectionExpression',
        'RouteSettings',
      ],
      ...['StageVariables', 'Tags'],
    ],
  ],
  [
    'CapacityProvider',
    ['VpcConfig', 'OperatorRole', 'Tags', 'InstanceRequirements', 'ScalingConfig', 'KmsKeyArn', 'PropagateTags'],
  ],
])

export function checkGlobals(globals: Node | undefined, problems: Problems): void {
  for (const section of entries(globals)) {
    const known = supported.get(section.key)
    const names = known ?? [...supported.keys()]
    for (const { key, keySpan } of known === undefined ? [section] : entries(section.value)) {
      if (known?.includes(key)) continue
      const near = nearest(key, names)
      const message =
        known === undefined ? `\`${key}\` has no globals` : `\`${key}\` cannot be global for \`${section.key}\``
      problems.error('sam-globals', message, keySpan, {
        help:
          near === undefined
            ? `what can stand here: ${names.map((name) => `\`${name}\``).join(', ')}`
            : `did you mean \`${near}\`?`,
      })
    }
  }
}

/** The properties of a resource with the globals of its type. */
export function withGlobals(resource: Dict, type: string, globals: Node | undefined, ignored: Node | undefined): Dict {
  const own = get(resource, 'Properties')
  const properties = isMap(own) ? own : new Dict(new Map(), resource.span)
  const section = get(globals, type.slice('AWS::Serverless::'.length))
  if (!isMap(section) || stringOf(ignored) === '*' || isTrue(ignored)) return properties
  const skipped = items(ignored).map(stringOf)
  // What cannot be global has been told once, and is not told again at every resource.
  const allowed = supported.get(type.slice('AWS::Serverless::'.length)) ?? []
  const kept = new Map([...section.pairs].filter(([key]) => allowed.includes(key) && !skipped.includes(key)))
  return mergeMaps(new Dict(kept, section.span), properties)
}

/** Resource wins; maps merge; the global's list items come first (SAM-R3). */
export function merge(global: Node, local: Node): Node {
  if (isMap(global) && isMap(local) && callOf(global) === undefined && callOf(local) === undefined)
    return mergeMaps(global, local)
  if (isList(global) && isList(local)) return new List([...global.items, ...local.items], local.span)
  return local
}

function mergeMaps(global: Dict, local: Dict): Dict {
  const pairs = new Map<string, Entry>(global.pairs)
  for (const [key, entry] of local.pairs) {
    const before = global.pairs.get(key)
    pairs.set(key, before === undefined ? entry : { ...entry, value: merge(before.value, entry.value) })
  }
  return new Dict(pairs, local.span)
}
