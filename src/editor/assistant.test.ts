// Questions to the editor's worker: each gets its own answer, whatever the order, and none waits for ever.
import { describe, expect, it } from 'vitest'
import type { Question, Reply } from '../sim.ts'
import { Assistant, type HelperPort } from './assistant.ts'

function lab() {
  const asked: Question[] = []
  const ports: HelperPort[] = []
  const assistant = new Assistant(() => {
    const port: HelperPort = { postMessage: (question) => asked.push(question), onmessage: null }
    ports.push(port)
    return port
  })
  const answer = (reply: Reply): void => ports[0].onmessage?.({ data: reply } as MessageEvent<Reply>)
  return { asked, ports, assistant, answer }
}
const draft = { name: 'a.yaml', text: '', files: {}, knobs: {} }

describe('the assistant', () => {
  it('starts one worker with the first question, and gives each its own answer', async () => {
    const { asked, ports, assistant, answer } = lab()
    expect(ports).toEqual([])
    const hover = assistant.hover('x', 0)
    const explained = assistant.explain('some-slug')
    expect(ports).toHaveLength(1)
    expect(asked.map(({ question }) => question)).toEqual(['hover', 'explain'])
    answer({ reply: 'explain', id: asked[1].id })
    answer({ reply: 'hover', id: asked[0].id, hover: { from: 0, to: 1, title: 'X', doc: 'y' } })
    expect(await explained).toBeUndefined()
    expect(await hover).toMatchObject({ title: 'X' })
  })

  it('fails a check that the worker could not do, and lets nobody wait when it breaks down', async () => {
    const { asked, ports, assistant, answer } = lab()
    const first = assistant.check(draft)
    answer({ reply: 'bug', id: asked[0].id, message: 'oh' })
    await expect(first).rejects.toThrow('oh')
    const second = assistant.check(draft)
    const third = assistant.complete('x', 0)
    ports[0].onerror?.({ message: '' } as ErrorEvent)
    await expect(second).rejects.toThrow('did not start')
    expect(await third).toBeUndefined()
  })
})
