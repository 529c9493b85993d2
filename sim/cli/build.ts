// Which code this is: hosts that share runs must simulate alike, and the version's number alone does not say that they do.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { globSync } from 'tinyglobby'
import { VERSION } from './version.ts'

/** The version and eight digits of the code's content: `0.1.0+1a2b3c4d`. Two hosts have the same when they have the same build. */
export function build(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  return import.meta.url.endsWith('.ts')
    ? buildOf(join(here, '..'), ['**/*.{ts,json}', '!**/*.test.ts'])
    : buildOf(here, ['hotshard*.js'])
}

/** The same of a folder and the files in it that are the code. */
export function buildOf(folder: string, patterns: readonly string[]): string {
  const hash = createHash('sha256')
  for (const path of globSync([...patterns], { cwd: folder }).sort()) {
    const text = readFileSync(join(folder, path))
    hash.update(`${path}\0${text.length}\0`).update(text)
  }
  return `${VERSION}+${hash.digest('hex').slice(0, 8)}`
}
