// Of several files the one that is the scenario, and the others as it sees them.

/** Texts by their paths, with slashes, from wherever they were dropped or opened. */
export type Texts = Readonly<Record<string, string>>

/** What the opened files are: a scenario with those beside it, or several that could be it. */
export type Found =
  | { readonly main: string }
  | { readonly candidates: readonly string[] }
  /** Nothing among them is a template or a scenario. */
  | undefined

const NAMES = /\.(?:ya?ml|json|template)$/i
const SCENARIO = /^Simulation\s*:|^\s*"Simulation"\s*:/m
const TEMPLATE = /^Resources\s*:|^\s*\{?\s*"Resources"\s*:/m

/** The scenario before its template, a template before those that it names, `template.yaml` before others. */
export function mainOf(files: Texts): Found {
  const paths = Object.keys(files)
  // A file by itself is meant, whatever is wrong with it.
  if (paths.length === 1) return { main: paths[0] }
  const named = paths.filter((path) => NAMES.test(path))
  const scenarios = named.filter((path) => SCENARIO.test(files[path]))
  const templates = named.filter((path) => TEMPLATE.test(files[path]))
  const all = scenarios.length > 0 ? scenarios : templates
  if (all.length === 0) return undefined
  const first = all.filter((path) => !all.some((other) => other !== path && files[other].includes(nameOf(path))))
  const usual = first.filter((path) => /^template\.\w+$/i.test(nameOf(path)))
  const least = Math.min(...usual.map(depthOf))
  for (const list of [first, usual.filter((path) => depthOf(path) === least)])
    if (list.length === 1) return { main: list[0] }
  return { candidates: (first.length > 0 ? first : all).sort() }
}

/** The files beside the main one, by their paths from its folder. */
export function besides(files: Texts, main: string): Texts {
  const folder = main.split('/').slice(0, -1)
  const made: Record<string, string> = Object.create(null)
  for (const [path, text] of Object.entries(files)) {
    if (path === main) continue
    const parts = path.split('/')
    let same = 0
    while (same < folder.length && same < parts.length - 1 && folder[same] === parts[same]) same++
    made[[...folder.slice(same).map(() => '..'), ...parts.slice(same)].join('/')] = text
  }
  return made
}

/** Those of the files that the text names, or that one of them names: what a run can read, and what a link must carry. */
export function namedIn(text: string, files: Texts): Texts {
  const made: Record<string, string> = Object.create(null)
  const left = new Set(Object.keys(files))
  for (const open = [text]; open.length > 0;) {
    const words = open.pop() as string
    for (const path of left) {
      if (!words.includes(nameOf(path))) continue
      left.delete(path)
      made[path] = files[path]
      open.push(files[path])
    }
  }
  return made
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const depthOf = (path: string): number => path.split('/').length
