// The small part of JSONPath that EventBridge takes: names, indices and wildcards, by dots or in brackets.

/** A name, an index, or '*' wrapped so that a key of that name is told from it. */
export type PathStep = string | number | { readonly all: true }
export type JsonPath = readonly PathStep[]

const LONGEST = 256
const ALL: PathStep = Object.freeze({ all: true })

/** Reads a path such as `$.detail.items[0].id` or `$['detail-type']`; undefined when it is none. */
export function readJsonPath(text: unknown): JsonPath | undefined {
  if (typeof text !== 'string' || text.length > LONGEST || !text.startsWith('$')) return undefined
  const steps: PathStep[] = []
  const step = /\.([A-Za-z0-9_/@:-]+)|\.(\*)|\[(\d{1,9})\]|\[(\*)\]|\[(?:'([^']*)'|"([^"]*)")\]/y
  for (let at = 1; at < text.length; at = step.lastIndex) {
    step.lastIndex = at
    const match = step.exec(text)
    if (match === null) return undefined
    const [, name, every, index, each, quoted, double] = match
    steps.push(index === undefined ? (name ?? quoted ?? double ?? ((every ?? each) ? ALL : '')) : Number(index))
  }
  return steps
}

/** What stands at a path; undefined when nothing does. A wildcard gives the list of all that it finds. */
export function valueAt(value: unknown, path: JsonPath, from = 0): unknown {
  let here = value
  for (let i = from; i < path.length; i++) {
    const step = path[i]
    if (typeof here !== 'object' || here === null) return undefined
    if (typeof step === 'object') {
      const found: unknown[] = []
      for (const each of Object.values(here)) {
        const value = valueAt(each, path, i + 1)
        if (value !== undefined) found.push(value)
      }
      return found
    }
    if (Array.isArray(here) !== (typeof step === 'number') || !Object.hasOwn(here, step)) return undefined
    here = (here as Record<string | number, unknown>)[step]
  }
  return here
}
