// The texts that the fuzzer begins from: the project's scenarios and mistakes, its own dense seeds, and the corpus when it is at hand.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Seed } from './mutate.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const OWN = ['scenarios', 'test/bad', 'test/fuzz/seeds', 'test/fuzz/found']
const CORPUS = ['templates', 'sam-pairs', 'flagship', 'conformance/cloudformation'].map(
  (name) => `../shared/corpus/${name}`,
)
/** Larger texts say nothing new and take the time of many small ones. */
const LARGEST = 12_000

/** Seeds in order of path; `own` leaves the corpus out, so that every checkout has the same. */
export function readSeeds(which: 'all' | 'own' = 'all'): Seed[] {
  const folders = [...OWN, ...(which === 'own' ? [] : CORPUS)].map((folder) => join(ROOT, folder))
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap(filesBelow)
    .map((path) => ({ text: readFileSync(path, 'utf8') }))
    .filter((seed) => seed.text.length <= LARGEST)
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesBelow(path)
    return /\.(ya?ml|json|template)$/.test(entry.name) ? [path] : []
  })
}
