// How an invocation's part of a request is read: the cold start, what the handler does between its calls, the time-out.
import type { Call } from '../../engine/calls.ts'
import type { Ending, MessageFlow, Traced } from '../../model/contract.ts'
import type { LambdaFunction } from './function.ts'
import { answered, REDO, STREAM } from './running.ts'

/** For the names of a function too, which hand their requests on to it. */
export const wordsOfInvocation = { inside: 'runs the handler', answer: 'overhead of Lambda' }

export const traced: Traced<LambdaFunction> = {
  ...wordsOfInvocation,
  // Its handler calls for the invocation that it runs; its queue of events calls for nobody who waits.
  serves: ({ sim, environments, interpreter }, call) =>
    sim.calls.replyTo[call] === sim.target(answered)
      ? environments.call[interpreter.cookieOf(sim.calls.cookie[call])]
      : -1,
  holds: (self, trace) => self.events.holds(trace),
  ends: {
    initialised: (self, row) => ({
      end: 'stage',
      of: self.environments.call[row],
      stage: 'start',
      words: 'cold start (init)',
      from: self.environments.since[row],
    }),
    initLate: (self, row) => ({
      end: 'stage',
      of: self.environments.call[row],
      stage: 'start',
      words: 'code outside the handler, given up',
      line: self.interpreter.lineOf(self.environments.frame[row]),
    }),
    proceed: (self, row) => {
      const of = self.environments.call[row]
      switch (self.environments.stage[row]) {
        case REDO:
          return {
            end: 'stage',
            of,
            stage: 'start',
            words: 'init, once more within the request',
            from: self.environments.startedAt[row],
          }
        case STREAM:
          return { end: 'stage', of, stage: 'wait', words: 'streams the answer' }
        default:
          return {
            end: 'stage',
            of,
            stage: 'wait',
            words: 'injected delay',
            from: self.environments.startedAt[row],
          }
      }
    },
    timedOut: (self, row) => ({ end: 'timed out', of: self.environments.call[row] }),
    wake: (self, frame) => stepOf(self, frame),
  },
}

/** The invocation that a frame of the handler belongs to. */
function servedBy(self: LambdaFunction, frame: number): Call {
  return self.environments.call[self.interpreter.cookieOf(frame)]
}

function stepOf(self: LambdaFunction, frame: number): Ending | undefined {
  const words = self.interpreter.pastOf(frame)
  if (words === undefined) return undefined
  return {
    end: 'stage',
    of: servedBy(self, frame),
    stage: words === 'computes' ? 'work' : 'wait',
    words,
    line: self.interpreter.lineOf(frame),
  }
}

/** The messages of a batch that a mapping brings. */
export const batchMessages: MessageFlow = {
  way: 'on',
  of: (body: { readonly Payload?: { readonly MessageIds?: readonly unknown[] } | null }) => {
    const ids = body.Payload?.MessageIds
    return Array.isArray(ids) ? ids.map((id: unknown) => ({ id })) : []
  },
}
