// Shapes and values in words, as messages show them.
import { isList, isMap, jsonOf, type Node } from '../cfn/index.ts'
import type { Shape } from '../registry/index.ts'

/** Longest value in a message, in characters. */
const SHOWN_MAX = 60

/** `a whole number`, `a list`, `a map or a text`. */
export function inWords(shape: Shape): string {
  switch (shape.kind) {
    case 'string':
      return 'a text'
    case 'integer':
      return 'a whole number'
    case 'number':
      return 'a number'
    case 'boolean':
      return '`true` or `false`'
    case 'list':
      return 'a list'
    case 'map':
    case 'record':
      return 'a map'
    case 'json':
      return 'a map'
    case 'union':
      return [...new Set(shape.of.map(inWords))].join(' or ')
  }
}

/** A value as it was written: a scalar in backticks, the rest as JSON, cut where it is long. */
export function shown(node: Node): string {
  if (node.kind === 'scalar') return `\`${cut(node.text)}\``
  if (isMap(node) && node.pairs.size === 0) return 'an empty map'
  return isList(node) && node.items.length === 0 ? 'an empty list' : cut(jsonOf(node))
}

function cut(text: string): string {
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 1)}…` : text
}
