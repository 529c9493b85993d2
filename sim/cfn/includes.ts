// `AWS::Include`: a file's content at the place where the template asks for it (CFN-R23).
//
// The one idea: AWS runs transforms before it looks at anything else, so what a file adds is read as if it had been written there.
// Files are read beside the template; what lies in a bucket is not at hand, and that is said.
import { Problems } from '../diag/problem.ts'
import type { Deployment } from './deployment.ts'
import { defaultLimits, parseDocument, templateLimits } from './document.ts'
import { isRemote, joinPath } from './files.ts'
import { at, Dict, get, isList, isMap, isScalar, items, List, stringOf, textOf, withMembers } from './node.ts'
import type { Entry, Node } from './node.ts'
import { ParameterScope } from './parameter-scope.ts'
import { readParameters } from './parameters.ts'
import type { Given } from './parameters.ts'

/** Files that include files that include …; AWS includes one level. */
const deepestInclude = 5

/** The file that includes, and the stack that it belongs to. */
interface Around {
  readonly folder: string
  readonly given: ReadonlyMap<string, Given>
  readonly stackName: string
}

interface Including {
  readonly root: Dict
  readonly folder: string
  readonly deployment: Deployment
  readonly problems: Problems
  readonly parsed: Map<string, Node | undefined>
  /** What functions in a location see; made when the first one stands there. */
  readonly scope: () => ParameterScope
  readonly level: number
  /** How many values the files may still add. */
  readonly room: { left: number }
}

const key = 'Fn::Transform'

/** The tree with every `AWS::Include` of a file at hand replaced by the file's content; the same tree when there is none. */
export function expandIncludes(root: Dict, around: Around, deployment: Deployment): Dict {
  const { problems } = deployment
  const including: Including = {
    ...{ root, folder: around.folder, deployment, problems, level: 0, parsed: new Map() },
    scope: scopeOf(root, around, deployment),
    room: { left: defaultLimits.nodes },
  }
  const top = items(get(root, 'Transform'))
  const named = top.length === 0 ? [get(root, 'Transform')] : top
  let whole = root
  for (const each of named) {
    if (stringOf(get(each, 'Name')) !== 'AWS::Include' || each === undefined) continue
    const content = contentOf(each, including)
    if (content !== undefined) whole = merged(whole, content, each, including)
  }
  if (!contains(whole)) return whole
  return expand(whole, { ...including, root: whole, scope: scopeOf(whole, around, deployment) }) as Dict
}

function contains(node: Node): boolean {
  if (isScalar(node)) return false
  if (isList(node)) return node.items.some(contains)
  return [...node.pairs.values()].some((entry) => entry.key === key || contains(entry.value))
}

function expand(node: Node, including: Including, isSection = false): Node {
  if (isScalar(node)) return node
  if (isList(node)) {
    return new List(
      node.items.map((item) => expand(item, including)),
      node.span,
    )
  }
  const pairs = new Map<string, Entry>()
  for (const entry of node.pairs.values()) {
    const value = expand(entry.value, including, node === including.root)
    pairs.set(entry.key, { ...entry, value })
  }
  const made = new Dict(pairs, node.span)
  const call = get(made, key)
  if (call === undefined) return made
  const name = stringOf(get(call, 'Name'))
  const content = name === 'AWS::Include' ? contentOf(call, including) : undefined
  const rest = withMembers(made, { [key]: undefined })
  if (content !== undefined) return pairs.size === 1 ? content : merged(rest, content, call, including)
  // Alone it stands for a value, and is told where the value is missing.
  if (pairs.size === 1 && !isSection) return made
  if (name !== 'AWS::Include') {
    const message = `the macro \`${name ?? ''}\` is not run; what it would put here is missing`
    including.problems.note('macro-not-run', message, call.span)
  }
  return rest
}

/** The file's keys beside those that stand there already. */
function merged(into: Dict, content: Node, from: Node, including: Including): Dict {
  if (!isMap(content)) {
    const message = 'a file that is included beside other keys is a map'
    including.problems.error('wrong-type', message, from.span)
    return into
  }
  const pairs = new Map(into.pairs)
  for (const entry of content.pairs.values()) {
    const first = pairs.get(entry.key)
    if (first === undefined) pairs.set(entry.key, entry)
    else if (isMap(first.value) && isMap(entry.value) && into === including.root)
      pairs.set(entry.key, { ...first, value: merged(first.value, entry.value, from, including) })
    else {
      const also = [{ span: first.keySpan, label: 'the one of the template' }]
      including.problems.error('duplicate-key', `\`${entry.key}\` stands here already`, entry.keySpan, { also })
    }
  }
  return new Dict(pairs, into.span)
}

/** What the call brings, its own includes followed; undefined where the file is not at hand, which is told. */
function contentOf(call: Node, including: Including): Node | undefined {
  const { problems, deployment, parsed, folder } = including
  const written = at(call, 'Parameters', 'Location')
  const location = written === undefined ? undefined : literal(written, including)
  if (written === undefined) {
    const help = 'write `Parameters: { Location: file.yaml }` beside its `Name`'
    problems.error('include-shape', '`AWS::Include` needs the location of a file', call.span, { help })
    return undefined
  }
  if (location === undefined || isRemote(location)) {
    const where = location === undefined ? 'a place that is not known here' : `\`${location}\``
    problems.note('include-elsewhere', `what \`AWS::Include\` brings from ${where} is missing`, written.span)
    return undefined
  }
  if (including.level >= deepestInclude) {
    problems.error('include-too-deep', `files include files at most ${deepestInclude} levels deep`, written.span)
    return undefined
  }
  const path = joinPath(folder, location)
  if (!parsed.has(path)) {
    const file = deployment.settings.files.read(path, 'data')
    if (!file.ok) problems.warning('include-missing', file.message, written.span, { help: file.help })
    const source = { name: (file.ok ? file.name : undefined) ?? path, text: file.ok ? file.value : '' }
    parsed.set(path, file.ok ? parseDocument(source, problems, templateLimits) : undefined)
  }
  const content = parsed.get(path)
  if (content === undefined) return undefined
  including.room.left -= sizeOf(content)
  if (including.room.left < 0) {
    problems.error('document-too-large', `included files add more than ${defaultLimits.nodes} values`, written.span)
    return undefined
  }
  return contains(content) ? expand(content, { ...including, level: including.level + 1 }) : content
}

/** The location as a text, its functions of parameters and mappings worked off. */
function literal(node: Node, { scope }: Including): string | undefined {
  if (isScalar(node)) return stringOf(node)
  const value = scope().known(node)
  return value === undefined ? undefined : textOf(value)
}

/** What functions in the locations of includes see; what is wrong with the parameters is told when the stack itself reads them. */
function scopeOf(root: Dict, { given, stackName }: Around, deployment: Deployment): () => ParameterScope {
  const { settings, room, patternSteps } = deployment
  let made: ParameterScope | undefined
  return () => {
    if (made !== undefined) return made
    const parameters = readParameters(get(root, 'Parameters'), { given, ...settings, patternSteps }, new Problems())
    return (made = new ParameterScope(root, parameters, { ...settings, stackName }, room))
  }
}

function sizeOf(node: Node): number {
  if (isScalar(node)) return 1
  let size = 1
  for (const each of isList(node) ? node.items : [...node.pairs.values()].map((entry) => entry.value))
    size += sizeOf(each)
  return size
}
