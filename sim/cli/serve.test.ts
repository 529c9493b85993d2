// The page's server: strict headers, its own folder only, this machine only.
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serve, type Served } from './serve.ts'

let served: Served

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotshard-serve-'))
  mkdirSync(join(folder, 'app', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'app', 'index.html'), '<p>page</p>')
  writeFileSync(join(folder, 'app', 'assets', 'a-1.js'), 'export {}')
  writeFileSync(join(folder, 'app', 'assets', 'large.js'), Buffer.alloc(32_000_000))
  served = await serve(join(folder, 'app'), 0)
})
afterAll(() => served.server.close())

/** Asks with the path as it stands: a browser's own tidying must not hide an escape. */
function ask(path: string, method = 'GET'): Promise<{ response: IncomingMessage; body: string }> {
  const { port } = new URL(served.url)
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, method }, (response) => {
      let body = ''
      response.on('data', (piece: Buffer) => (body += piece.toString()))
      response.on('end', () => resolve({ response, body }))
    })
      .on('error', reject)
      .end()
  })
}

describe('serve', () => {
  test('sends the page with a strict policy', async () => {
    const { response, body } = await ask('/')
    expect(response.statusCode).toBe(200)
    expect(body).toBe('<p>page</p>')
    const policy = response.headers['content-security-policy']
    expect(policy).toContain("default-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(response.headers['cache-control']).toBe('no-cache')
    expect((await ask('/assets/a-1.js')).response.headers['cache-control']).toContain('immutable')
  })

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/%00',
    '/%',
    '/assets',
    '/none.js',
  ])('%s is not there', async (path) => {
    const { response, body } = await ask(path)
    expect(response.statusCode).toBe(404)
    expect(body).not.toContain('secret')
  })

  test('takes no other methods', async () => expect((await ask('/', 'POST')).response.statusCode).toBe(405))

  test.skipIf(process.platform !== 'linux')('closes the file of a reader who goes away', async () => {
    const open = (): number =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).endsWith('large.js')
        } catch {
          return false
        }
      }).length
    const { port } = new URL(served.url)
    await new Promise<void>((resolve) => {
      const request = get({ host: '127.0.0.1', port, path: '/assets/large.js' }, (response) =>
        response.once('data', () => {
          expect(open()).toBe(1)
          request.destroy()
          resolve()
        }),
      ).on('error', () => undefined)
    })
    await expect.poll(open).toBe(0)
  })

  test('listens on the loopback address alone', () => {
    expect(served.server.address()).toMatchObject({ address: '127.0.0.1' })
  })

  test('takes the next port when one is taken', async () => {
    const port = Number(new URL(served.url).port)
    const second = await serve('.', port)
    expect(Number(new URL(second.url).port)).toBeGreaterThan(port)
    second.server.close()
  })
})
