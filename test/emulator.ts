// An emulator of one of AWS's services that others wrote, on this machine and for one test file: started, asked, stopped.
import { createRequire } from 'node:module'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from 'vitest'

export interface Outcome {
  /** 'OK' or the exception's name. */
  readonly status: string
  readonly body: any
}

export class Emulator {
  private readonly server: Server
  private readonly target: string
  private readonly contentType: string

  /** `target`: the service and version that stand before the operation in its requests; `json`: the version of their form. */
  constructor(name: string, options: object, target: string, json: '1.0' | '1.1') {
    this.server = (createRequire(import.meta.url)(name) as (options: object) => Server)(options)
    this.target = target
    this.contentType = `application/x-amz-json-${json}`
    beforeAll(() => new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening)))
    afterAll(() => void this.server.close())
  }

  async ask(operation: string, request: object): Promise<Outcome> {
    const { port } = this.server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: {
        'content-type': this.contentType,
        'x-amz-target': `${this.target}.${operation}`,
        'x-amz-date': '20260101T000000Z',
        // It looks whether there is a signature, not whose it is.
        authorization:
          'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/any/aws4_request, SignedHeaders=a, Signature=b',
      },
      body: JSON.stringify(request),
    })
    const text = await response.text()
    const body = text === '' ? {} : JSON.parse(text)
    return { status: response.ok ? 'OK' : String(body.__type).replace(/^.*#/, ''), body }
  }

  /** Asks again and again until an answer will do. */
  async until(operation: string, request: object, does: (body: any) => boolean): Promise<any> {
    for (let tries = 0; tries < 1_000; tries++) {
      const { body } = await this.ask(operation, request)
      if (does(body)) return body
      await new Promise((later) => setTimeout(later, 1))
    }
    throw new Error(`${operation} never answers what is waited for`)
  }
}
