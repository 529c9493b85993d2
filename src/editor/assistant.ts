// The page's end of the editor's own worker: questions out, answers back as promises. The worker starts with the first question.
import type { Checked, Draft, Explained, Hover, Options, Question, Reply } from '../sim.ts'

/** What is asked, without its number. */
type Asked = Question extends infer Each ? (Each extends Question ? Omit<Each, 'id'> : never) : never

/** What the assistant needs of a worker. */
export interface HelperPort {
  postMessage(message: Question): void
  onmessage: ((event: MessageEvent<Reply>) => void) | null
  onerror?: ((event: ErrorEvent) => void) | null
}

export class Assistant {
  readonly #start: () => HelperPort
  #port: HelperPort | undefined
  #count = 0
  readonly #waiting = new Map<number, (reply: Reply) => void>()

  constructor(start: () => HelperPort) {
    this.#start = start
  }

  async check(draft: Draft): Promise<Checked> {
    const reply = await this.#ask({ question: 'check', ...draft })
    if (reply.reply === 'check') return reply.checked
    throw new Error(wordsOf(reply))
  }

  async complete(text: string, at: number): Promise<Options | undefined> {
    const reply = await this.#ask({ question: 'complete', text, at })
    return reply.reply === 'complete' ? reply.options : undefined
  }

  async hover(text: string, at: number): Promise<Hover | undefined> {
    const reply = await this.#ask({ question: 'hover', text, at })
    return reply.reply === 'hover' ? reply.hover : undefined
  }

  async explain(slug: string): Promise<Explained | undefined> {
    const reply = await this.#ask({ question: 'explain', slug })
    return reply.reply === 'explain' ? reply.explained : undefined
  }

  /** The text with what was inferred written down (`section`), or with the knobs' values as its own (`settle`). */
  async write(
    what: 'section' | 'settle',
    draft: Draft,
  ): Promise<{ readonly text: string; readonly left: readonly string[] } | undefined> {
    const reply = await this.#ask({ question: what, ...draft })
    return reply.reply === 'text' && reply.text !== undefined ? { text: reply.text, left: reply.left ?? [] } : undefined
  }

  #ask(asked: Asked): Promise<Reply> {
    this.#port ??= this.#listen()
    const id = ++this.#count
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#port?.postMessage({ ...asked, id } as Question)
    })
  }

  #listen(): HelperPort {
    const port = this.#start()
    port.onmessage = ({ data }) => {
      this.#waiting.get(data.id)?.(data)
      this.#waiting.delete(data.id)
    }
    // What the worker could not even catch: nobody waits for ever.
    port.onerror = ({ message }) => {
      for (const [id, hear] of this.#waiting)
        hear({ reply: 'bug', id, message: message || 'the checker did not start' })
      this.#waiting.clear()
    }
    return port
  }
}

const wordsOf = (reply: Reply): string =>
  reply.reply === 'bug' ? reply.message : 'the editor was answered something else'
