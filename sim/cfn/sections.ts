// The form of a template: its sections, their names and sizes, mappings and the attributes of resources, before anything is computed.
import type { Problems } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import { at, entries, get, isList, isMap, isScalar, stringOf, textOf } from './node.ts'
import type { Dict, Node } from './node.ts'
import type { TemplateQuotas } from './quotas.ts'
import { utf8Length } from './sha1.ts'

const sections = [
  ...[
    'AWSTemplateFormatVersion',
    'Description',
    'Metadata',
    'Parameters',
    'Rules',
    'Mappings',
    'Conditions',
    'Transform',
  ],
  ...['Resources', 'Outputs', 'Globals', 'Hooks', 'Simulation'],
]

const mapSections = [
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
  'Globals',
  'Simulation',
]

/** Checks the sections of a template (CFN-R1). False when there are no resources to go on with. */
export function checkSections(root: Dict, quotas: TemplateQuotas, problems: Problems): boolean {
  for (const entry of entries(root)) {
    if (!sections.includes(entry.key)) {
      const near = nearest(entry.key, sections)
      problems.error('unknown-section', `\`${entry.key}\` is not a section of a template`, entry.keySpan, {
        help:
          near === undefined
            ? `sections are ${sections.map((name) => `\`${name}\``).join(', ')}`
            : `did you mean \`${near}\`?`,
      })
    } else if (mapSections.includes(entry.key) && !isMap(entry.value)) {
      problems.error('wrong-type', `the section \`${entry.key}\` is a map`, entry.keySpan)
    }
  }
  checkTexts(root, quotas, problems)
  const both = at(root, 'Metadata', 'Simulation')
  if (both !== undefined && root.pairs.has('Simulation')) {
    problems.error(
      'two-simulations',
      'the simulation stands both in `Simulation` and in `Metadata`',
      root.pairs.get('Simulation')?.keySpan,
      {
        also: [{ span: both.span, label: 'and here' }],
      },
    )
  }
  const resources = get(root, 'Resources')
  if (resources === undefined) problems.error('no-resources', 'there is no `Resources` section', root.span)
  return isMap(resources)
}

function checkSize(root: Dict, most: number, problems: Problems): void {
  const { text } = root.span.source
  // What the simulator reads is no part of what would be deployed.
  const simulation = get(root, 'Simulation')?.span ?? { start: 0, end: 0 }
  if (text.length > most / 3 && utf8Length(text) - utf8Length(text.slice(simulation.start, simulation.end)) > most)
    problems.error('document-too-large', `a template has at most ${most} bytes`, { ...root.span, end: root.span.start })
}

function checkTexts(root: Dict, quotas: TemplateQuotas, problems: Problems): void {
  checkSize(root, quotas.TemplateBytes, problems)
  const version = get(root, 'AWSTemplateFormatVersion')
  if (version !== undefined && textOf(version) !== '2010-09-09')
    problems.error('format-version', 'the only version of the format is `2010-09-09`', version.span)
  const description = get(root, 'Description')
  if (description === undefined) return
  const text = textOf(description)
  if (text === undefined && !(isScalar(description) && description.value === null)) {
    const message = 'the description of a template is a text; functions are not known here'
    problems.error('wrong-type', message, description.span)
  } else if (utf8Length(text ?? '') > quotas.DescriptionBytes) {
    const message = `a description has at most ${quotas.DescriptionBytes} bytes, not ${utf8Length(text ?? '')}`
    problems.error('quota-exceeded', message, description.span)
  }
}

/** Refuses a section with more members than the quota allows, and names that are no names (CFN-R2). */
export function checkNames(
  section: Node | undefined,
  kind: { readonly one: string; readonly most: number; readonly name: RegExp; readonly of: string },
  quotas: TemplateQuotas,
  problems: Problems,
): void {
  const all = entries(section)
  if (all.length > kind.most) {
    const message = `a template has at most ${kind.most} ${kind.one}s, not ${all.length}`
    problems.error('quota-exceeded', message, all[kind.most]?.keySpan, { label: 'the first one too many' })
  }
  for (const { key, keySpan } of all) {
    if (key.length <= quotas.NameLength && kind.name.test(key)) continue
    const message =
      key.length > quotas.NameLength
        ? `the name of a ${kind.one} has at most ${quotas.NameLength} characters, not ${key.length}`
        : `\`${key}\` is not the name of a ${kind.one}; it has ${kind.of}`
    problems.error('bad-name', message, keySpan)
  }
}

const letters = { name: /^[A-Za-z0-9]+$/, of: 'letters and digits only' }
const dotted = { name: /^[A-Za-z0-9._-]+$/, of: 'letters, digits, `-`, `_` and `.` only' }

/** A mapping holds texts and lists of texts under two levels of keys; it is fixed before anything can be computed (CFN-R16). */
export function checkMappings(mappings: Node | undefined, quotas: TemplateQuotas, problems: Problems): void {
  checkNames(mappings, { one: 'mapping', most: quotas.Mappings, ...letters }, quotas, problems)
  for (const { key: name, keySpan: nameSpan, value: top } of entries(mappings)) {
    if (!isMap(top)) problems.error('wrong-type', `the mapping \`${name}\` is a map of maps`, nameSpan)
    checkNames(top, { one: 'key', most: Infinity, ...dotted }, quotas, problems)
    for (const { key: topKey, keySpan: topSpan, value: second } of entries(top)) {
      if (!isMap(second)) {
        problems.error('wrong-type', `\`${topKey}\` in the mapping \`${name}\` is a map of values`, topSpan)
        continue
      }
      const most = quotas.MappingAttributes
      checkNames(second, { one: 'mapping attribute', most, ...dotted }, quotas, problems)
      for (const { key, keySpan, value } of entries(second)) {
        const values = isList(value) ? value.items : [value]
        if (values.every((each) => textOf(each) !== undefined)) continue
        const message = `\`${key}\` in a mapping is a text or a list of texts, not a map or function`
        problems.error('mapping-value', message, keySpan)
      }
    }
  }
}

const resourceAttributes = [
  ...[
    'Type',
    'Properties',
    'DependsOn',
    'Condition',
    'DeletionPolicy',
    'UpdateReplacePolicy',
    'CreationPolicy',
    'UpdatePolicy',
  ],
  ...['Metadata', 'Connectors', 'IgnoreGlobals', 'Version', 'Description'],
]

const typeForm = /^(Custom::[\w@-]{1,60}|[A-Za-z0-9]{2,64}(::[A-Za-z0-9]{1,64}){2,3})$/

/** Checks names, types and attributes of the resources (CFN-R2, CFN-R5). */
export function checkResources(resources: Dict, parameters: Node | undefined, problems: Problems): void {
  for (const { key, keySpan, value } of entries(resources)) {
    if (!/^[A-Za-z0-9]{1,255}$/.test(key)) {
      problems.error('logical-id', `\`${key}\` is not a logical id; it has 1 to 255 letters and digits`, keySpan)
    }
    const parameter = isMap(parameters) ? parameters.pairs.get(key) : undefined
    if (parameter !== undefined) {
      const also = [{ span: parameter.keySpan, label: 'the parameter' }]
      problems.error('name-taken', `\`${key}\` is both a parameter and a resource`, keySpan, { also })
    }
    if (!isMap(value)) {
      problems.error('wrong-type', `the resource \`${key}\` is not a map with at least a \`Type\``, value.span)
      continue
    }
    const type = get(value, 'Type')
    if (type === undefined) problems.error('resource-without-type', `the resource \`${key}\` has no \`Type\``, keySpan)
    else if (stringOf(type) === undefined) {
      problems.note('not-simulated', `the type of \`${key}\` is not a text; the resource is left out`, type.span)
    } else if (!typeForm.test(stringOf(type) ?? '')) {
      const help = 'a type has the form `AWS::<product>::<data-type>` or `Custom::<name>`'
      problems.error('resource-type', `\`${stringOf(type)}\` is not the type of a resource`, type.span, { help })
    }
    checkAttributes(value, problems)
    const properties = get(value, 'Properties')
    if (properties !== undefined && !isMap(properties) && !(isScalar(properties) && properties.value === null)) {
      problems.error('wrong-type', `the properties of \`${key}\` are a map`, properties.span)
    }
  }
}

function checkAttributes(resource: Dict, problems: Problems): void {
  // The SAM transform passes over attributes that it does not know; CloudFormation does not.
  const severity = isServerless(resource) ? 'warning' : 'error'
  for (const attribute of entries(resource)) {
    if (resourceAttributes.includes(attribute.key)) continue
    const near = nearest(attribute.key, resourceAttributes)
    problems[severity](
      'unknown-resource-attribute',
      `\`${attribute.key}\` is not an attribute of a resource`,
      attribute.keySpan,
      {
        help: near === undefined ? 'settings of the resource stand under `Properties`' : `did you mean \`${near}\`?`,
      },
    )
  }
  // A module is replaced by its resources, each with attributes of its own.
  if (stringOf(get(resource, 'Type'))?.endsWith('::MODULE') === true)
    for (const name of ['CreationPolicy', 'UpdatePolicy'])
      if (resource.pairs.has(name)) {
        const message = `a module takes no \`${name}\`; its own resources do`
        problems.error('unknown-resource-attribute', message, resource.pairs.get(name)?.keySpan)
      }
  const condition = get(resource, 'Condition')
  if (condition !== undefined && stringOf(condition) === undefined) {
    const help = 'write the function under `Conditions` and its name here'
    problems.error('wrong-type', 'the `Condition` of a resource is the name of one', condition.span, { help })
  }
}

/** Sections whose values AWS does not take as null. */
const nullFree = ['Parameters', 'Mappings', 'Conditions', 'Resources', 'Outputs', 'Rules']

/** Refuses values that are absent: a key without anything behind it. What the SAM transform reads it may drop itself. */
export function checkNulls(root: Dict, problems: Problems): void {
  const visit = (node: Node, keySpan: Span): void => {
    if (isScalar(node)) {
      if (node.value !== null) return
      const help = 'give it a value, or leave the key out'
      problems.error('null-value', 'null stands here, which no template may hold', keySpan, { help })
    } else if (isList(node)) for (const item of node.items) visit(item, item.span)
    else for (const entry of node.pairs.values()) visit(entry.value, entry.keySpan)
  }
  for (const name of nullFree)
    for (const { keySpan, value } of entries(get(root, name)))
      if (!(name === 'Resources' && isServerless(value))) visit(value, keySpan)
}

const ownTransforms = [
  'AWS::Include',
  'AWS::LanguageExtensions',
  'AWS::Serverless-2016-10-31',
  'AWS::CodeDeployBlueGreen',
  'AWS::CodeStar',
  'AWS::SecretsManager-2020-07-23',
  'AWS::SecretsManager-2024-09-16',
  'AWS::ServiceCatalog',
]

/** The transforms that the template names, in their order (CFN-R23). One that is not run is said. */
export function readTransforms(root: Dict, problems: Problems): readonly string[] {
  const node = get(root, 'Transform')
  const names: string[] = []
  for (const each of isList(node) ? node.items : node === undefined ? [] : [node]) {
    const name = stringOf(each) ?? stringOf(get(each, 'Name'))
    if (name === undefined) {
      problems.error('transform-shape', 'a transform is a name, or a map with `Name` and `Parameters`', each.span)
      continue
    }
    names.push(name)
    if (['AWS::Include', 'AWS::LanguageExtensions', 'AWS::Serverless-2016-10-31'].includes(name)) continue
    if (ownTransforms.includes(name))
      problems.note('macro-not-run', `the transform \`${name}\` is not run; what it would change stays`, each.span)
    else if (name.startsWith('AWS::')) {
      const near = nearest(name, ownTransforms)
      const help = near === undefined ? `AWS has ${ownTransforms.join(', ')}` : `did you mean \`${near}\`?`
      problems.error('unknown-transform', `\`${name}\` is not a transform of AWS`, each.span, { help })
    } else
      problems.note('macro-not-run', `the macro \`${name}\` is not run; what it would change stays as it is`, each.span)
  }
  return names
}

function isServerless(resource: Node): boolean {
  return stringOf(get(resource, 'Type'))?.startsWith('AWS::Serverless::') ?? false
}

/** Serverless resources mean nothing without their transform. */
export function refuseServerless(resources: Dict, root: Dict, problems: Problems): void {
  for (const { key, value } of entries(resources)) {
    if (!isServerless(value)) continue
    problems.error(
      'transform-missing',
      `\`${key}\` needs the SAM transform, which this template does not name`,
      get(value, 'Type')?.span ?? root.span,
      {
        help: 'add `Transform: AWS::Serverless-2016-10-31`',
      },
    )
    return
  }
}

const deletionPolicies = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot']
const replacePolicies = ['Delete', 'Retain', 'Snapshot']

/** Types whose data can be kept as a snapshot (CFN-R41). */
const snapshotTypes = [
  'AWS::DocDB::DBCluster',
  'AWS::EC2::Volume',
  'AWS::ElastiCache::CacheCluster',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::Neptune::DBCluster',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster',
]

/** The resolved text of `DeletionPolicy` or `UpdateReplacePolicy`, if it is one that the type knows (CFN-R41). */
export function readPolicy(
  name: 'DeletionPolicy' | 'UpdateReplacePolicy',
  type: string,
  node: Node | undefined,
  problems: Problems,
): string | undefined {
  if (node === undefined) return undefined
  const policy = textOf(node)
  const possible = name === 'DeletionPolicy' ? deletionPolicies : replacePolicies
  if (policy === undefined || !possible.includes(policy)) {
    const near = policy === undefined ? undefined : nearest(policy, possible)
    const help =
      near === undefined
        ? `possible are ${possible.map((each) => `\`${each}\``).join(', ')}`
        : `did you mean \`${near}\`?`
    problems.error('policy-value', `\`${policy ?? 'a list or map'}\` is not a \`${name}\``, node.span, { help })
    return undefined
  }
  if (policy === 'Snapshot' && type.startsWith('AWS::') && !snapshotTypes.includes(type)) {
    problems.error('policy-value', `there are no snapshots of \`${type}\``, node.span, {
      help: `\`${name}\` is \`Delete\` or \`Retain\` here`,
    })
    return undefined
  }
  return policy
}
