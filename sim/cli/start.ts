// `hotshard start` (`npm start`): simulates the flagship scenario, prints its report, and serves the page to whoever looks on.
import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXIT } from './exit.ts'
import { badFlag, showProblem } from './problems.ts'
import { run } from './run.ts'
import { serve, type Served } from './serve.ts'
import { inPipeline } from './terminal.ts'

const NEXT = 'orders.yaml'
/** The package: one folder up from `dist`. */
const HOME = join(dirname(fileURLToPath(import.meta.url)), '..')
/** The published application first; where its template is not at hand, our own shop under the same flash crowd. */
const FLAGSHIPS = [
  { scenario: 'shopping-cart.yaml', needs: '../shared/corpus/flagship/shoppingcart-service.yaml' },
  { scenario: 'flash-crowd.yaml', needs: undefined },
]

/** Where the page is served unless told otherwise; the next free one when it is taken. */
export const PORT = 4184

/** The report; then, for people, the page until they end it. */
export async function startAndServe(port: number, home: string = HOME): Promise<number> {
  const code = start(home)
  const app = join(home, 'dist', 'app')
  const somebodyLooksOn = process.stdout.isTTY === true && !inPipeline()
  if (code !== EXIT.ok || !somebodyLooksOn) return code
  if (!existsSync(join(app, 'index.html'))) {
    process.stdout.write('the page is not built: `npm run build` builds it\n')
    return code
  }
  let served: Served
  try {
    served = await serve(app, port)
  } catch (error) {
    showProblem(badFlag(`the page cannot be served at \`--port ${port}\``, (error as Error).message), {})
    return EXIT.badInput
  }
  process.stdout.write(`\nsee it move: ${served.url}#scenario=flash-crowd (Ctrl+C ends)\n`)
  await served.closed
  return code
}

export function start(home: string = HOME): number {
  const shown = (path: string): string => relative(process.cwd(), path) || '.'
  let code: number | undefined
  for (const { scenario, needs } of FLAGSHIPS) {
    const path = join(home, 'scenarios', scenario)
    if (!existsSync(path) || (needs !== undefined && !existsSync(join(home, needs)))) continue
    process.stdout.write(
      `simulating ${shown(path)}${needs === undefined ? '' : ' (the template of aws-samples/aws-serverless-shopping-cart)'} …\n`,
    )
    code = run([shown(path)], needs === undefined ? {} : { root: shown(join(home, '..')) })
    if (code !== EXIT.badInput) break
    if (needs !== undefined)
      process.stdout.write('the published application cannot be simulated here; our own shop stands in for it\n')
  }
  if (code === undefined) {
    process.stderr.write(`the flagship scenario is missing from this installation: ${shown(join(home, 'scenarios'))}\n`)
    return EXIT.badInput
  }
  const folder = shown(join(home, 'scenarios'))
  process.stdout.write(`next: npx hotshard run ${join(folder, NEXT)} (more are in ${folder}), or your own template\n`)
  // The flagship is there to be looked at: that its expectations name its weak points is no failure of `npm start`.
  return code === EXIT.expectationFailed ? EXIT.ok : code
}
