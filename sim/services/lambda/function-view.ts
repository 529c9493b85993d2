// What a function shows of itself: its environments by state, and the limits that they live under.
import type { Cells, Reading, View } from '../../model/contract.ts'
import { BUSY, IDLE, isOnDemand, STARTING } from './environments.ts'
import type { LambdaFunction } from './function.ts'

/** The states of an environment as a cell shows them, in the order in which they are shown. */
const COMPUTING = 0
const WAITING = 1
const COLD = 2
const UNUSED = 3
const STATES = 4

const readings: readonly Reading<LambdaFunction>[] = [
  {
    name: 'Concurrency',
    unit: 'requests',
    doc: 'Requests in progress.',
    read: (self) => self.running.inside,
  },
  {
    name: 'Limit',
    unit: 'requests',
    doc: 'The most on-demand requests that may be in progress: its reservation, else what the account has left for it.',
    read: (self) => (self.reserved >= 0 ? self.reserved : self.account.room - self.account.unreserved + self.onDemand),
  },
  {
    name: 'Reserved',
    unit: 'requests',
    doc: 'Its reserved concurrency; none without.',
    read: (self) => (self.reserved >= 0 ? self.reserved : NaN),
  },
  {
    name: 'Provisioned',
    unit: 'environments',
    doc: 'Provisioned environments that are ready; none without.',
    read: (self) => (self.provisioned > 0 ? self.qualifiers.reduce((sum, each) => sum + each.ready, 0) : NaN),
  },
  {
    name: 'Invocations',
    unit: '1/s',
    doc: 'Requests let in.',
    counter: true,
    read: (self) => self.running.entered,
  },
  {
    name: 'Throttles',
    unit: '1/s',
    doc: 'Requests refused for lack of concurrency or rate.',
    counter: true,
    read: (self) => self.throttles.reduce((sum, count) => sum + count, 0),
  },
  {
    name: 'Cold starts',
    unit: '1/s',
    doc: 'Environments started for a request.',
    counter: true,
    read: (self) => self.coldStarts,
  },
]

const environments: Cells<LambdaFunction> = {
  name: 'Environments',
  doc: 'Execution environments, one request at a time each, sorted by what they do.',
  columns: [
    {
      name: 'State',
      unit: '',
      doc: '0 = computes, 1 = waits for a dependency, 2 = starts cold, 3 = idle.',
    },
    { name: 'Provisioned', unit: '', doc: '1 = kept ready by provisioned concurrency.' },
    { name: 'Since', unit: 's', doc: 'How long its request has been in it, or how long it has been idle.' },
  ],
  each(self, now, cell) {
    const { environments: all } = self
    for (let state = 0; state < STATES; state++)
      for (let row = 0; row < all.rows; row++)
        if (stateOf(self, row) === state)
          cell(row, [state, isOnDemand(all.pool[row]) ? 0 : 1, (now - all.since[row]) / 1_000_000])
  },
}

export const view: View<LambdaFunction> = {
  glyph: 'function',
  label: 'Lambda',
  detail: (config) =>
    config['ReservedConcurrentExecutions'] === undefined
      ? undefined
      : `reserved ${String(config['ReservedConcurrentExecutions'])}`,
  level: (self) => self.running.inside,
  levelMax: (self) => (self.reserved >= 0 ? self.reserved : self.account.limit),
  tone: (self) => (self.throttling ? 'throttling' : self.running.inside > 0 ? 'busy' : 'calm'),
  readings,
  cells: [environments],
}

/** The state of a row as its cell shows it; −1 = no environment. */
function stateOf(self: LambdaFunction, row: number): number {
  const { phase, frame } = self.environments
  switch (phase[row]) {
    case STARTING:
      return COLD
    case IDLE:
      return UNUSED
    case BUSY:
      return frame[row] >= 0 && self.interpreter.isWaiting(frame[row]) ? WAITING : COMPUTING
    default:
      return -1
  }
}
