// A Redis of a test's own: Debian's `redis-server` in a temporary folder, reached by a socket there, so that no port is taken.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether there is one on this machine; `.ci/run` installs it where it may. */
export const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0

export class RedisServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'hotshard-redis-'))
  readonly socket = join(this.folder, 'redis.sock')
  readonly url = `unix://${this.socket}`
  readonly options: string[]
  private process: ChildProcess | undefined

  /** `options` as in the configuration of Redis. It is kept in memory alone unless they say otherwise. */
  constructor(options: readonly string[] = []) {
    this.options = [...options]
  }

  async start(): Promise<this> {
    const basics = ['--port', '0', '--unixsocket', this.socket, '--dir', this.folder, '--save', '']
    const process = spawn('redis-server', [...basics, ...this.options], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.process = process
    let said = ''
    await new Promise<void>((resolve, reject) => {
      process.stdout.on('data', (text: Buffer) => {
        said += text.toString()
        if (/ready to accept connections/i.test(said)) resolve()
      })
      process.once('exit', () => reject(new Error(`redis-server ended:\n${said}`)))
    })
    return this
  }

  /** Ends it at once, as when its host is switched off. */
  async kill(): Promise<void> {
    const { process } = this
    this.process = undefined
    if (process === undefined) return
    const ended = once(process, 'exit')
    process.kill('SIGKILL')
    await ended
    if (existsSync(this.socket)) rmSync(this.socket)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
