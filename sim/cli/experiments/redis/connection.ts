// Where Redis is and how it is reached. What is ever printed of an address holds no password.
import { Redis, type RedisOptions } from 'ioredis'
import { plain } from '../../../diag/text.ts'
import { Unreachable } from '../executor.ts'

export interface Address {
  /** Without the password. */
  readonly shown: string
  readonly options: RedisOptions
}

/** Named by environment, because arguments are seen by everybody on a host. */
export const PASSWORD = 'HOTSHARD_REDIS_PASSWORD'

const FORM = 'such as `redis://host:6379`, `rediss://user@host:6380/1` (TLS) or `unix:///run/redis.sock`'

/** Reads an address: `redis:`, `rediss:` or `unix:`. Throws `Unreachable`. */
export function addressOf(text: string, env: NodeJS.ProcessEnv): Address {
  const wrong = (what: string): Unreachable => new Unreachable(`the address of \`--redis\` ${what}`, FORM)
  if (!URL.canParse(text)) throw wrong('is no URL')
  const url = new URL(text)
  const password = decoded(url.password) || env[PASSWORD]
  const access = {
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(password === undefined || password === '' ? {} : { password }),
  }
  if (url.protocol === 'unix:')
    return { shown: plain(`unix://${url.pathname}`), options: { path: decoded(url.pathname), ...access } }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') throw wrong(`begins with \`${plain(url.protocol)}\``)
  if (url.hostname === '') throw wrong('names no host')
  const database = /^\/?(\d{0,5})$/.exec(url.pathname)?.[1]
  if (database === undefined) throw wrong(`names no database by number: \`${plain(url.pathname.slice(1))}\``)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const user = url.username === '' ? '' : `${url.username}@`
  return {
    shown: plain(`${url.protocol}//${user}${url.host}${database === '' ? '' : `/${database}`}`),
    options: {
      ...{ host, port: url.port === '' ? 6379 : Number(url.port), db: Number(database), ...access },
      ...(url.protocol === 'rediss:' ? { tls: { servername: host } } : {}),
    },
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export interface Connection {
  readonly redis: Redis
  readonly shown: string
  close(): Promise<void>
}

export interface ConnectOptions {
  /** ms to try for; for ever when absent. A password that is refused ends it at once. */
  readonly patience?: number
  /** Hears when the connection is lost, why it does not come back, and when it is back; each once. */
  readonly says?: (line: string) => void
}

/** ms between attempts to connect again. */
const APART_LEAST = 100
const APART_MOST = 2000
const REFUSED = /^(WRONGPASS|NOAUTH|NOPERM|ERR (AUTH|invalid password|Client sent AUTH))/

/** Connects, and goes on trying whenever the connection is lost: commands wait meanwhile. */
export async function connect({ shown, options }: Address, { patience, says }: ConnectOptions): Promise<Connection> {
  const redis = new Redis({
    ...options,
    // BullMQ's own demand: whoever waits for jobs waits for as long as it takes.
    maxRetriesPerRequest: null,
    connectTimeout: 5000,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(APART_LEAST * 2 ** Math.min(times, 10), APART_MOST),
    // After a fail-over the old primary answers for a while, and only reads.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
  })
  let told: 'nothing' | 'up' | 'down' = 'nothing'
  const ready = new Promise<void>((resolve, reject) => {
    const timer = patience === undefined ? undefined : setTimeout(() => give(last), patience)
    let last = 'no answer'
    const give = (why: string): void => {
      redis.disconnect()
      reject(new Unreachable(`Redis at \`${shown}\` cannot be used: ${plain(why)}`, helpFor(why)))
    }
    redis.on('error', (error: Error) => {
      last = reasonOf(error)
      if (told === 'nothing' && REFUSED.test(last)) {
        clearTimeout(timer)
        give(last)
      } else if (told !== 'down') {
        if (told === 'up' || patience === undefined)
          says?.(`Redis at ${shown} cannot be reached (${plain(last)}); trying again`)
        if (told === 'up' || patience === undefined) told = 'down'
      }
    })
    redis.on('ready', () => {
      clearTimeout(timer)
      if (told === 'down') says?.(`Redis at ${shown} is there again`)
      told = 'up'
      resolve()
    })
  })
  await ready
  return {
    redis,
    shown,
    close: async () => {
      // Politely when somebody is there to hear it.
      if (redis.status === 'ready') await redis.quit().catch(() => redis.disconnect())
      else redis.disconnect()
    },
  }
}

/** Errors of several addresses (IPv4, IPv6) come as one without a message of its own. */
function reasonOf(error: Error): string {
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined
  return (first ?? error).message || (error as NodeJS.ErrnoException).code || error.name
}

function helpFor(why: string): string {
  if (REFUSED.test(why)) return `give the password in the address or, better, in the environment as \`${PASSWORD}\``
  if (/certificate|self[- ]signed/i.test(why)) return 'name the authority that signed it in `NODE_EXTRA_CA_CERTS`'
  return 'is it running, and does its firewall let this host in?'
}
