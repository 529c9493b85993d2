// What `hotshard import` would write for each template of the corpus loads, and simulates the very same.
import { basename, dirname } from 'node:path'
import { overlayText } from '../../sim/infer/index.ts'
import { runScenario } from '../../sim/run/run.ts'
import { load, loadBare, templatesBelow } from './bare.ts'
import type { Suite } from './suite.ts'

function compare(path: string): void {
  const bare = loadBare(path)
  if (bare.draft === undefined) throw new Error('nothing was inferred')
  const text = overlayText(bare.draft, {
    template: basename(path),
    parameters: new Map(),
    notSimulated: bare.notSimulated.map(({ message }) => message),
  })
  const overlay = load({ name: 'overlay.yaml', text }, dirname(path))
  const [own, written] = [bare, overlay].map((scenario) => runScenario(scenario).world.kernel.digest.hex())
  if (own !== written) throw new Error(`bare ${own}, as written ${written}`)
}

export default {
  name: 'import',
  cases: [...templatesBelow('templates'), ...templatesBelow('flagship')].map((path) => ({
    name: path,
    run: () => compare(path),
  })),
} satisfies Suite
