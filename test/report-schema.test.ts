// Real reports against `public/report.schema.json`: the documented form is the form.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { REPORT_SCHEMA, reportOf } from '../sim/run/report.ts'
import { runScenario } from '../sim/run/run.ts'
import { openNamed, scenarioOf } from './scenarios.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly $defs?: Readonly<Record<string, Schema>>
}

const schema = JSON.parse(readFileSync(new URL('../public/report.schema.json', import.meta.url), 'utf8')) as Schema

/** The places at which a value is not of the form, as far as our schema uses JSON Schema. */
function flaws(value: unknown, form: Schema, place: string): string[] {
  if (form.$ref !== undefined) return flaws(value, schema.$defs![form.$ref.replace('#/$defs/', '')]!, place)
  if ('const' in form && value !== form.const) return [`${place} is ${String(value)}`]
  if (form.enum !== undefined && !form.enum.includes(value)) return [`${place} is ${String(value)}`]
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  if (form.type !== undefined && kind !== (form.type === 'integer' ? 'number' : form.type))
    return [`${place} is ${kind}`]
  if (form.type === 'integer' && !Number.isInteger(value)) return [`${place} is not whole`]
  if (form.minimum !== undefined && (value as number) < form.minimum) return [`${place} is ${String(value)}`]
  if (form.pattern !== undefined && !new RegExp(form.pattern).test(value as string))
    return [`${place} is ${String(value)}`]
  if (kind === 'array' && form.items !== undefined)
    return (value as unknown[]).flatMap((item, i) => flaws(item, form.items!, `${place}[${i}]`))
  if (kind !== 'object' || form.type !== 'object') return []
  const members = value as Record<string, unknown>
  const missing = (form.required ?? [])
    .filter((name) => !(name in members))
    .map((name) => `${place}.${name} is missing`)
  return [
    ...missing,
    ...Object.keys(members).flatMap((name) => {
      const own = form.properties?.[name] ?? form.additionalProperties
      if (own === undefined || own === false) return [`${place}.${name} is not documented`]
      return own === true ? [] : flaws(members[name], own, `${place}.${name}`)
    }),
  ]
}

const check = (report: unknown): string[] => flaws(JSON.parse(JSON.stringify(report)), schema, 'report')

describe('the schema of the report', () => {
  it('has the version of the report, and says what everything is', () => {
    expect((schema.properties!['schema'] as { const: string }).const).toBe(REPORT_SCHEMA)
    const undescribed: string[] = []
    const look = (form: Schema, place: string): void => {
      if (form.$ref === undefined && form.description === undefined) undescribed.push(place)
      for (const [name, member] of Object.entries(form.properties ?? {})) look(member, `${place}.${name}`)
      if (form.items !== undefined) look(form.items, `${place}[]`)
    }
    look(schema, 'report')
    for (const [name, form] of Object.entries(schema.$defs!)) look(form, name)
    expect(undescribed).toEqual([])
  })

  it.each(['retry-storm.yaml', 'reserved-starves-neighbour.yaml', 'api-throttle.yaml', 'visibility-too-short.yaml'])(
    'describes the report of %s',
    (name) => {
      expect(check(reportOf(runScenario(openNamed(name, { duration: '2m' })), 'npx hotshard run'))).toEqual([])
    },
  )

  it('describes the report of a bare template and of a run that was stopped', () => {
    const bare = scenarioOf('Resources: { Jobs: { Type: AWS::SQS::Queue }, Net: { Type: AWS::EC2::DHCPOptions } }')
    expect(check(reportOf(runScenario(bare), ''))).toEqual([])
    const stopped = runScenario({ ...bare, guards: { ...bare.guards, events: 100 } })
    const report = reportOf(stopped, '')
    expect(report.stopped?.guard).toBe('events')
    expect(check(report)).toEqual([])
  })

  it('notices a member that is missing, undocumented or of another kind', () => {
    const report = reportOf(runScenario(scenarioOf('Resources: { Jobs: { Type: AWS::SQS::Queue } }')), '')
    const { seed: _, ...without } = report
    expect(check(without)).toEqual(['report.seed is missing'])
    expect(check({ ...report, extra: 1 })).toEqual(['report.extra is not documented'])
    expect(check({ ...report, events: 1.5, digest: { ...report.digest, total: 'x' } })).toEqual([
      'report.events is not whole',
      'report.digest.total is x',
    ])
  })
})
