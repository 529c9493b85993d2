// The simulation's own thread: hands the page's questions to a session, and lets it work in short slices in between. An editor's
// questions have a thread of the same kind for themselves: checking a large template must not hold up a run. So have the runs of
// experiments, which nobody looks at.
import { Desk, Lab, Session, type Ask, type LabAsk, type Question } from '../../sim/index.ts'

/** Real ms that the session works at a stretch: as long as a question may wait. */
const SLICE = 8

/** What is used of a worker's own scope: its types and those of a page cannot stand in one program. */
interface Scope {
  postMessage(message: unknown, transfer: Transferable[]): void
  onmessage: ((event: MessageEvent<Ask | Question | LabAsk>) => void) | null
}

const scope = globalThis as unknown as Scope
const session = new Session((answer, buffers) => scope.postMessage(answer, [...buffers]))
const turns = new MessageChannel()
let working = false

const desk = new Desk()
const lab = new Lab()

scope.onmessage = (event: MessageEvent<Ask | Question | LabAsk>) => {
  if ('question' in event.data) {
    scope.postMessage(desk.answer(event.data), [])
    return
  }
  if ('lab' in event.data) {
    const begun = performance.now()
    const reply = lab.answer(event.data, { wallTime: () => (performance.now() - begun) * 1000 })
    if (reply !== undefined) scope.postMessage(reply, [])
    return
  }
  session.take(event.data)
  if (working) return
  working = true
  turns.port2.postMessage(null)
}

// A message to oneself comes after those that wait already, and without the delay of a timer.
turns.port1.onmessage = () => {
  const until = performance.now() + SLICE
  do working = session.work()
  while (working && performance.now() < until)
  if (working) turns.port2.postMessage(null)
}
