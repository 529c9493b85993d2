// Rules about rooms and scenarios: names, files, sources of figures, golden files.
import type { Prop, Props, ServiceDef } from '../../sim/model/contract.ts'
import { nameOf, pathOf, type RoomFile } from '../../sim/cli/rooms-index.ts'
import type { SourceFile } from './source.ts'

const ACTION = /^[a-z][a-z0-9-]*:[A-Za-z][A-Za-z0-9]*$/
const SENTENCE = /^[A-Z0-9`].*\.$/s
/** What the scaffold writes where a sentence is owed. */
const UNWRITTEN = /not written yet/

/** Rooms whose files are not where their type says, or not all there. */
export function roomFileProblems(rooms: readonly RoomFile[], files: readonly SourceFile[]): string[] {
  const texts = new Map(files.map((file) => [file.path, file.text]))
  const problems: string[] = []
  for (const room of rooms) {
    const stem = `sim/services/${room.file.replace(/\.ts$/, '')}`
    if (!/^(?:AWS|Sim)::\w+::\w+$/.test(room.type))
      problems.push(
        `${stem}.ts: \`${room.type}\` is not a resource type: write \`AWS::Namespace::Name\` or \`Sim::Namespace::Name\``,
      )
    else if (room.file !== `${pathOf(room.type)}.ts`)
      problems.push(`${stem}.ts: the room of ${room.type} lives in sim/services/${pathOf(room.type)}.ts`)
    else if (room.name !== nameOf(room.type))
      problems.push(
        `${stem}.ts: the definition of ${room.type} is named \`${nameOf(room.type)}\`, not \`${room.name}\``,
      )
    if (!texts.has(`${stem}.facts.ts`) && !figuresElsewhere(texts.get(`${stem}.ts`) ?? '')) {
      problems.push(`${stem}.facts.ts is missing: quotas and assumptions of ${room.type} with their sources`)
    }
    if (!texts.has(`${stem}.test.ts`))
      problems.push(`${stem}.test.ts is missing: tests of ${room.type}, named after what they show`)
    for (const file of [`${stem}.ts`, `${stem}.facts.ts`, `${stem}.test.ts`]) {
      if (UNWRITTEN.test(texts.get(file) ?? '')) problems.push(`${file}: still says \`not written yet\``)
    }
    const twin = rooms.find((other) => other !== room && other.type === room.type)
    if (twin !== undefined) problems.push(`${stem}.ts: ${room.type} has a second room in sim/services/${twin.file}`)
  }
  return problems
}

/** A room without figures has no facts file; rooms of one namespace may share one. */
function figuresElsewhere(text: string): boolean {
  return (
    /from '\.\/[\w-]+\.facts\.ts'/.test(text) ||
    (/^ {2}quotas: \{\},/m.test(text) && /^ {2}assumptions: \{\},/m.test(text))
  )
}

/** What the definitions owe their reader: sentences, sources, well-formed names. `known` are the ids that may be cited. */
export function definitionProblems(services: readonly ServiceDef[], known: ReadonlySet<string>): string[] {
  const problems: string[] = []
  const types = new Set(services.map((def) => String(def.type)))
  for (const def of services) {
    const say = (path: string, message: string): number => problems.push(`${def.type} ${path}: ${message}`)
    if (!SENTENCE.test(def.summary))
      say('summary', `write one sentence with a capital letter and a full stop, found \`${def.summary}\``)
    if (def.models.length === 0) say('models', 'say what the model does, one sentence a behaviour')
    if (def.omits.length === 0) say('omits', 'say what the model leaves out: no model is the whole service')
    for (const key of ['models', 'omits'] as const) {
      for (const text of def[key])
        if (text.trim() === '' || UNWRITTEN.test(text)) say(key, `write a sentence, found \`${text}\``)
    }
    for (const [name, quota] of Object.entries(def.quotas)) {
      source(say, `quotas.${name}`, quota.source, known)
      if (quota.doc === '' || quota.unit === '')
        say(`quotas.${name}`, 'write what it limits (`doc`) and in what (`unit`)')
      if (quota.notes2020 === quota.current)
        say(`quotas.${name}`, 'leave `notes2020` out where the figure has not changed')
    }
    for (const [name, assumption] of Object.entries(def.assumptions)) {
      source(say, `assumptions.${name}`, assumption.source, known)
      if (assumption.doc === '') say(`assumptions.${name}`, 'write what it stands for (`doc`)')
      if (assumption.kind === 'choice' && assumption.choices?.includes(assumption.default) !== true) {
        say(`assumptions.${name}`, `the default \`${assumption.default}\` is not among its choices`)
      }
    }
    for (const [action, op] of Object.entries(def.ops)) {
      if (!ACTION.test(action)) say(`ops.${action}`, 'name it as in a policy: `service:Operation`')
      if (op.doc === '') say(`ops.${action}`, 'write what it does (`doc`)')
    }
    for (const [name, metric] of Object.entries(def.metrics))
      if (metric.doc === '') say(`metrics.${name}`, 'write what it counts (`doc`)')
    for (const sentence of Object.keys(def.invariants)) {
      if (sentence.split(' ').length < 4) say(`invariants.${sentence}`, 'the key is the sentence shown when it breaks')
    }
    properties(say, 'props', def.props)
    for (const [type, props] of Object.entries(def.parts ?? {})) {
      if (types.has(type)) say(`parts.${type}`, 'the type has a room of its own: read it there, or take the room away')
      properties(say, `parts.${type}`, props)
    }
  }
  return problems
}

type Say = (path: string, message: string) => void

function source(say: Say, path: string, text: string, known: ReadonlySet<string>): void {
  if (text.trim() === '')
    return say(path, 'every figure has a source: a rule (`SQS-04`), a fact of the notes (`N.SQS-22`) or a document')
  const cited = text
    .split(/[\s,;()]+/)
    .filter((word) => /^(?:N\.[A-Z][A-Z0-9-]*-\d+|[A-Z][A-Z0-9]*-[RV]?\d+[a-z]?)$/.test(word))
  const slips = cited.filter((id) => !known.has(id))
  if (slips.length > 0)
    say(path, `nobody knows ${slips.join(', ')}; ids are listed in test/facts/facts.yaml and test/facts/rules.txt`)
}

function properties(say: Say, path: string, props: Props): void {
  for (const [name, prop] of Object.entries(props)) property(say, `${path}.${name}`, prop)
}

function property(say: Say, path: string, prop: Prop): void {
  if (prop.doc.trim() === '') say(path, 'write what it is for (`doc`)')
  if (prop.fields !== undefined) properties(say, path, prop.fields)
  if (prop.of?.fields !== undefined) properties(say, path, prop.of.fields)
}

/** Scenarios without a golden file, and golden files that no scenario makes. */
export function goldenProblems(files: readonly SourceFile[]): string[] {
  const scenarios = new Map<string, string>()
  const goldens = new Set<string>()
  for (const { path } of files) {
    const scenario = /^scenarios\/([^/]+)\.(?:ya?ml|json)$/.exec(path)
    if (scenario !== null) scenarios.set(scenario[1], path)
    const golden = /^test\/golden\/(.+)\.txt$/.exec(path)
    if (golden !== null) goldens.add(golden[1])
  }
  const problems: string[] = []
  for (const [name, path] of scenarios)
    if (!goldens.has(name)) problems.push(`${path}: test/golden/${name}.txt is missing`)
  for (const name of goldens)
    if (!scenarios.has(name)) problems.push(`test/golden/${name}.txt: no scenario in scenarios/ is named ${name}`)
  return problems
}
