// Serves the built page to this machine alone: static files with strict headers, nothing else.
import { createReadStream, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { pipeline } from 'node:stream'
import { CSP } from './csp.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
}

export interface Served {
  readonly url: string
  readonly server: Server
  /** Ends when the server does. */
  readonly closed: Promise<void>
}

/** How many ports are tried one after another. */
const TRIES = 20

/** Serves `folder` on the loopback address at `port`, or at the next free one; 0 takes any. Fails when none is free. */
export async function serve(folder: string, port: number): Promise<Served> {
  for (let i = 0; ; i++) {
    const server = createServer((request, response) => answer(folder, request, response))
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port === 0 ? 0 : port + i, '127.0.0.1', resolve)
      })
      const address = server.address()
      const found = typeof address === 'object' && address !== null ? address.port : port
      const closed = new Promise<void>((resolve) => server.once('close', resolve))
      return { url: `http://localhost:${found}/`, server, closed }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || i + 1 >= TRIES) throw error
    }
  }
}

function answer(folder: string, request: IncomingMessage, response: ServerResponse): void {
  // A figure is made to stand in other pages, the whole tool is not.
  const framed = /[?&]embed=1(?:&|$)/.test(request.url ?? '')
  const headers = {
    'Content-Security-Policy': `${CSP}; frame-ancestors ${framed ? '*' : "'none'"}`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
  }
  const refuse = (code: number, words: string): void => {
    response.writeHead(code, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' }).end(words)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'only GET\n')
  const path = pathOf(folder, request.url ?? '/')
  const size = path === undefined ? undefined : sizeOf(path)
  if (path === undefined || size === undefined) return refuse(404, 'there is no such file\n')
  response.writeHead(200, {
    ...headers,
    'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
    'Content-Length': size,
    // A figure in a sandboxed frame has no origin of its own, yet needs these files; they are the same for everybody.
    ...(path.includes(`${sep}assets${sep}`) ? { 'Access-Control-Allow-Origin': '*' } : {}),
    // Built files have their content's hash in their names; the page itself is asked for anew.
    'Cache-Control': path.includes(`${sep}assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (request.method === 'HEAD') response.end()
  // Whoever goes away on the way, the page's reader or a file that is built anew, ends this answer alone.
  else pipeline(createReadStream(path), response, () => undefined)
}

/** The file that an address asks for; undefined for what lies outside the folder or is no address. */
function pathOf(folder: string, address: string): string | undefined {
  try {
    const asked = decodeURIComponent(new URL(address, 'http://localhost').pathname)
    if (asked.includes('\0')) return undefined
    const path = normalize(join(folder, asked.endsWith('/') ? `${asked}index.html` : asked))
    return path.startsWith(folder + sep) ? path : undefined
  } catch {
    return undefined
  }
}

function sizeOf(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true ? found.size : undefined
}
