// The command line as it is published, for every test of the suite.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { builtCli } from '../built.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built command line. */
    readonly built: string
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const built = await builtCli()
  writeFileSync(join(built, 'package.json'), '{ "type": "module" }\n')
  project.provide('built', built)
  return () => rmSync(built, { recursive: true, force: true })
}
