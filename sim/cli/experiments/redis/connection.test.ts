// Addresses of Redis: what is understood, and that no password is ever shown.
import { describe, expect, test } from 'vitest'
import { Unreachable } from '../executor.ts'
import { addressOf } from './connection.ts'

describe('an address', () => {
  test.each([
    ['redis://cache', { host: 'cache', port: 6379, db: 0 }, 'redis://cache'],
    ['redis://cache:7000/3', { host: 'cache', port: 7000, db: 3 }, 'redis://cache:7000/3'],
    ['redis://[::1]:7000/', { host: '::1', port: 7000, db: 0 }, 'redis://[::1]:7000'],
    [
      'rediss://ann:a%40b@cache',
      { host: 'cache', port: 6379, db: 0, username: 'ann', password: 'a@b', tls: { servername: 'cache' } },
      'rediss://ann@cache',
    ],
    ['redis://:geheim@cache', { host: 'cache', port: 6379, db: 0, password: 'geheim' }, 'redis://cache'],
    ['unix:///run/redis.sock', { path: '/run/redis.sock' }, 'unix:///run/redis.sock'],
  ])('%s is understood, and shown without its password', (url, options, shown) => {
    expect(addressOf(url, {})).toEqual({ options, shown })
  })

  test('takes the password from the environment when it has none itself', () => {
    const env = { HOTSHARD_REDIS_PASSWORD: 'geheim' }
    expect(addressOf('redis://cache', env)).toMatchObject({ options: { password: 'geheim' }, shown: 'redis://cache' })
    expect(addressOf('redis://:other@cache', env).options.password).toBe('other')
    expect(addressOf('unix:///run/redis.sock', env).options.password).toBe('geheim')
  })

  test.each([
    ['cache:6379', 'begins with `cache:`'],
    ['cache', 'is no URL'],
    ['', 'is no URL'],
    ['redis://', 'names no host'],
    ['redis:6379', 'names no host'],
    ['http://:geheim@cache', 'begins with `http:`'],
    ['redis://:geheim@cache/main', 'names no database by number: `main`'],
    ['redis://:geheim@cache:99999', 'is no URL'],
  ])('%s is none, and its password is not shown either', (url, what) => {
    let told: unknown
    try {
      addressOf(url, {})
    } catch (error) {
      told = error
    }
    expect(told).toBeInstanceOf(Unreachable)
    expect((told as Unreachable).message).toBe(`the address of \`--redis\` ${what}`)
    expect((told as Unreachable).help).toContain('rediss://')
  })
})
