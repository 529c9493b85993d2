// The command line as it is published, built into a folder of its own: for tests that start it often, or on many threads.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'

/** Builds it and answers the folder, which holds what `dist` holds; whoever asks removes it. */
export async function builtCli(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'hotshard-built-'))
  const configFile = join(import.meta.dirname, '../sim/cli/vite.config.ts')
  await build({ configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } })
  return outDir
}
