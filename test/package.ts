// The package as npm would publish it, installed into a folder of its own: what its users have, without the sources beside it.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { writeTypes } from '../sim/cli/write-types.ts'

const ROOT = join(import.meta.dirname, '..')

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A project that has the package installed. */
export interface Project {
  readonly folder: string
  /** Runs a program in it, as a pipeline would, with more of an environment. */
  run(command: string, args: readonly string[], env?: Record<string, string>): Ran
  remove(): void
}

/** Builds, packs and installs it. The page, which takes its time, is left out; `besides` are packages that the project has of its own. */
export async function installed(besides: readonly string[] = []): Promise<Project> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'hotshard-package-')))
  const staged = join(work, 'staged')
  const folder = join(work, 'project')
  for (const path of [staged, folder]) mkdirSync(path)
  for (const name of ['package.json', 'README.md', 'LICENSE', 'NOTICE', 'public', 'scenarios'])
    cpSync(join(ROOT, name), join(staged, name), { recursive: true })
  const configFile = join(ROOT, 'sim/cli/vite.config.ts')
  await build({ configFile, logLevel: 'error', build: { outDir: join(staged, 'dist'), emptyOutDir: true } })
  await writeTypes(join(staged, 'dist'))
  const npm = (cwd: string, ...args: string[]): string =>
    execFileSync('npm', [...args, '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const tarball = npm(staged, 'pack', '--pack-destination', work).trim().split('\n').at(-1)!
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }))
  npm(folder, 'install', join(work, tarball))
  for (const name of besides) symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  return {
    folder,
    run(command, args, env = {}) {
      // Nothing of where the tests run is told to what they start.
      const own = Object.entries(process.env).filter(([name]) => !/^(?:VITEST|GITHUB_|CI_|npm_)/.test(name))
      const { status, stdout, stderr } = spawnSync(command, args, {
        cwd: folder,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        env: { ...Object.fromEntries(own), CI: 'true', NO_COLOR: '1', npm_config_offline: 'true', ...env },
      })
      return { status, stdout, stderr }
    },
    remove: () => rmSync(work, { recursive: true }),
  }
}

/** The blocks of code of a Markdown text, by language, with the text of their first line's comment when that is a file's name. */
export function blocksOf(
  path: string,
): { readonly language: string; readonly text: string; readonly file: string | undefined }[] {
  const text = readFileSync(join(ROOT, path), 'utf8')
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', block = '']) => ({
    language,
    text: block,
    file: /^(?:#|\/\/) (\S+\.\w+)\n/.exec(block)?.[1],
  }))
}
