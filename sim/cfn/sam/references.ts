// References to what only the transform named: `!Ref F.Alias`, `!GetAtt F.Version.Version`, `!Ref MyLayer` (SAM-R20, SAM-R33).
import { Dict, isList, isScalar, List, scalar, stringOf } from '../node.ts'
import type { Entry, Node } from '../node.ts'

/** The tree with every reference to a renamed thing pointing at its new logical id; the same tree when there is none. */
export function withReferences(node: Node, renamed: ReadonlyMap<string, string>): Node {
  if (renamed.size === 0 || isScalar(node)) return node
  if (isList(node)) {
    const items = node.items.map((item) => withReferences(item, renamed))
    return items.every((item, i) => item === node.items[i]) ? node : new List(items, node.span)
  }
  const pairs = new Map<string, Entry>()
  let changed = false
  for (const entry of node.pairs.values()) {
    const value = node.pairs.size === 1 ? referred(entry, renamed) : withReferences(entry.value, renamed)
    changed ||= value !== entry.value
    pairs.set(entry.key, value === entry.value ? entry : { ...entry, value })
  }
  return changed ? new Dict(pairs, node.span) : node
}

function referred({ key, value }: Entry, renamed: ReadonlyMap<string, string>): Node {
  if (key === 'Ref') {
    const name = renamed.get(stringOf(value) ?? '')
    return name === undefined ? value : scalar(name, value.span)
  }
  if (key === 'Fn::GetAtt') return attribute(value, renamed)
  if (key !== 'Fn::Sub') return withReferences(value, renamed)
  const text = stringOf(value)
  if (text !== undefined) return substituted(value, text, renamed)
  if (!isList(value)) return value
  const [head, ...rest] = value.items
  const headText = stringOf(head)
  if (head === undefined || headText === undefined) return value
  return new List(
    [substituted(head, headText, renamed), ...rest.map((item) => withReferences(item, renamed))],
    value.span,
  )
}

/** The longest beginning of `F.Version.Version` that was renamed gives way to its new name. */
function attribute(value: Node, renamed: ReadonlyMap<string, string>): Node {
  if (!isList(value)) {
    const text = stringOf(value)
    const made = text === undefined ? undefined : renamedPath(text, renamed)
    return made === undefined ? value : scalar(made, value.span)
  }
  const path = value.items.map((item) => stringOf(item))
  if (path.some((part) => part === undefined)) return value
  const made = renamedPath(path.join('.'), renamed)
  if (made === undefined) return value
  const dot = made.indexOf('.')
  const parts = dot < 0 ? [made] : [made.slice(0, dot), made.slice(dot + 1)]
  return new List(
    parts.map((part) => scalar(part, value.span)),
    value.span,
  )
}

function substituted(node: Node, text: string, renamed: ReadonlyMap<string, string>): Node {
  const made = text.replace(/\$\{([A-Za-z0-9.]+)\}/g, (whole: string, name: string) => {
    const path = renamedPath(name, renamed)
    return path === undefined ? whole : `\${${path}}`
  })
  return made === text ? node : scalar(made, node.span)
}

function renamedPath(path: string, renamed: ReadonlyMap<string, string>): string | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const name = renamed.get(path.slice(0, end))
    if (name !== undefined) return name + path.slice(end)
  }
  return undefined
}
