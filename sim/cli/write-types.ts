// `npm run declarations`: writes the types of the library, `index.d.ts` and `vitest.d.ts`, beside what they describe. A part of every build.
//
// The compiler writes a declaration for every source that the library reaches; what of them its users can see is put into two files.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'
import { ROOT } from './rooms-index.ts'

const LIBRARY = ['index', 'vitest']

/** Writes the declarations into a folder. */
export async function writeTypes(folder: string): Promise<void> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'hotshard-types-')))
  try {
    const config = {
      extends: join(ROOT, 'tsconfig.base.json'),
      compilerOptions: {
        ...{
          composite: false,
          noCheck: true,
          declaration: true,
          emitDeclarationOnly: true,
          noUncheckedIndexedAccess: true,
        },
        ...{ rootDir: ROOT, outDir: work, typeRoots: [join(ROOT, 'node_modules/@types')] },
      },
      files: LIBRARY.map((name) => join(ROOT, `sim/cli/library/${name}.ts`)),
    }
    writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(config))
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--project', work], {
      stdio: 'inherit',
    })
    const bundle = await rolldown({
      cwd: work,
      input: Object.fromEntries(LIBRARY.map((name) => [name, join(work, `sim/cli/library/${name}.d.ts`)])),
      external: ['vitest'],
      plugins: [dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false })],
    })
    await bundle.write({ dir: folder, chunkFileNames: 'types.d.ts' })
  } finally {
    rmSync(work, { recursive: true })
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href)
  await writeTypes(join(ROOT, 'dist'))
