// Seeds as people write them: `1..30`, `7`, `1,2,5..9`.
const SEEDS_MAX = 100_000
const SEED_MAX = 9007199254740991
const PART = /^(\d{1,16})(?:\.\.(\d{1,16}))?$/

export type ReadSeeds =
  | { readonly ok: true; readonly seeds: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly help: string }

/** Reads a list of seeds and ranges, each seed once, in the order in which they are written. At most 100,000. */
export function parseSeeds(text: string): ReadSeeds {
  const seeds = new Set<string>()
  for (const part of text.split(',')) {
    const [, from = '', to = from] = PART.exec(part.trim()) ?? []
    const first = Number(from)
    const last = Number(to)
    if (from === '' || last > SEED_MAX || first > SEED_MAX)
      return refused(`\`${part.trim()}\` is no seed and no range of seeds`, 'such as `1..30` or `1,2,5..9`')
    if (last < first) return refused(`\`${part.trim()}\` ends before it begins`, `write \`${to}..${from}\``)
    if (seeds.size + last - first >= SEEDS_MAX) return refused('these are more than 100,000 seeds', 'ask for fewer')
    for (let seed = first; seed <= last; seed++) seeds.add(String(seed))
  }
  return { ok: true, seeds: [...seeds] }
}

function refused(message: string, help: string): ReadSeeds {
  return { ok: false, message, help }
}

/** Seeds as they would be written: `1..3,7`. */
export function seedsText(seeds: readonly string[]): string {
  const parts: string[] = []
  for (let i = 0; i < seeds.length;) {
    let end = i
    while (end + 1 < seeds.length && isNext(seeds[end]!, seeds[end + 1]!)) end++
    parts.push(end > i + 1 ? `${seeds[i]}..${seeds[end]}` : seeds.slice(i, end + 1).join(','))
    i = end + 1
  }
  return parts.join(',')
}

function isNext(a: string, b: string): boolean {
  return PART.test(a) && PART.test(b) && Number(b) === Number(a) + 1
}
