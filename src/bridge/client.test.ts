// The page's end of the bridge: older runs are not heard, and a worker that failed is told whenever somebody asks for a run.
import { expect, test } from 'vitest'
import type { Answer, Ask } from '../sim.ts'
import { Bridge, type Port } from './client.ts'

const request = { name: 'a.yaml', text: '', knobs: {}, files: {} }

function bridge(): { port: Port; asked: Ask[]; heard: Answer[]; bridge: Bridge } {
  const asked: Ask[] = []
  const heard: Answer[] = []
  const port: Port = { postMessage: (ask) => asked.push(ask), onmessage: null }
  return { port, asked, heard, bridge: new Bridge(port, (answer) => heard.push(answer)) }
}

test('what comes for an older run is dropped', () => {
  const { port, heard, asked, bridge: one } = bridge()
  const say = (data: Answer): void => port.onmessage?.({ data } as MessageEvent<Answer>)
  one.load(request)
  one.load(request)
  say({ answer: 'report', run: 1, html: 'old' })
  say({ answer: 'report', run: 2, html: 'new' })
  one.forget()
  say({ answer: 'report', run: 2, html: 'late' })
  expect(heard).toEqual([{ answer: 'report', run: 2, html: 'new' }])
  expect(asked.map((ask) => ('run' in ask ? ask.run : 0))).toEqual([1, 2])
})

test('a worker that failed before a run is told for that run too', () => {
  const { port, heard, bridge: one } = bridge()
  port.onerror?.({ message: 'no such file' } as ErrorEvent)
  one.load(request)
  expect(heard.at(-1)).toEqual({ answer: 'bug', run: 1, message: 'no such file' })
})
