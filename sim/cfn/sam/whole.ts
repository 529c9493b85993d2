// A whole template through the SAM transform, functions left as they are: what AWS would hand on to CloudFormation.
import type { Problems } from '../../diag/problem.ts'
import type { Source } from '../../diag/span.ts'
import { parseDocument, templateLimits } from '../document.ts'
import { get, isMap, withMembers } from '../node.ts'
import type { Dict } from '../node.ts'
import { readParameters } from '../parameters.ts'
import type { Given } from '../parameters.ts'
import { PatternSteps } from '../pattern.ts'
import { currentQuotas } from '../quotas.ts'
import { transformServerless } from './transform.ts'

export interface TransformOptions {
  readonly parameters: ReadonlyMap<string, string>
  /** Default us-east-1. */
  readonly region?: string
}

/** Returns undefined when the text has no map of resources. The result has neither `Transform` nor `Globals`. */
export function transformText(source: Source, options: TransformOptions, problems: Problems): Dict | undefined {
  const root = parseDocument(source, problems, templateLimits)
  const resources = get(root, 'Resources')
  if (!isMap(root) || !isMap(resources)) return undefined
  const region = options.region ?? 'us-east-1'
  const declared = get(root, 'Parameters')
  const given = new Map<string, Given>()
  for (const [name, text] of options.parameters)
    if (isMap(declared) && declared.pairs.has(name)) given.set(name, { text })
  const inputs = {
    given,
    ssm: new Map<string, string>(),
    dummies: true,
    region,
    account: '123456789012',
    quotas: currentQuotas,
    patternSteps: new PatternSteps(),
  }
  const parameters = readParameters(declared, inputs, problems)
  const written = {
    resources,
    conditions: get(root, 'Conditions'),
    outputs: get(root, 'Outputs'),
    globals: get(root, 'Globals'),
  }
  const made = transformServerless(written, { parameters, region, partition: 'aws' }, problems)
  return withMembers(root, {
    ...{ Transform: undefined, Globals: undefined, Resources: made.resources },
    ...(made.conditions === undefined ? {} : { Conditions: made.conditions }),
    ...(made.outputs === undefined ? {} : { Outputs: made.outputs }),
  })
}
