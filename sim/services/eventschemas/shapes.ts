// The shape of JSON values: what fields there are and of which kind, grown by each value that does not fit yet.
//
// The one idea: a shape is a value of its own and is never changed. Whoever grows it gets the same shape back when the value fits,
// so that a new version is a new object.

export type Shape =
  | { readonly kind: 'text' | 'number' | 'truth' | 'nothing' | 'any' }
  | { readonly kind: 'map'; readonly fields: ReadonlyMap<string, Shape> }
  /** `of` is null while no list has had an item. */
  | { readonly kind: 'list'; readonly of: Shape | null }
  /** Values of several kinds stand there, each at most once. */
  | { readonly kind: 'either'; readonly of: readonly Shape[] }

/** Levels that are looked into, and fields of one map; what is beyond is `any`. */
const DEPTH_MAX = 16
const FIELDS_MAX = 500

const ANY: Shape = Object.freeze({ kind: 'any' })
const PLAIN = {
  string: Object.freeze({ kind: 'text' }) as Shape,
  number: Object.freeze({ kind: 'number' }) as Shape,
  boolean: Object.freeze({ kind: 'truth' }) as Shape,
}
const NOTHING: Shape = Object.freeze({ kind: 'nothing' })

/** The shape that covers `value` too: `shape` itself when it does already; null stands for no value so far. */
export function grown(shape: Shape | null, value: unknown, depth = 0): Shape {
  if (depth > DEPTH_MAX) return ANY
  if (shape === null) return shapeOf(value, depth)
  if (shape.kind === 'any') return shape
  if (shape.kind === 'either') {
    const at = shape.of.findIndex((each) => each.kind === kindOf(value))
    if (at < 0) return { kind: 'either', of: [...shape.of, shapeOf(value, depth)] }
    const next = grown(shape.of[at]!, value, depth)
    return next === shape.of[at] ? shape : { kind: 'either', of: shape.of.with(at, next) }
  }
  if (shape.kind !== kindOf(value)) return { kind: 'either', of: [shape, shapeOf(value, depth)] }
  if (shape.kind === 'list') {
    let of = shape.of
    for (const item of value as readonly unknown[]) of = grown(of, item, depth + 1)
    return of === shape.of ? shape : { kind: 'list', of }
  }
  if (shape.kind !== 'map') return shape
  let fields: Map<string, Shape> | undefined
  for (const [name, field] of Object.entries(value as object)) {
    const known = (fields ?? shape.fields).get(name) ?? null
    if (known === null && (fields ?? shape.fields).size >= FIELDS_MAX) return ANY
    const next = grown(known, field, depth + 1)
    if (next !== known) (fields ??= new Map(shape.fields)).set(name, next)
  }
  return fields === undefined ? shape : { kind: 'map', fields }
}

function shapeOf(value: unknown, depth: number): Shape {
  const kind = kindOf(value)
  if (kind === 'map') return grown({ kind: 'map', fields: new Map() }, value, depth)
  if (kind === 'list') return grown({ kind: 'list', of: null }, value, depth)
  return PLAIN[typeof value as keyof typeof PLAIN] ?? NOTHING
}

function kindOf(value: unknown): Shape['kind'] {
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'object' && value !== null) return 'map'
  return (PLAIN[typeof value as keyof typeof PLAIN] ?? NOTHING).kind
}

/** A shape in words: `{ id: number, items: [{ sku: text }] }`. */
export function shapeText(shape: Shape | null): string {
  if (shape === null) return 'any'
  switch (shape.kind) {
    case 'map':
      return shape.fields.size === 0
        ? '{}'
        : `{ ${[...shape.fields].map(([name, field]) => `${name}: ${shapeText(field)}`).join(', ')} }`
    case 'list':
      return `[${shape.of === null ? '' : shapeText(shape.of)}]`
    case 'either':
      return shape.of.map(shapeText).join(' | ')
    default:
      return shape.kind
  }
}
