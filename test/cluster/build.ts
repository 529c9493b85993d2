// Builds the command line as it is published, into a folder of its own: `dist` stays as it is.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import type { TestProject } from 'vitest/node'

const ROOT = join(import.meta.dirname, '../..')

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built command line. */
    readonly built: string
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const built = mkdtempSync(join(tmpdir(), 'hotshard-built-'))
  writeFileSync(join(built, 'package.json'), '{ "type": "module" }\n')
  await build({
    configFile: join(ROOT, 'sim/cli/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: built, emptyOutDir: false },
  })
  project.provide('built', built)
  return () => rmSync(built, { recursive: true, force: true })
}
