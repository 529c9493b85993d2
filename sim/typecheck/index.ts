// The resources of a template against AWS's own registry: types, names of properties, shapes of values, what is required.
import type { CfnResource } from '../cfn/index.ts'
import type { Slug } from '../diag/catalogue.ts'
import type { Problem } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import { registrySource, resourceType, typeNames } from '../registry/index.ts'
import { checkMembers, type Finding, type Path } from './shapes.ts'

export type { Finding, Path } from './shapes.ts'

/** Types of AWS that its registry does not publish, because nothing is made of them. */
const UNPUBLISHED = new Set(['AWS::CDK::Metadata'])

/** Problems which say that a part of the text is not at hand. */
const BROUGHT = new Set<Slug>(['include-elsewhere', 'include-missing', 'macro-not-run'])

/** What is known about the template around a resource. */
export interface Surroundings {
  /** Whether a text is, or was made with, a value that nobody here can know. */
  isMadeUp(text: string): boolean
  /** What has been told about the resource, which may be the reason why a part of it is missing. */
  readonly told: readonly Problem[]
}

/**
 * What AWS would refuse in a resource. Types of other publishers and modules pass, as nobody here knows them; custom resources may
 * have any property beside those that all have; serverless ones are the SAM transform's to check.
 */
export function checkResource(resource: CfnResource, { isMadeUp, told }: Surroundings): Finding[] {
  const { type, properties, written, keySpan } = resource
  const isCustom = type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource'
  const known = resourceType(isCustom ? 'AWS::CloudFormation::CustomResource' : type)
  if (type.startsWith('AWS::Serverless::') || UNPUBLISHED.has(type)) return []
  if (known === undefined) return type.startsWith('AWS::') && !type.endsWith('::MODULE') ? [unknownType(resource)] : []
  // A function that cannot be resolved takes away what was written; what a file or a macro would have brought was never written.
  const isPartial = told.some(({ slug }) => BROUGHT.has(slug))
  const hasErrors = told.some(({ severity }) => severity === 'error')
  const mayBeLost = (path: Path): boolean =>
    isPartial || (hasErrors && (path.length > 1 || written?.includes(String(path[0])) !== false))
  const place = { path: [], name: type, owner: type, keySpan }
  return checkMembers(known.properties, properties, place, { isMadeUp, mayBeLost }, isCustom)
}

/** One of the two names of a type is taken to be right. */
function unknownType({ type, typeSpan }: CfnResource): Finding {
  const [, service, ...rest] = type.split('::')
  const near = nearest(
    type,
    typeNames().filter((name) => name.startsWith(`AWS::${service}::`) || name.endsWith(`::${rest.join('::')}`)),
  )
  const label =
    near === undefined ? `${registrySource.split(' (')[0]} has none of this name` : `did you mean \`${near}\`?`
  const message = `\`${type}\` is not a resource type of AWS`
  return { path: [], problem: { slug: 'unknown-type', severity: 'error', message, span: typeSpan, label } }
}
