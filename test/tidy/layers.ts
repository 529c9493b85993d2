// Who may import whom: the layers of the house as data, and the rule that reads them.
//
// Arrows go one way. A folder that needs something from above gets it as a parameter; what two services share is a part.
import { importsOf, isSource, isTest, resolveImport, type SourceFile } from './source.ts'

export interface Layer {
  readonly folder: string
  /** Folders (or single files) of `sim` that it may import besides itself. */
  readonly imports: readonly string[]
  /** Files of those folders that it may not import, with the reason. */
  readonly except?: readonly string[]
  /** Packages; `node:*` stands for all of Node's own. */
  readonly packages?: readonly string[]
  /** What to do instead of an import that is not allowed. */
  readonly instead: string
}

export const LAYERS: readonly Layer[] = [
  {
    folder: 'engine',
    imports: [],
    packages: ['seedrandom'],
    instead: 'the engine knows neither AWS nor the scenario: pass what it needs as numbers or functions',
  },
  {
    folder: 'diag',
    imports: [],
    packages: ['fastest-levenshtein'],
    instead: 'diagnostics know texts and places alone: pass them as parameters',
  },
  {
    folder: 'registry',
    imports: [],
    instead: 'the registry is data about names and types: whoever checks a text against it stands above it',
  },
  // A room names the problems of its properties by their slugs, which a type keeps to those that are explained.
  {
    folder: 'model',
    imports: ['engine', 'diag/catalogue.ts'],
    instead: 'the contract knows the engine and the slugs of problems by their types alone',
  },
  // Parts speak to a room's `Sim` (retries open calls, the interpreter runs handlers), so they know the contract.
  {
    folder: 'parts',
    imports: ['engine', 'model'],
    packages: ['@noble/hashes'],
    instead: 'a part serves any room: take the difference as a parameter',
  },
  {
    folder: 'services/*',
    imports: ['model', 'parts', 'engine', 'lint/contract.ts', 'lint/examples.ts'],
    instead:
      'services meet on edges, as in AWS: call the other one through `sim.edge`, or move the shared mechanism to sim/parts',
  },
  {
    folder: 'services/index.ts',
    imports: ['model', 'lint/contract.ts', 'services/*'],
    instead: 'the index is generated: run `npm run rooms`',
  },
  // A property may hold a distribution in the scenario's words; reading that one text needs nothing else of the language.
  {
    folder: 'derive',
    imports: ['model', 'diag', 'engine', 'lang/distribution.ts'],
    instead: 'what is derived from a definition names no service and knows no scenario: take it as a parameter',
  },
  // A template is read before anybody asks what its resources mean, so cfn stands below the language, not above it.
  {
    folder: 'cfn',
    imports: ['diag', 'registry'],
    packages: ['yaml'],
    instead: 'a template is read without the language: let sim/lang call sim/cfn and look up what it needs',
  },
  // Inference reads a template as data; which of it is simulated is asked of the language, through parameters.
  {
    folder: 'infer',
    imports: ['cfn', 'diag'],
    packages: ['yaml'],
    instead: 'inference knows templates alone: take what a room can do as a parameter from sim/lang',
  },
  {
    folder: 'lint',
    imports: ['cfn', 'diag', 'infer', 'model', 'parts', 'services/index.ts'],
    instead: 'a lint reads what was written and the plan that came of it: put what it needs into the scene',
  },
  {
    folder: 'typecheck',
    imports: ['cfn', 'diag', 'registry'],
    instead: 'what AWS would refuse is decided without knowing what is simulated: let sim/lang weigh the findings',
  },
  // What others recorded is read below the language, because a scenario's load may be a recording.
  {
    folder: 'recorded',
    imports: ['engine', 'diag', 'parts'],
    packages: ['papaparse'],
    instead:
      'recordings, fits and comparisons are plain data about texts and numbers: take files and runs as parameters',
  },
  // The language compiles texts to what the engine runs (times, distributions, key choices) and to the parts' programs.
  {
    folder: 'lang',
    imports: [
      'cfn',
      'infer',
      'derive',
      'diag',
      'engine',
      'lint',
      'model',
      'parts',
      'recorded',
      'registry',
      'typecheck',
      'services/index.ts',
    ],
    except: ['engine/kernel.ts', 'engine/recorder.ts', 'engine/calls.ts'],
    packages: ['yaml'],
    instead: 'the language ends at the plan of sim/model/plan.ts and names no service: look it up in the registry',
  },
  { folder: 'metrics', imports: ['model', 'engine'], instead: 'metrics read series and names, whoever publishes them' },
  {
    folder: 'insights',
    imports: ['model', 'metrics'],
    instead: 'insights join what rooms have found and name no service: a rule about one service stands in its room',
  },
  {
    folder: 'run',
    imports: ['engine', 'diag', 'model', 'parts', 'lang', 'metrics', 'insights'],
    instead: 'a run knows rooms by their contract, and neither the terminal nor files: return plain data',
  },
  {
    folder: 'experiment',
    imports: ['engine', 'diag', 'model', 'parts', 'lang', 'metrics', 'run'],
    instead:
      'an experiment asks for runs and is told outcomes: where they are done and shown is for the terminal or the page',
  },
  {
    folder: 'report',
    imports: ['engine', 'diag', 'parts', 'run', 'recorded', 'validate', 'experiment'],
    packages: ['yaml'],
    instead: 'a report is made of plain data about a run: let whoever has the run pass it',
  },
  {
    folder: 'validate',
    imports: ['engine', 'diag', 'parts', 'model', 'recorded', 'lang', 'metrics', 'run'],
    instead: 'a run is held against recordings as plain data: take files and the terminal as parameters',
  },
  {
    folder: 'traces',
    imports: ['engine', 'model', 'run'],
    instead:
      'a waterfall is plain data about a run: rooms say in their definitions what their timers mean to a request',
  },
  // A frame is read from a world between two steps; nothing of the browser is known here, so that all of it runs in Node.
  {
    folder: 'frames',
    imports: ['engine', 'diag', 'model', 'lang', 'metrics', 'run', 'experiment/warm-up.ts', 'report', 'traces'],
    instead: 'frames are plain data about a run: take what the browser or the terminal knows as a parameter',
  },
  {
    folder: 'schema',
    imports: ['lang', 'model', 'parts', 'registry'],
    instead: 'the schema is made from what the language reads and the rooms know: look it up there',
  },
  {
    folder: 'assist',
    imports: ['cfn', 'diag', 'infer', 'lang', 'lint', 'model', 'parts', 'registry', 'run', 'schema'],
    packages: ['yaml'],
    instead: 'an editor is told what others know: names, words and rules are looked up where they are made',
  },
  {
    folder: 'cli',
    imports: ['*', 'package.json'],
    packages: [
      'node:*',
      'commander',
      'cli-progress',
      'picocolors',
      'rolldown',
      'rolldown-plugin-dts',
      'tinyglobby',
      'bullmq',
      'ioredis',
      'vite',
      'vitest',
      'workerpool',
      'hyparquet-writer',
      'tsx',
      '@aws-cdk/aws-service-spec',
      '@aws-cdk/service-spec-types',
    ],
    instead: 'add the package to the list in test/tidy/layers.ts, with its reason',
  },
  {
    folder: 'index.ts',
    imports: ['frames', 'diag', 'assist', 'experiment'],
    instead: 'the public door leads to plain data',
  },
]

/** The page: of the simulator it sees the one door, so that what crosses to the worker stays plain data. */
const PAGE: Layer = {
  folder: 'src',
  imports: ['index.ts'],
  packages: [
    'react',
    'react-dom',
    'zustand',
    'immer',
    'pixi.js',
    '@dagrejs/dagre',
    'fflate',
    // The editor, in a chunk of its own.
    '@codemirror/autocomplete',
    '@codemirror/commands',
    '@codemirror/lang-json',
    '@codemirror/lang-yaml',
    '@codemirror/language',
    '@codemirror/lint',
    '@codemirror/search',
    '@codemirror/state',
    '@codemirror/view',
    '@lezer/highlight',
    'uplot',
    '@fontsource/inter',
    '@fontsource/jetbrains-mono',
  ],
  instead:
    'the page enters the simulator by sim/index.ts; a package is added to test/tidy/layers.ts, with its reason in ARCHITECTURE.md',
}

/** The layer that a path under `sim/` belongs to. */
function layerOf(path: string): Layer | undefined {
  const parts = path.split('/').slice(1)
  const name =
    parts.length === 1 || (parts[0] === 'services' && parts.length === 2)
      ? parts.join('/')
      : parts[0] === 'services'
        ? 'services/*'
        : parts[0]
  return LAYERS.find((layer) => layer.folder === name)
}

/** Imports that go against the layers. Unit tests beside the code may import anything: they see the whole. */
export function layerProblems(files: readonly SourceFile[]): string[] {
  const problems: string[] = []
  for (const file of files) {
    if (!isSource(file.path)) continue
    for (const { line, from } of importsOf(file.text)) {
      const target = from.startsWith('.') ? resolveImport(file.path, from) : undefined
      const place = `${file.path}:${line}`
      if (target !== undefined && /\.test\.tsx?$/.test(target))
        problems.push(`${place}: imports the test ${target}; move what is shared to a file of its own`)
      else if (isTest(file.path)) continue
      else if (file.path.startsWith('src/')) {
        if (!allowsPage(from, target))
          problems.push(`${place}: the page may not import ${target ?? from}; ${PAGE.instead}`)
      } else if (!file.path.startsWith('sim/')) continue
      else {
        const layer = layerOf(file.path)
        if (layer === undefined)
          problems.push(`${place}: no layer is named for this folder; add it to test/tidy/layers.ts`)
        else if (!allows(layer, file.path, from, target))
          problems.push(`${place}: ${layer.folder} may not import ${target ?? from}; ${layer.instead}`)
      }
    }
  }
  return problems
}

function allowsPage(from: string, target: string | undefined): boolean {
  if (target !== undefined) return target.startsWith('src/') || PAGE.imports.includes(target.replace(/^sim\//, ''))
  return PAGE.packages?.includes(from.split('/', from.startsWith('@') ? 2 : 1).join('/')) === true
}

function allows(layer: Layer, file: string, from: string, target: string | undefined): boolean {
  if (target === undefined) {
    const name = from.startsWith('node:') ? 'node:*' : from.split('/', from.startsWith('@') ? 2 : 1).join('/')
    return layer.packages?.includes(name) === true
  }
  if (!target.startsWith('sim/')) return layer.imports.includes(target)
  const path = target.slice('sim/'.length)
  if (layer.except?.includes(path) === true) return false
  const own = layer.folder === 'services/*' ? file.split('/').slice(1, 3).join('/') : layer.folder
  if (path.startsWith(`${own}/`)) return true
  return layer.imports.some((each) => {
    if (each === '*') return true
    if (each === 'services/*') return /^services\/[^/]+\//.test(path)
    return path === each || path.startsWith(`${each}/`)
  })
}
