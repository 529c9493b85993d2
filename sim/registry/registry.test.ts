// The reduced registry: fresh, small, and saying what AWS's own says.
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import * as fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { reducedSpec, specText } from '../cli/registry.ts'
import { parseProperties, propertiesText, type Properties, type Shape } from './format.ts'
import { attributesOf, definitionOf, propertiesOf, resourceType, typeNames } from './index.ts'

const path = new URL('./spec.json', import.meta.url)

describe('the file', () => {
  it('is what `npm run registry` makes of the installed package', () => {
    expect(readFileSync(path, 'utf8') === specText(reducedSpec()), 'run `npm run registry`').toBe(true)
  })

  it('is small enough for a browser', () => {
    const text = readFileSync(path)
    expect(text.length).toBeLessThan(1_500_000)
    expect(gzipSync(text).length).toBeLessThan(400_000)
  })

  it('has every type, property, requirement and attribute of the package', () => {
    const resources = loadAwsServiceSpecSync().all('resource')
    expect(typeNames()).toHaveLength(resources.length)
    for (const resource of resources) {
      const type = resourceType(resource.cloudFormationType)!
      const required = Object.entries(resource.properties)
        .filter(([, each]) => each.required === true)
        .map(([name]) => name)
      expect([...type.properties.keys()].sort()).toEqual(Object.keys(resource.properties).sort())
      expect([...type.attributes.keys()].sort()).toEqual(Object.keys(resource.attributes).sort())
      expect([...type.properties].filter(([, each]) => each.required).map(([name]) => name)).toEqual(required.sort())
    }
  })
})

describe('a lookup', () => {
  const kindOf = (type: string, ...names: string[]): string => {
    let properties: Properties | undefined = propertiesOf(type)
    let shape: Shape | undefined
    for (const name of names) {
      shape = properties?.get(name)?.shape
      while (shape?.kind === 'list' || shape?.kind === 'map') shape = shape.of
      properties = shape?.kind === 'record' ? definitionOf(shape).properties : undefined
    }
    return shape?.kind ?? 'none'
  }

  it('finds nested properties with their shapes', () => {
    expect(kindOf('AWS::SQS::Queue', 'VisibilityTimeout')).toBe('integer')
    expect(kindOf('AWS::DynamoDB::Table', 'AttributeDefinitions', 'AttributeType')).toBe('string')
    expect(kindOf('AWS::DynamoDB::Table', 'KeySchema')).toBe('union')
    expect(kindOf('AWS::DynamoDB::Table', 'ProvisionedThroughput', 'ReadCapacityUnits')).toMatch(/integer|number/)
    expect(kindOf('AWS::Lambda::Function', 'Environment', 'Variables')).toBe('string')
    expect(kindOf('AWS::Lambda::Function', 'Environment', 'Nothing')).toBe('none')
  })

  it('knows attributes and what `Ref` gives', () => {
    expect([...attributesOf('AWS::SQS::Queue')!.keys()]).toEqual(['Arn', 'QueueName', 'QueueUrl'])
    expect(resourceType('AWS::SQS::Queue')!.identifiers).toEqual(['QueueUrl'])
    expect(resourceType('AWS::Lambda::Function')!.identifiers).toEqual(['FunctionName'])
  })

  it('walks definitions that contain themselves', () => {
    expect(kindOf('AWS::WAFv2::WebACL', 'Rules', 'Statement', 'NotStatement', 'Statement', 'NotStatement')).toBe(
      'record',
    )
  })

  it('knows nothing of other names, not even those of every object', () => {
    for (const name of ['AWS::SQS::Q', 'constructor', '__proto__', '', 'Custom::Thing'])
      expect(resourceType(name)).toBeUndefined()
    expect(propertiesOf('AWS::SQS::Queue')!.get('constructor')).toBeUndefined()
  })
})

describe('the format', () => {
  const shape = fc.letrec<{ shape: Shape }>((tie) => ({
    shape: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Shape>(
        { kind: 'string' },
        { kind: 'integer' },
        { kind: 'number' },
        { kind: 'boolean' },
        { kind: 'json' },
      ),
      fc.record({ kind: fc.constant('record' as const), definition: fc.nat(9999) }),
      fc.record({
        kind: fc.constant('string' as const),
        values: fc.array(fc.stringMatching(/^[A-Za-z0-9.:-]{1,9}$/), { minLength: 1 }),
      }),
      fc.record({ kind: fc.constantFrom('list' as const, 'map' as const), of: tie('shape') }),
      fc.record({ kind: fc.constant('union' as const), of: fc.array(tie('shape'), { minLength: 1, maxLength: 3 }) }),
    ),
  })).shape

  it('reads back what it wrote', () => {
    const properties = fc.array(
      fc.tuple(fc.stringMatching(/^[A-Z][A-Za-z0-9.]{0,9}$/), fc.record({ required: fc.boolean(), shape })),
    )
    fc.assert(
      fc.property(properties, (entries) => {
        const rows: string[] = []
        const written = new Map(entries)
        const text = propertiesText(written, (values) => rows.push(values.join('|')) - 1)
        expect(parseProperties(text, rows)).toEqual(written)
      }),
    )
  })
})
