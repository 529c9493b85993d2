// What a node of a type can hold and how many processors it has, as the pages on parameters list it (rounded to 0.01 GiB).

const GIB = 1_073_741_824

/** `maxmemory` in GiB by family and size; other families of a letter are taken for these (EC-R10, quota table). */
const MEMORY: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  t: { micro: 0.5, small: 1.37, medium: 3.09 },
  m: { large: 6.38, xlarge: 12.93, '2xlarge': 26.04, '4xlarge': 52.26, '8xlarge': 103.68, '12xlarge': 157.12, '16xlarge': 209.55, '24xlarge': 314.32 },
  r: { large: 13.07, xlarge: 26.32, '2xlarge': 52.82, '4xlarge': 105.81, '8xlarge': 209.55, '12xlarge': 317.77, '16xlarge': 419.09, '24xlarge': 635.61 },
} // prettier-ignore

const PROCESSORS: Readonly<Record<string, number>> = { xlarge: 4, '2xlarge': 8, '4xlarge': 16, '8xlarge': 32, '12xlarge': 48, '16xlarge': 64, '24xlarge': 96 } // prettier-ignore

export interface NodeType {
  /** Bytes for data and what belongs to it, before any reserve. */
  readonly memory: number
  readonly processors: number
}

/** A node type such as `cache.r6g.large`; undefined when it is not one that is known here. */
export function nodeType(name: string): NodeType | undefined {
  const [, letter, size] = /^cache\.([a-z])[0-9][a-z]*\.([0-9]*[a-z]+)$/.exec(name) ?? []
  if (letter === undefined || size === undefined || !Object.hasOwn(MEMORY, letter)) return undefined
  const sizes = MEMORY[letter]!
  if (!Object.hasOwn(sizes, size)) return undefined
  return { memory: Math.round(sizes[size]! * GIB), processors: PROCESSORS[size] ?? 2 }
}
