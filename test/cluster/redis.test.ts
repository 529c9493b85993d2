// Sweeps on several processes through a real Redis: whatever dies half-way, the result is that of one machine, byte by byte.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { conduct, Interrupted, onThisThread, type Executor } from '../../sim/cli/experiments/executor.ts'
import { onRedis } from '../../sim/cli/experiments/redis/index.ts'
import { packBundle, queueName } from '../../sim/cli/experiments/redis/store.ts'
import { TEXT_MAX } from '../../sim/cli/experiments/redis/wire.ts'
import { bundleId, runId, type Bundle } from '../../sim/experiment/bundle.ts'
import type { Experiment, Outcome, RunSpec } from '../../sim/experiment/types.ts'
import { HAS_REDIS, RedisServer } from './redis.ts'
import { frail, until, version, worker, WorkerProcess } from './workers.ts'

const BUNDLE: Bundle = {
  name: 'queue.yaml',
  text: `
Parameters: { Rate: { Type: String, Default: 20/s } }
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 2, ServiceTime: exponential(40ms) } } }
Simulation:
  Duration: 10m
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: !Ref Rate } }
  Expect: [p99(Origin.Latency) < 300 ms]
`,
  files: [],
}

/** A sweep of rates over seeds, some of which cannot be run. */
function specs(rates: readonly string[], seeds: number): RunSpec[] {
  return rates.flatMap((rate) =>
    Array.from({ length: seeds }, (_, i): RunSpec => ({ settings: [['Rate', rate]], seed: String(i + 1) })),
  )
}

class Once implements Experiment<readonly Outcome[]> {
  private specs: readonly RunSpec[]
  private outcomes: readonly Outcome[] = []
  constructor(specs: readonly RunSpec[]) {
    this.specs = specs
  }
  next(): readonly RunSpec[] {
    return this.specs
  }
  tell(outcomes: readonly Outcome[]): void {
    this.specs = []
    this.outcomes = outcomes
  }
  result(): readonly Outcome[] {
    return this.outcomes
  }
}

async function bytes(executor: Executor, asked: readonly RunSpec[], done?: (runs: number) => void): Promise<string> {
  try {
    return JSON.stringify(await conduct(new Once(asked), executor, (runs) => done?.(runs)), undefined, 1)
  } finally {
    await executor.close()
  }
}

const known = new Map<string, Promise<string>>()
/** What one thread says of the same runs. */
function here(asked: readonly RunSpec[]): Promise<string> {
  const key = JSON.stringify(asked)
  const result = known.get(key) ?? bytes(onThisThread(BUNDLE), asked)
  known.set(key, result)
  return result
}

interface Asked {
  readonly bundle?: Bundle
  readonly version?: string
  readonly done?: (runs: number) => void
  readonly says?: (line: string) => void
  readonly signal?: AbortSignal
}

async function there(url: string, asked: readonly RunSpec[], more: Asked = {}): Promise<string> {
  const { bundle = BUNDLE, version: made = version(), done, says = () => {}, signal } = more
  const executor = await onRedis(bundle, url, { version: made, says, ...(signal === undefined ? {} : { signal }) })
  return bytes(executor, asked, done)
}

/** Workers that are there before anybody asks. */
async function workers(url: string, concurrency: readonly number[]): Promise<WorkerProcess[]> {
  const all = concurrency.map((each) => worker(url, ['--concurrency', String(each)]))
  await Promise.all(all.map((each) => each.says(/takes runs/)))
  return all
}

/** Some seconds of work for two threads. */
const MANY = specs(['20/s', '45/s', 'soon'], 15)

describe.skipIf(!HAS_REDIS).concurrent('a sweep through Redis', () => {
  test('has the bytes of one thread; the second time nothing is run', async () => {
    await using redis = await new RedisServer().start()
    const asked = specs(['20/s', '45/s', 'soon'], 8)
    const [a, b] = await workers(redis.url, [2, 1])
    const said: string[] = []
    expect(await there(redis.url, asked, { says: (line) => said.push(line) })).toBe(await here(asked))
    expect(said).toEqual([])
    expect(a!.runs.length).toBeGreaterThan(0)
    expect(b!.runs.length).toBeGreaterThan(0)
    expect([...a!.runs, ...b!.runs]).toHaveLength(asked.length)
    for (const each of [a!, b!]) each.signal('SIGTERM')
    expect([await a!.code(), await b!.code()]).toEqual([0, 0])
    expect(await there(redis.url, asked), 'nobody is there').toBe(await here(asked))
  })

  test('loses nothing when a worker is killed in the middle of a run', async () => {
    await using redis = await new RedisServer().start()
    const [a, b] = await workers(redis.url, [1, 1])
    const result = await there(redis.url, MANY, {
      done: (runs) => {
        if (runs === 15) a!.signal('SIGKILL')
      },
    })
    expect(result).toBe(await here(MANY))
    // Its outcome may have been there already.
    await b!.says(/run [0-9a-f]{8} is handed on: its worker is gone/)
    b!.signal('SIGTERM')
    expect(await b!.code()).toBe(0)
  })

  test.each([
    ['that keeps its data', ['--appendonly', 'yes', '--appendfsync', 'always']],
    ['that forgets everything', []],
  ])('loses nothing when Redis is restarted half-way, one %s', async (_, options) => {
    await using redis = await new RedisServer(options).start()
    const [a] = await workers(redis.url, [2])
    const said: string[] = []
    let restarted: Promise<unknown> = Promise.resolve()
    const result = await there(redis.url, MANY, {
      done(runs) {
        if (runs === 15)
          restarted = redis
            .kill()
            .then(() => pause(1000))
            .then(() => redis.start())
      },
      says: (line) => said.push(line.replace(redis.url, 'URL').replace(redis.socket, 'SOCKET')),
    })
    await restarted
    expect(result).toBe(await here(MANY))
    expect(said).toEqual([
      expect.stringMatching(/^Redis at URL cannot be reached \(.*\); trying again$/),
      'Redis at URL is there again',
    ])
    a!.signal('SIGTERM')
    expect(await a!.code()).toBe(0)
    expect(a!.output).toMatch(/cannot be reached .*\n(.*\n)*.*is there again/)
  })

  test('two who ask for the same runs at once get the same, and it is done once', async () => {
    await using redis = await new RedisServer().start()
    const [a, b] = await workers(redis.url, [1, 1])
    const results = await Promise.all([there(redis.url, MANY), there(redis.url, [...MANY].reverse())])
    expect(results[0]).toBe(await here(MANY))
    expect(results[1]).toBe(await here([...MANY].reverse()))
    expect([...a!.runs, ...b!.runs]).toHaveLength(MANY.length)
    for (const each of [a!, b!]) each.signal('SIGKILL')
  })

  test('gives a run up that takes every worker with it, and does the others', async () => {
    await using redis = await new RedisServer().start()
    const poison: Bundle = { ...BUNDLE, name: 'poison.yaml' }
    let asking = true
    let deaths = 0
    // Restarted whenever it dies, as by Kubernetes.
    const restarting = (async () => {
      for (; asking; deaths++) await new WorkerProcess([frail(), redis.url]).code()
    })()
    const outcomes = JSON.parse(await there(redis.url, specs(['20/s'], 1), { bundle: poison })) as Outcome[]
    asking = false
    const [well] = await workers(redis.url, [1])
    expect(outcomes).toMatchObject([
      { ending: 'crashed', why: 'every worker that tried it was lost in the middle of it', values: [], seed: '1' },
    ])
    const again = specs(['20/s'], 2)
    const result = await there(redis.url, again, { bundle: poison })
    expect(result, 'when it is asked for anew, it is tried anew').toBe(await here(again))
    well!.signal('SIGKILL')
    await restarting
    // The last one only finds out that it is enough.
    expect(deaths).toBe(5)
  })

  test('a worker that is asked to stop finishes its run and leaves the rest to others', async () => {
    await using redis = await new RedisServer().start()
    const [a] = await workers(redis.url, [1])
    let b: WorkerProcess | undefined
    const result = await there(redis.url, MANY, {
      done(runs) {
        if (runs === 5) a!.signal('SIGTERM')
        if (runs === 5) b = worker(redis.url, ['--concurrency', '1'])
      },
    })
    expect(result).toBe(await here(MANY))
    expect(await a!.code()).toBe(0)
    expect(a!.output).toMatch(
      /SIGTERM: 1 under way, to be finished; nothing more is taken\n.* run [0-9a-f]{8} of .*\n.*ends after \d+ runs\n$/,
    )
    expect([...a!.runs, ...b!.runs]).toHaveLength(MANY.length)
    expect(b!.output).not.toContain('handed on')
    b!.signal('SIGKILL')
  })

  test('workers of another version refuse its runs, and both sides say so', async () => {
    await using redis = await new RedisServer().start()
    const [a] = await workers(redis.url, [1])
    const controller = new AbortController()
    const said: string[] = []
    const sweep = there(redis.url, specs(['20/s'], 2), {
      version: '9.9.9',
      says: (line) => said.push(line),
      signal: controller.signal,
    })
    const stopped = expect(sweep).rejects.toBeInstanceOf(Interrupted)
    await a!.says(/runs of hotshard 9\.9\.9 are refused, this is \S+: start a worker of version 9\.9\.9/)
    await until(
      () => said.length > 0,
      () => 'what the sweep says',
    )
    expect(said).toEqual([
      `no worker of hotshard 9.9.9 is there, those that are there refuse its runs (1 of ${version()}): start \`npx hotshard worker --redis …\` of this version, it waits`,
    ])
    controller.abort()
    await stopped
    expect(a!.runs).toEqual([])
    a!.signal('SIGKILL')
  })

  test('runs that nobody asks for any more are not done', async () => {
    await using redis = await new RedisServer().start()
    const controller = new AbortController()
    const sweep = there(redis.url, specs(['20/s'], 3), { signal: controller.signal })
    const client = new Redis(redis.socket)
    await until(
      async () => (await client.keys('hotshard:asked:*')).length > 0,
      () => 'the sweep',
    )
    await until(
      async () => (await client.llen(`hotshard:runs-${version()}:wait`)) === 3,
      () => 'its jobs',
    )
    controller.abort()
    await expect(sweep).rejects.toBeInstanceOf(Interrupted)
    // As if the time were over.
    await client.del(await client.keys('hotshard:asked:*'))
    const [a] = await workers(redis.url, [1])
    await a!.says(/(left out, nobody asks for it any more[^]*){3}/)
    expect(a!.runs).toEqual([])
    a!.signal('SIGKILL')
    await client.quit()
  })

  test('what was written by somebody else is told from bundles, runs and outcomes', async () => {
    await using redis = await new RedisServer().start()
    const [a] = await workers(redis.url, [1])
    const client = new Redis(redis.socket, { maxRetriesPerRequest: null })
    const queue = new Queue(queueName(version()), { connection: client, prefix: 'hotshard' })
    const spec: RunSpec = { settings: [['Rate', '20/s']], seed: '1' }
    const put = async (bundle: string, value: Buffer, jobId = runId(bundle, spec)): Promise<void> => {
      await client.set(`hotshard:bundle:${bundle}`, value)
      await client.set(`hotshard:asked:${bundle}`, '1')
      await queue.add('run', { bundle, spec }, { jobId })
    }
    const id = bundleId(BUNDLE, version())
    await put('0'.repeat(64), await packBundle(BUNDLE, version()))
    await a!.says(/failed \(try 1 of 1\): bundle 00000000 is not what its name says/)
    await put('1'.repeat(64), await packBundle(BUNDLE, '9.9.9'))
    await a!.says(
      /failed .*: its bundle was made by hotshard 9\.9\.9, and this worker is \S+: start one of version 9\.9\.9/,
    )
    await put('2'.repeat(64), Buffer.from('nonsense'))
    await a!.says(/failed .*: what is called bundle 22222222 is none/)
    await put('3'.repeat(64), gzipSync(Buffer.alloc(TEXT_MAX + 1, ' ')))
    await a!.says(/failed .*: what is called bundle 33333333 is none/)
    await put(id, await packBundle(BUNDLE, version()), 'another')
    await a!.says(/run another failed .*: its name is not that of its content/)
    await queue.add('run', { bundle: '../etc', spec: { settings: 'all' } })
    await a!.says(/failed .*: this is no run of an experiment/)
    await client.hset(`hotshard:outcomes:${id}`, runId(id, spec), gzipSync('{"ending":"passed"}'))
    await expect(there(redis.url, [spec])).rejects.toThrow(/what Redis has for run [0-9a-f]{8} is no outcome/)
    expect(a!.runs).toEqual([])
    a!.signal('SIGKILL')
    await queue.close()
    await client.quit()
  })

  test('what stopped at a guard of time or memory is tried anew by the next who asks', async () => {
    await using redis = await new RedisServer().start()
    const [a] = await workers(redis.url, [1])
    const asked = specs(['20/s'], 1)
    const slow: Bundle = { ...BUNDLE, text: `${BUNDLE.text}  Guards: { Events: 500 }\n` }
    expect(await there(redis.url, asked, { bundle: slow })).toContain('"ending": "partial"')
    expect(await there(redis.url, asked, { bundle: slow })).toContain('"ending": "partial"')
    expect(a!.runs).toHaveLength(2)
    a!.signal('SIGKILL')
  })
})

/** Minutes of it: `SOAK=1 npm run cluster`. */
test.runIf(HAS_REDIS && process.env['SOAK'] !== undefined)(
  'nothing is lost however often workers and Redis die',
  async () => {
    await using redis = await new RedisServer().start()
    const asked = specs(['20/s', '45/s', 'soon'], 300)
    const all = await workers(redis.url, [1, 1, 1])
    let over = false
    const dying = (async () => {
      for (let i = 0; !over; i++) {
        await pause(2000)
        all[i % 3]!.signal('SIGKILL')
        all[i % 3] = worker(redis.url, ['--concurrency', '1'])
        if (i % 4 === 3) await redis.kill().then(() => redis.start())
      }
    })()
    const result = await there(redis.url, asked)
    over = true
    await dying
    for (const each of all) each.signal('SIGKILL')
    expect(result).toBe(await here(asked))
  },
  900_000,
)

describe.skipIf(!HAS_REDIS)('a connection', () => {
  test('with a password is never shown with it, and a wrong one is told at once', async () => {
    await using redis = await new RedisServer(['--requirepass', 'geheim']).start()
    const env = { HOTSHARD_REDIS_PASSWORD: 'geheim' }
    const a = worker(redis.url, [], env)
    await a.says(/takes runs from unix:/)
    a.signal('SIGTERM')
    expect(await a.code()).toBe(0)
    expect(a.output).not.toContain('geheim')
    const b = worker(redis.url.replace('unix://', 'unix://:falsch@localhost'))
    expect(await b.code()).toBe(2)
    expect(b.output).toContain('HOTSHARD_REDIS_PASSWORD')
    expect(b.output).toMatch(/cannot be used: WRONGPASS/)
    expect(b.output).not.toContain('falsch')
    const refused = onRedis(BUNDLE, redis.url, { version: version(), says: () => {}, env: {} })
    await expect(refused).rejects.toThrow(/cannot be used: NOAUTH/)
  })

  test('by TLS needs a certificate that is trusted', async () => {
    await using redis = new RedisServer()
    const port = await freePort()
    const [key, certificate] = ['key.pem', 'cert.pem'].map((name) => join(redis.folder, name))
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key!, '-out', certificate!],
      ],
      { stdio: 'ignore' },
    )
    redis.options.push(
      '--tls-port',
      String(port),
      '--tls-cert-file',
      certificate!,
      '--tls-key-file',
      key!,
      '--tls-auth-clients',
      'no',
    )
    await redis.start()
    const url = `rediss://localhost:${port}`
    const a = worker(url, [], { NODE_EXTRA_CA_CERTS: certificate! })
    await a.says(new RegExp(`takes runs from ${url},`))
    a.signal('SIGTERM')
    expect(await a.code()).toBe(0)
    const b = worker(url)
    await b.says(/cannot be reached \(self-signed certificate\); trying again/)
    b.signal('SIGKILL')
  })

  test('that cannot be made is told; a worker waits for it', async () => {
    await using redis = new RedisServer()
    const a = worker(redis.url, ['--health-port', String(await freePort())])
    await a.says(/cannot be reached/)
    await redis.start()
    await a.says(/is there again[^]*takes runs/)
    a.signal('SIGTERM')
    expect(await a.code()).toBe(0)
  })

  test('to a Redis that refuses is told', async () => {
    await using redis = await new RedisServer(['--maxmemory', '1mb']).start()
    const asked = there(redis.url, specs(['20/s'], 3))
    await expect(asked).rejects.toThrow(/^Redis at `unix:.*` refuses: OOM /)
  })

  test('that is lost does not keep anybody from giving up', async () => {
    await using redis = await new RedisServer().start()
    const controller = new AbortController()
    const said: string[] = []
    const sweep = there(redis.url, specs(['20/s'], 3), { signal: controller.signal, says: (line) => said.push(line) })
    const stopped = expect(sweep).rejects.toBeInstanceOf(Interrupted)
    await pause(500)
    await redis.kill()
    await until(
      () => said.length > 0,
      () => 'the loss',
    )
    controller.abort()
    await stopped
  })
})

test('health is asked over HTTP', { skip: !HAS_REDIS }, async () => {
  await using redis = await new RedisServer().start()
  const port = await freePort()
  const a = worker(redis.url, ['--health-port', String(port)])
  const status = async (path: string): Promise<number> => (await fetch(`http://localhost:${port}${path}`)).status
  await a.says(/takes runs/)
  expect(await Promise.all(['/live', '/ready', '/else'].map(status))).toEqual([200, 200, 404])
  await redis.kill()
  await a.says(/cannot be reached/)
  expect(await Promise.all(['/live', '/ready'].map(status))).toEqual([200, 503])
  const b = worker(redis.url, ['--health-port', String(port)])
  expect(await b.code()).toBe(2)
  expect(b.output).toContain(`\`--health-port ${port}\` cannot be used`)
  a.signal('SIGTERM')
  expect(await a.code(), 'it leaves although it cannot say farewell').toBe(0)
})

const pause = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms))

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
