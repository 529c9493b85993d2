// The three places where a simulation may stand, made one: a template's own section, its metadata, or a file that names a template.
import {
  Dict,
  entries,
  get,
  has,
  isMap,
  parseDocument,
  templateLimits,
  textOf,
  withMembers,
  type FileReader,
  type Given,
  type Node,
  type StackSource,
} from '../cfn/index.ts'
import type { Problems } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import { Fields } from './fields.ts'
import { namesOf, STACK } from './members.ts'

export type { FileReader } from '../cfn/index.ts'

export interface Places {
  /** The template's tree, with the simulator's own resources beside its own. */
  readonly template: Node
  /** The section, functions unresolved; absent in a bare template. */
  readonly simulation: Node | undefined
  /** The template's file, as seen from the scenario's folder; absent when it is the scenario's own. */
  readonly path?: string
  /** Stacks beside that template. */
  readonly stacks: readonly StackSource[]
}

/** Finds the simulation and its template. Undefined when there is no template; what is wrong is in `problems`. */
export function findPlaces(root: Node, files: FileReader, problems: Problems): Places | undefined {
  const simulation = get(root, 'Simulation') ?? get(get(root, 'Metadata'), 'Simulation')
  const named = get(simulation, 'Template')
  if (named !== undefined) checkOverlay(root, problems)
  const stacks = readStacks(get(simulation, 'Stacks'), files, problems)
  if (stacks === undefined) return undefined
  // A file that only brings stacks together has no resources of its own.
  const bare = stacks.length > 0 && named === undefined && !has(root, 'Resources')
  if (bare) checkOverlay(root, problems)
  const own = named !== undefined ? readTemplateFile(named, '`Template`', files, problems) : bare ? empty(root) : root
  if (own === undefined) return undefined
  const inner = named === undefined ? undefined : (get(own, 'Simulation') ?? get(get(own, 'Metadata'), 'Simulation'))
  if (inner !== undefined)
    problems.warning('second-simulation', 'the template has a simulation of its own, which is left out', inner.span, {
      also: [{ span: named!.span, label: 'the one of this file counts' }],
    })
  const added = get(simulation, 'Resources')
  const path = named === undefined ? undefined : textOf(named)
  const template = added === undefined ? own : addResources(own, added, problems)
  for (const { name, span } of stacks) {
    if (has(get(template, 'Resources'), name))
      problems.error('name-taken', `the template has a resource \`${name}\` already`, span)
  }
  return { template, simulation, stacks, ...(path === undefined ? {} : { path }) }
}

/** The stacks of `Stacks`, each a template with the values of its parameters. Undefined when one cannot be read. */
function readStacks(node: Node | undefined, files: FileReader, problems: Problems): readonly StackSource[] | undefined {
  if (node === undefined) return []
  if (!isMap(node)) {
    problems.error('wrong-type', '`Stacks` is not a map of stacks', node.span, {
      label: 'expected such as `{ Network: { Template: network.yaml } }`',
    })
    return undefined
  }
  const stacks: StackSource[] = []
  for (const { key: name, keySpan: span, value } of entries(node)) {
    if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name))
      problems.error('bad-name', `\`${name}\` is not the name of a stack`, span, {
        label: 'a letter, then letters, digits and `-`',
      })
    const fields = new Fields(`the stack \`${name}\``, value, namesOf(STACK), problems)
    const file = fields.required('Template')
    const root = file === undefined ? undefined : readTemplateFile(file, '`Template`', files, problems)
    if (root === undefined || file === undefined) continue
    const parameters = new Map<string, Given>()
    for (const [key, text] of textsOf(value, 'Parameters', problems)) {
      const entry = entries(get(value, 'Parameters')).find((each) => each.key === key)
      parameters.set(key, { text, ...(entry && { span: entry.value.span, keySpan: entry.keySpan }) })
    }
    stacks.push({ name, root, path: textOf(file) ?? '', parameters, span })
  }
  return stacks.length < entries(node).length ? undefined : stacks
}

function empty(root: Node): Node {
  return new Dict(
    new Map([['Resources', { key: 'Resources', keySpan: root.span, value: new Dict(new Map(), root.span) }]]),
    root.span,
  )
}

/** A member of the section that must be known before the template is read: names to texts. */
export function textsOf(simulation: Node | undefined, member: string, problems: Problems): ReadonlyMap<string, string> {
  const made = new Map<string, string>()
  const node = get(simulation, member)
  if (node !== undefined && !isMap(node))
    problems.error('wrong-type', `\`${member}\` is not a map of names and values`, node.span)
  for (const { key, value } of entries(node)) {
    const texts = value.kind === 'list' ? value.items.map(textOf) : [textOf(value)]
    if (texts.every((text) => text !== undefined)) made.set(key, texts.join(','))
    else
      problems.error('wrong-type', `the value of \`${key}\` is not a text`, value.span, {
        label: 'expected a text, a number or a list of them; functions are not known here',
      })
  }
  return made
}

const OVERLAY = ['Simulation', 'Metadata', 'Description', 'AWSTemplateFormatVersion']

/** A file that names its template has no other sections: they would be read by nobody. */
function checkOverlay(root: Node, problems: Problems): void {
  for (const { key, keySpan } of entries(root)) {
    if (OVERLAY.includes(key)) continue
    const near = nearest(key, OVERLAY)
    problems.error('unknown-section', `\`${key}\` stands beside a simulation that names its \`Template\``, keySpan, {
      label: near === undefined ? 'only `Description` may; the rest is in the template' : `did you mean \`${near}\`?`,
    })
  }
}

function readTemplateFile(node: Node, what: string, files: FileReader, problems: Problems): Node | undefined {
  const path = textOf(node)
  if (path === undefined) problems.error('wrong-type', `${what} is not a path`, node.span)
  else {
    const file = files.read(path, 'template')
    if (file.ok) return parseDocument({ name: file.name ?? path, text: file.value }, problems, templateLimits)
    problems.error('unreadable-file', file.message, node.span, { label: file.help })
  }
  return undefined
}

/** The template with the resources of `Simulation.Resources` beside its own: origins that are no AWS service. */
function addResources(root: Node, added: Node, problems: Problems): Node {
  const own = get(root, 'Resources')
  if (!isMap(added)) problems.error('wrong-type', '`Resources` is not a map of resources', added.span)
  if (!isMap(root) || !isMap(own)) return root
  const pairs = new Map(own.pairs)
  for (const entry of entries(added)) {
    const type = textOf(get(entry.value, 'Type')) ?? ''
    if (!type.startsWith('Sim::'))
      problems.error('wrong-type', `\`${entry.key}\` is \`${type}\``, entry.keySpan, {
        label: 'only `Sim::` types are added here; AWS resources belong into the template',
      })
    else if (pairs.has(entry.key))
      problems.error('name-taken', `the template has a resource \`${entry.key}\` already`, entry.keySpan)
    else pairs.set(entry.key, entry)
  }
  return withMembers(root, { Resources: new Dict(pairs, own.span) })
}
