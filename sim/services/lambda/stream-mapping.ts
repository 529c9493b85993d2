// A mapping of a stream: its state, its events, and what it is told while it runs.
import type { Call } from '../../engine/calls.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { batchAnswered, delivered, resumeLanes, retryDue, windowEnded } from './stream-lanes.ts'
import {
  described,
  discover,
  iteratorAnswered,
  readAgain,
  readAnswered,
  resumeReaders,
  settled,
  tumbled,
} from './stream-readers.ts'
import { StreamMapping, type StreamEvents } from './stream-state.ts'

/** What a mapping of a stream schedules for itself or receives as an answer. */
export const streamTimers: StreamEvents = {
  streamStarted,
  described,
  iteratorAnswered,
  readAnswered,
  readAgain,
  settled,
  batchAnswered,
  retryDue,
  windowEnded,
  tumbled,
  delivered,
}

export function createStreamMapping(config: Config, sim: Sim): StreamMapping {
  return new StreamMapping(config, sim, streamTimers)
}

/** Event: the run begins. */
function streamStarted(self: StreamMapping): void {
  discover(self)
}

/** Operation `lambda:UpdateEventSourceMapping`: off holds what was read, on goes on where it stood. */
export function updateStreamMapping(self: StreamMapping, call: Call): void {
  const { sim } = self
  const { Enabled: enabled = self.enabled } = (sim.calls.body[call] ?? {}) as { readonly Enabled?: boolean }
  const wasEnabled = self.enabled
  self.enabled = enabled
  sim.calls.answer[call] = { State: enabled ? 'Enabled' : 'Disabled' }
  sim.reply(call, 0)
  if (!enabled || wasEnabled) return
  if (!self.isListed) discover(self)
  resumeLanes(self)
  resumeReaders(self)
}
