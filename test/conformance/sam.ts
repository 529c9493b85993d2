// The SAM transform against what AWS's own translator made of the same templates: its test pairs and a corpus of real ones.
//
// The one idea: both sides are compared as plain values with every list sorted, as the translator's own tests compare. The only thing
// tolerated is the hash that ends an API deployment's logical id, which depends on how Python spells a map (SAM-R30b).
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { get, isMap, parseDocument, toJs } from '../../sim/cfn/index.ts'
import { transformText } from '../../sim/cfn/sam/whole.ts'
import { Problems } from '../../sim/diag/problem.ts'

export interface ConformanceCase {
  readonly name: string
  /** Throws when the case fails. */
  run(): void
}

const corpus = '../shared/corpus'

/** What the pairs' own tests give: their region and parameter values (the corpus's expectations come from the defaults). */
const pairOptions = {
  region: 'ap-southeast-1',
  parameters: new Map([
    ['param1', 'value1'],
    ['param2', 'value2'],
  ]),
}

function suite(): ConformanceCase[] {
  if (!existsSync(corpus)) return []
  return [...pairs('success', comparePair), ...pairs('error', refusePair), ...templates()]
}

function pairs(kind: string, run: (base: string) => void): ConformanceCase[] {
  const folder = join(corpus, 'sam-pairs', kind)
  const inputs = readdirSync(folder).filter((file) => file.endsWith('.input.yaml'))
  return inputs.sort().map((file) => {
    const base = join(folder, file.slice(0, -'.input.yaml'.length))
    return { name: `sam-pairs/${kind}/${file.slice(0, -'.input.yaml'.length)}`, run: () => run(base) }
  })
}

function comparePair(base: string): void {
  compare(`${base}.input.yaml`, `${base}.output.json`, pairOptions)
}

/** The transform fails, and names every resource that AWS's message names. */
function refusePair(base: string): void {
  const problems = new Problems()
  const file = `${base}.input.yaml`
  transformText({ name: file, text: readFileSync(file, 'utf8') }, pairOptions, problems)
  const expected = JSON.parse(readFileSync(`${base}.output.json`, 'utf8')) as { errorMessage: string }
  const errors = problems.list.filter((problem) => problem.severity === 'error')
  if (errors.length === 0) throw new Error(`no error, where AWS says: ${expected.errorMessage}`)
  const said = errors.map((problem) => problem.message).join('\n')
  for (const [, id] of expected.errorMessage.matchAll(/Resource with id \[(\w+)\]/g)) {
    if (!errors.some((problem) => mentions(problem.message, id ?? '')))
      throw new Error(`no error names \`${id}\`:\n${said}`)
  }
}

/** AWS names a route's event by function and event in one word; ours are two. */
function mentions(message: string, id: string): boolean {
  const names = [...message.matchAll(/`(\w+)`/g)].map((match) => match[1] as string)
  return names.includes(id) || names.some((a) => names.some((b) => a + b === id))
}

function templates(): ConformanceCase[] {
  const cases: ConformanceCase[] = []
  const visit = (folder: string): void => {
    const files = readdirSync(folder).sort()
    if (files.includes('expected.sam-transform.json')) {
      cases.push({ name: folder.slice(corpus.length + 1), run: () => compareFolder(folder, files) })
    }
    for (const file of files) if (statSync(join(folder, file)).isDirectory()) visit(join(folder, file))
  }
  visit(join(corpus, 'flagship'))
  visit(join(corpus, 'templates'))
  return cases
}

/** Of several templates beside an expectation it is the one that shares most logical ids with it. */
function compareFolder(folder: string, files: readonly string[]): void {
  const expected = Object.keys(
    (JSON.parse(readFileSync(join(folder, 'expected.sam-transform.json'), 'utf8')) as Plain)['Resources'] as Plain,
  )
  let best = ''
  let bestShared = 0
  for (const file of files.filter((name) => /\.(ya?ml|json|template)$/.test(name) && !name.startsWith('expected.'))) {
    const text = readFileSync(join(folder, file), 'utf8')
    if (!text.includes('AWS::Serverless')) continue
    const shared = expected.filter((id) => text.includes(`${id}:`) || text.includes(`"${id}"`)).length
    if (shared > bestShared) [best, bestShared] = [file, shared]
  }
  if (best === '') throw new Error('no template with serverless resources stands beside the expectation')
  compare(join(folder, best), join(folder, 'expected.sam-transform.json'), { parameters: new Map() })
}

function compare(input: string, output: string, options: Parameters<typeof transformText>[1]): void {
  const problems = new Problems()
  const made = transformText({ name: input, text: readFileSync(input, 'utf8') }, options, problems)
  const refused = problems.list.filter((problem) => problem.severity === 'error')
  if (made === undefined || refused.length > 0) throw new Error(refused.map((problem) => problem.message).join('\n'))
  const text = readFileSync(output, 'utf8')
  const expected = parseDocument({ name: output, text }, new Problems())
  if (!isMap(expected)) throw new Error('the expectation is not a map')
  const differences: string[] = []
  const names = deploymentNames(toJs(made))
  const wanted = deploymentNames(toJs(expected))
  for (const section of ['Resources', 'Conditions', 'Outputs']) {
    const ours = normal(get(made, section), names)
    const theirs = normal(get(expected, section), wanted)
    differ(section, ours, theirs, differences)
  }
  if (differences.length > 0) throw new Error(differences.slice(0, 12).join('\n'))
}

type Plain = Record<string, unknown>

/** The ids and descriptions of API deployments, with their hash masked. */
function deploymentNames(template: unknown): Map<string, string> {
  const names = new Map<string, string>()
  for (const [id, resource] of Object.entries(((template as Plain)['Resources'] ?? {}) as Plain)) {
    if ((resource as Plain)['Type'] === 'AWS::ApiGateway::Deployment')
      names.set(id, id.replace(/Deployment[0-9a-f]{10}$/, 'Deployment#'))
  }
  return names
}

function normal(node: Parameters<typeof toJs>[0] | undefined, names: ReadonlyMap<string, string>): unknown {
  return node === undefined ? {} : sorted(toJs(node), names)
}

function sorted(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    return names.get(value) ?? value.replace(/^RestApi deployment id: [0-9a-f]{40}$/, 'RestApi deployment id: #')
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => sorted(item, names))
    return items
      .map((item) => [JSON.stringify(item), item] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, item]) => item)
  }
  if (value === null || typeof value !== 'object') return value
  const made: Plain = {}
  for (const key of Object.keys(value).sort()) made[names.get(key) ?? key] = sorted((value as Plain)[key], names)
  return made
}

/** Every place where the two differ, as `path: ours ≠ theirs`. */
function differ(path: string, ours: unknown, theirs: unknown, differences: string[]): void {
  const show = (value: unknown): string => (JSON.stringify(value) ?? 'absent').slice(0, 300)
  const bothMaps = isPlain(ours) && isPlain(theirs)
  if (bothMaps) {
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)]))
      differ(`${path}.${key}`, ours[key], theirs[key], differences)
  } else if (Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length) {
    ours.forEach((item, i) => differ(`${path}[${i}]`, item, theirs[i], differences))
  } else if (JSON.stringify(ours) !== JSON.stringify(theirs))
    differences.push(`${path}: ${show(ours)} ≠ ${show(theirs)}`)
}

function isPlain(value: unknown): value is Plain {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

export default { name: 'sam', cases: suite() }
