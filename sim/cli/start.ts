// `hotshard start` (`npm start`): simulates the flagship scenario and prints its report.
import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXIT } from './exit.ts'
import { run } from './run.ts'

/** The published application first; where its template is not at hand, our own shop under the same flash crowd. */
const FLAGSHIPS = [
  { scenario: 'shopping-cart.yaml', needs: '../shared/corpus/flagship/shoppingcart-service.yaml' },
  { scenario: 'flash-crowd.yaml', needs: undefined },
]

export function start(): number {
  const home = join(dirname(fileURLToPath(import.meta.url)), '..')
  for (const { scenario, needs } of FLAGSHIPS) {
    const path = join(home, 'scenarios', scenario)
    if (!existsSync(path) || (needs !== undefined && !existsSync(join(home, needs)))) continue
    const shown = relative(process.cwd(), path)
    process.stdout.write(
      `simulating ${shown}${needs === undefined ? '' : ' (the template of aws-samples/aws-serverless-shopping-cart)'} …\n`,
    )
    const code = run([shown], needs === undefined ? {} : { root: relative(process.cwd(), join(home, '..')) || '.' })
    process.stdout.write('next: npx hotshard run scenarios/*.yaml, or npx hotshard run your-template.yaml\n')
    // The flagship is there to be looked at: that its expectations name its weak points is no failure of `npm start`.
    return code === EXIT.expectationFailed ? EXIT.ok : code
  }
  process.stderr.write('the flagship scenario is missing from this installation\n')
  return EXIT.badInput
}
