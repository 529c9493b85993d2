// The same digests from Node 20, 22 and 24 as from the Node that runs this: the binaries come from the npm packages of Node.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { scenarioNames } from '../scenarios.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const HOME = `${ROOT}node_modules/.cache/hotshard/nodes`
const MAJORS = [20, 22, 24]

/** The binary of a major version, installed beside the other caches on first use. */
function nodeBinary(major: number): string {
  const prefix = `${HOME}/${major}`
  const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const binary = `${prefix}/node_modules/${packageName}/bin/node`
  if (!existsSync(binary)) {
    mkdirSync(prefix, { recursive: true })
    execFileSync(
      'npm',
      ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix, `${packageName}@${major}`],
      { stdio: 'pipe' },
    )
  }
  return binary
}

function digestOf(node: string, scenario: string): string {
  const run = spawnSync(
    node,
    ['dist/hotshard.js', 'run', `scenarios/${scenario}`, '--format', 'json', '--duration', '3m'],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  if (run.status !== 0 && run.status !== 1)
    throw new Error(`${node} ended with ${run.status}: ${run.stderr.slice(0, 500)}`)
  return (JSON.parse(run.stdout) as { digest: { total: string } }).digest.total
}

export default {
  name: 'nodes',
  cases: MAJORS.flatMap((major) =>
    scenarioNames().own.map((scenario) => ({
      name: `Node ${major} runs ${scenario} to the same digest`,
      run(): void {
        const here = digestOf(process.execPath, scenario)
        const there = digestOf(nodeBinary(major), scenario)
        if (here !== there) throw new Error(`${there} instead of ${here}`)
      },
    })),
  ),
}
