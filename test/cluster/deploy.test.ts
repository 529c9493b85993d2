// The manifests and the workflow that users copy, done: every command of theirs is run, and the results are those of one host.
import { once } from 'node:events'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { basename, dirname, join, relative } from 'node:path'
import { globSync } from 'tinyglobby'
import { expect, test } from 'vitest'
import { deployed, find, manifestsIn, podOf, workflowIn, type Step } from '../deploy.ts'
import { Host, startPod, type Cluster, type Running } from './pods.ts'
import { HAS_REDIS, RedisServer } from './redis.ts'
import { built, until, WorkerProcess } from './workers.ts'

const SHARDS = manifestsIn(deployed('kubernetes-shards.yaml'))
const WORKERS = manifestsIn(deployed('kubernetes-workers.yaml'))
const SCENARIO = find(SHARDS, 'ConfigMap', 'hotshard-scenario')

/** Comes back after a short pause, at least when the load is small. */
const RECOVERING = `
Parameters: { Workers: { Type: Number, Default: 4, MinValue: 1 } }
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: !Ref Workers, ServiceTime: exponential(40ms) } } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 40/s, Client: { Timeout: 1s } } }
  Expect: [p99(Origin.Latency) < 400 ms]
`

async function good(running: Running): Promise<string> {
  const code = await running.code()
  expect(code, running.output()).toBe(0)
  return running.output()
}

/** The results of the same sweep on one host. */
async function oneHost(host: Host, folder: string, scenario: string): Promise<string> {
  const out = join(host.folder, 'one-host.csv')
  const flags = ['--set', 'Capacity=16..32:4', '--seeds', '1..5', '--out', out]
  await good(host.start(['hotshard', 'sweep', scenario, ...flags], {}, folder))
  return readFileSync(out, 'utf8')
}

test('the shards of an indexed Job, one of which is killed and begins again, are merged to the results of one host', async () => {
  await using host = new Host()
  const cluster: Cluster = { host, manifests: SHARDS }
  const job = find(SHARDS, 'Job', 'hotshard-shards')
  const merging = startPod(cluster, podOf(find(SHARDS, 'Job', 'hotshard-merge')))
  const pod = (index: number): Running => startPod(cluster, podOf(job), { JOB_COMPLETION_INDEX: String(index) })
  const results = host.dir('hotshard-results')
  const journal = join(results, 'shard-0.jsonl.journal')
  const lost = pod(0)
  await until(
    () => existsSync(journal) && readFileSync(journal, 'utf8').includes('"run":'),
    () => `the journal of the first shard\n${lost.output()}`,
  )
  lost.kill('SIGKILL')
  expect(await lost.code(), 'it was in the middle of it').toBeNull()
  const pods = Array.from({ length: job.spec!.completions! }, (_, index) => pod(index))
  for (const each of pods) await good(each)
  await good(merging)
  const merged = readFileSync(join(results, 'result.csv'), 'utf8')
  expect(merged.split('\n')).toHaveLength(5 * 5 + 2)
  expect(merged).toBe(await oneHost(host, host.folder, join(host.dir('hotshard-scenario'), 'scenario.yaml')))
})

test.skipIf(!HAS_REDIS)(
  'workers behind Redis give the results of one host, and stop as Kubernetes asks them to',
  async () => {
    await using host = new Host()
    const [redisPort, healthPort] = [await freePort(), await freePort()]
    const cluster: Cluster = {
      ...{ host, manifests: [...WORKERS, SCENARIO], secrets: { 'hotshard-redis/password': 'geheim' } },
      elsewhere: [
        ['redis://hotshard-redis:6379', `redis://127.0.0.1:${redisPort}`],
        ['--port 6379', `--port ${redisPort} --bind 127.0.0.1`],
        ['8080', String(healthPort)],
      ],
    }
    const workerPod = podOf(find(WORKERS, 'Deployment', 'hotshard-worker'))
    const { livenessProbe, readinessProbe } = workerPod.spec.containers[0]!
    const status = async (path: string): Promise<number> =>
      fetch(`http://127.0.0.1:${healthPort}${path}`).then(
        (response) => response.status,
        () => 0,
      )
    // In the wrong order: nobody says when which pod starts.
    const sweep = startPod(cluster, podOf(find(WORKERS, 'Job', 'hotshard-sweep')))
    const worker = startPod(cluster, workerPod)
    await until(
      async () => (await status(livenessProbe!.httpGet.path)) === 200,
      () => worker.output(),
    )
    expect(await status(readinessProbe!.httpGet!.path)).toBe(503)
    const redis = startPod(cluster, podOf(find(WORKERS, 'Deployment', 'hotshard-redis')))
    await good(sweep)
    expect(await status(readinessProbe!.httpGet!.path)).toBe(200)
    worker.kill('SIGTERM')
    expect(await good(worker)).toMatch(/SIGTERM: 0 under way/)
    const found = readFileSync(join(host.dir('hotshard-results'), 'result.csv'), 'utf8')
    expect(found).toBe(await oneHost(host, host.folder, join(host.dir('hotshard-scenario'), 'scenario.yaml')))
    expect(worker.output() + sweep.output()).not.toContain('geheim')
    redis.kill('SIGTERM')
  },
)

test('the workflow fails no step, and its whole is that of one host', async () => {
  await using host = new Host()
  const { jobs, env = {} } = workflowIn(deployed('github-sweep.yaml'))
  /** What has been uploaded, by the names of artifacts. */
  const artifacts = host.dir('artifacts')
  const summary = join(host.folder, 'summary.md')
  const texts = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]))

  const does = async (step: Step, cwd: string, matrix: Readonly<Record<string, unknown>>): Promise<void> => {
    const filled = (text: unknown): string =>
      String(text).replace(/\$\{\{ matrix\.(\w+) \}\}/g, (_, name: string) => String(matrix[name]))
    if (step.run !== undefined) {
      // As GitHub does when no shell is named.
      const script = join(cwd, 'step.sh')
      writeFileSync(script, filled(step.run))
      await good(host.start(['bash', '-e', script], { ...texts, CI: 'true', GITHUB_STEP_SUMMARY: summary }, cwd))
    } else if (step.uses!.startsWith('actions/checkout@')) {
      const folder = host.dir(join(relative(host.folder, cwd), 'scenarios'))
      writeFileSync(join(folder, 'checkout.yaml'), SCENARIO.data!['scenario.yaml']!)
    } else if (step.uses!.startsWith('actions/upload-artifact@')) {
      const path = filled(step.with!['path'])
      cpSync(join(cwd, path), join(host.dir(join('artifacts', filled(step.with!['name']))), path))
    } else if (step.uses!.startsWith('actions/download-artifact@')) {
      expect(step.with!['merge-multiple']).toBe(true)
      for (const file of globSync(`${filled(step.with!['pattern'])}/*`, { cwd: artifacts, absolute: true }))
        cpSync(file, join(cwd, basename(file)))
    } else expect(step.uses).toMatch(/^actions\/setup-node@/)
  }
  for (const [name, job] of Object.entries(jobs)) {
    const [axis, values] = Object.entries(job.strategy?.matrix ?? { none: [''] })[0]!
    for (const value of values)
      for (const step of job.steps) await does(step, host.dir(`${name}-${value}`), { [axis]: value })
  }
  expect(readFileSync(join(artifacts, 'junit/hotshard.xml'), 'utf8')).toContain('<testsuites')
  expect(readFileSync(summary, 'utf8')).toMatch(/```\n[^]*Capacity[^]*```\n$/)
  const whole = readFileSync(join(artifacts, 'result/result.csv'), 'utf8')
  expect(whole).toBe(await oneHost(host, host.dir('shard-1'), 'scenarios/checkout.yaml'))
})

test.skipIf(!HAS_REDIS)('every experiment says the same, wherever its runs are done', async () => {
  await using redis = await new RedisServer().start()
  await using host = new Host()
  writeFileSync(join(host.folder, 'a.yaml'), RECOVERING)
  await using worker = new WorkerProcess([built(), 'worker', '--redis', redis.url, '--concurrency', '2'])
  await worker.says(/takes runs/)
  for (const command of [
    ['run', 'a.yaml', '--seeds', '1..6'],
    ['compare', 'a.yaml', '--set-b', 'Workers=2', '--seeds', '1..4'],
    ['find', 'a.yaml', '--set', 'Workloads.Load.Scale=0.1..3:0.1', '--until', 'fail', '--seeds', '1..6'],
    ['map', 'a.yaml', '--load', 'Workloads.Load.Scale=0.5..2:0.5', '--trigger', 'pause(Origin)=0s..4s:2s'],
  ]) {
    const done = worker.runs.length
    const [here, there] = await Promise.all(
      [
        ['--workers', '1'],
        ['--redis', redis.url],
      ].map(async (where) => {
        const running = host.start(['hotshard', ...command, '--format', 'json', ...where], {})
        return { code: await running.code(), said: running.output() }
      }),
    )
    expect(there, command[0]).toEqual(here)
    expect([0, 1], here!.said).toContain(here!.code)
    expect(worker.runs.length, command[0]).toBeGreaterThan(done)
  }
  const wrong = async (...words: string[]): Promise<string> => {
    const running = host.start(['hotshard', ...words], {})
    expect(await running.code(), running.output()).toBe(2)
    return running.output()
  }
  expect(await wrong('run', 'a.yaml', '--redis', redis.url)).toContain('ask for several with `--seeds 1..30`')
  expect(await wrong('sweep', 'a.yaml', '--redis', redis.url, '--workers', '2')).toContain('leave one of them out')
  await redis.kill()
  const lost = await wrong('compare', 'a.yaml', '--set-b', 'Workers=2', '--redis', redis.url)
  expect(lost).toContain(`Redis at \`${redis.url}\` cannot be used`)
})

test('no other command loads the client of Redis', async () => {
  await using host = new Host()
  const folder = host.dir('without')
  cpSync(dirname(built()), folder, { recursive: true })
  rmSync(join(folder, 'hotshard-redis.js'))
  writeFileSync(join(host.folder, 'a.yaml'), SCENARIO.data!['scenario.yaml']!)
  const command = (...words: string[]): Running =>
    host.start([process.execPath, join(folder, 'hotshard.js'), ...words], {})
  await good(command('run', 'a.yaml'))
  await good(command('sweep', 'a.yaml', '--set', 'Capacity=40'))
  const worker = command('worker', '--redis', 'redis://nobody')
  expect(await worker.code()).toBe(70)
  expect(worker.output()).toContain('hotshard-redis.js')
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
