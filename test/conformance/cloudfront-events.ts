// Events of Lambda@Edge: the samples that AWS's own tools generate, against what a function of the model gets for the same request.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { get, site, version, type Version } from '../site.ts'
import { CORPUS, type Case, type Suite } from './suite.ts'

const FOLDER = join(CORPUS, 'conformance/lambda/sample_events')

interface Sample {
  readonly config: { readonly distributionId: string }
  readonly request?: {
    readonly headers: Headers
    readonly uri: string
    readonly method: string
    readonly clientIp?: string
    readonly querystring?: string
  }
  readonly response?: { readonly headers: Headers }
}
type Headers = Readonly<Record<string, readonly { readonly key: string; readonly value: string }[]>>

/** A sample with the values that its tool fills in by itself. */
function read(file: string): Sample {
  const text = readFileSync(join(FOLDER, file), 'utf8')
    .replaceAll('{{{uri}}}', '/test')
    .replaceAll('{{{method}}}', 'GET')
  return (JSON.parse(text) as { Records: readonly { cf: Sample }[] }).Records[0]!.cf
}

function plain(headers: Headers): Record<string, string> {
  return Object.fromEntries(Object.values(headers).map(([first]) => [first!.key, first!.value]))
}

/** Paths of `wanted` at which `found` has something else. */
function differences(wanted: unknown, found: unknown, path = '$'): string[] {
  if (typeof wanted !== 'object' || wanted === null)
    return wanted === found ? [] : [`${path} is ${JSON.stringify(found)} and not ${JSON.stringify(wanted)}`]
  if (typeof found !== 'object' || found === null) return [`${path} is ${JSON.stringify(found)}`]
  return Object.entries(wanted).flatMap(([name, value]) =>
    differences(value, (found as Readonly<Record<string, unknown>>)[name], `${path}.${name}`),
  )
}

function check(file: string): void {
  const sample = read(file)
  const EventType = sample.response === undefined ? 'viewer-request' : 'viewer-response'
  const { headers: country = [] } = { headers: sample.request?.headers['cloudfront-viewer-country'] }
  const world = site({
    script: [{ headers: plain(sample.response?.headers ?? {}) }],
    behavior: { LambdaFunctionAssociations: [{ EventType, LambdaFunctionARN: 'Edge' }] },
    parts: { Edge: { def: version, properties: { FunctionName: 'Work', Returns: {} } } },
  })
  const { uri = '/test', querystring, clientIp, headers = {} } = sample.request ?? {}
  const { 'CloudFront-Viewer-Country': _, ...sent } = plain(headers)
  get(world, uri, { Headers: sent, QueryString: querystring, ClientIp: clientIp, Country: country[0]?.value })
  const [event] = world.state<Version>('Edge').seen as readonly { Records: readonly { cf: unknown }[] }[]
  const wanted = { ...sample, config: { distributionId: 'Site' } }
  const found = differences(wanted, event?.Records[0]?.cf)
  if (found.length > 0) throw new Error(found.join('; '))
}

const cases: Case[] = readdirSync(FOLDER)
  .filter((file) => file.startsWith('events__cloudfront__'))
  .sort()
  .map((file) => ({ name: file.replace('events__cloudfront__', '').replace('.json', ''), run: () => check(file) }))

export default { name: 'cloudfront-events', cases } satisfies Suite
