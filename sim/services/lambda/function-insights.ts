// What went wrong at a function: its reservation is full, environments come too late, handlers run out of time.
import type { Finding, Look } from '../../model/contract.ts'
import { all, count, counted, exactTime, percent, time, times } from '../../parts/words.ts'
import { ACCOUNT_RATE, RESERVED, RESERVED_RATE, SCALING } from './concurrency.ts'
import type { LambdaFunction } from './function.ts'

const LEAST = 5
const LEAST_SHARE = 0.001
/** Cold starts are the tail when one request in a hundred meets one and it takes longer than the handler and than this (ms). */
const COLD_SHARE = 0.01
const COLD_LEAST = 100
/** Handlers that fail are worth a sentence from this share on, and retries from so many calls for one. */
const ERROR_SHARE = 0.01
const RETRIES = 50
const RETRY_FACTOR = 1.2

export function findingsOf(self: LambdaFunction, look: Look): Finding[] {
  return [
    ...reservationFull(self, look),
    ...rateExceeded(self, look),
    ...coldStarts(self, look),
    ...timeOuts(self, look),
    ...handlerFails(self, look),
    ...triesAgain(look),
    ...spillsOver(self, look),
    ...initialisesLate(self, look),
    ...goesRound(self, look),
  ]
}

/** Provisioned environments are all busy, and requests run in others. */
function spillsOver(self: LambdaFunction, look: Look): Finding[] {
  const { spills, spillsCold, qualifiers } = self
  const share = spills.count / Math.max(1, invocations(look))
  if (spills.count < LEAST || share < LEAST_SHARE) return []
  const names = qualifiers.filter(({ wanted }) => wanted > 0).map(({ name, wanted }) => `${count(wanted)} of ${name}`)
  const cold = spillsCold === 0 ? 'found others warm' : `${count(spillsCold)} of them waited for a cold start`
  return [
    {
      kind: 'provisioned-spillover',
      from: spills.first,
      to: spills.last,
      share,
      title: 'Requests spill over what is provisioned',
      text: `${count(spills.count)} requests to ${look.name} (${percent(share)}) came while all provisioned environments (${all(names)}) were busy, and ran in on-demand ones; ${cold}.`,
    },
  ]
}

/** Cold starts that take more than their ten seconds begin again within the request. */
function initialisesLate({ lateInits, initLimit }: LambdaFunction, look: Look): Finding[] {
  if (lateInits.count < LEAST) return []
  return [
    {
      kind: 'init-time-outs',
      from: lateInits.first,
      to: lateInits.last,
      share: Math.min(1, lateInits.count / Math.max(1, invocations(look))),
      title: 'Initialisation takes too long',
      text: `${counted(lateInits.count, 'cold start')} of ${look.name} did not end within ${exactTime(initLimit)}: everything begins again within the request, under the function’s own time-out.`,
      suspects: dependencies(look),
    },
  ]
}

/** What the function writes sets it to work again. */
function goesRound({ events: { loops } }: LambdaFunction, look: Look): Finding[] {
  if (loops.count === 0) return []
  return [
    {
      kind: 'recursive-loop',
      from: loops.first,
      to: loops.last,
      share: 1,
      title: 'A function sets itself to work',
      text: `What ${look.name} does brings an event that invokes it again: Lambda stopped ${counted(loops.count, 'chain')} after some sixteen rounds. Every chain cost sixteen invocations for one event.`,
      suspects: look.callers().map(({ other }) => other),
    },
  ]
}

function reservationFull(self: LambdaFunction, look: Look): Finding[] {
  const stretch = self.refusals[RESERVED]
  const share = shareOf(self, look, stretch.count)
  if (stretch.count < LEAST || share < LEAST_SHARE) return []
  const refusing = look.callers().filter(({ failed }) => failed > 0)
  const whom = refusing.length === 0 ? '' : ` from ${all(refusing.slice(0, 3).map(({ other }) => other))}`
  return [
    {
      kind: 'reserved-concurrency',
      from: stretch.first,
      to: stretch.last,
      share,
      title: self.reserved === 0 ? 'The function is switched off' : 'Reserved concurrency is used up',
      text:
        self.reserved === 0
          ? `A reservation of 0 lets nothing run: ${count(stretch.count)} requests were refused.`
          : `All ${count(self.reserved)} reserved executions of ${look.name} are busy: ${count(stretch.count)} requests${whom} were refused (${percent(share)}).`,
      suspects: dependencies(look),
    },
  ]
}

function rateExceeded(self: LambdaFunction, look: Look): Finding[] {
  return [RESERVED_RATE, ACCOUNT_RATE, SCALING].flatMap((reason) => {
    const stretch = self.refusals[reason]
    const share = shareOf(self, look, stretch.count)
    if (stretch.count < LEAST || share < LEAST_SHARE) return []
    const limit =
      reason === SCALING
        ? 'New environments are wanted faster than Lambda starts them'
        : `Requests come faster than ten a second for each concurrent execution ${reason === RESERVED_RATE ? 'of the reservation' : 'of the account'}`
    return [
      {
        kind: reason === SCALING ? 'scaling-rate' : 'request-rate',
        from: stretch.first,
        to: stretch.last,
        share,
        title: reason === SCALING ? 'The function cannot scale so fast' : 'The rate of requests is at its limit',
        text: `${limit}: ${count(stretch.count)} requests to ${look.name} were refused (${percent(share)}).`,
        drivers: callers(look),
      },
    ]
  })
}

function coldStarts(self: LambdaFunction, look: Look): Finding[] {
  const cold = look.metric('InitDuration', 'SampleCount') ?? 0
  const init = look.metric('InitDuration', 'p50')
  const handler = look.metric('Duration', 'p50')
  if (init === undefined || handler === undefined || cold < LEAST) return []
  const share = cold / Math.max(1, invocations(look))
  if (share < COLD_SHARE || init < COLD_LEAST || init < handler) return []
  return [
    {
      kind: 'cold-starts',
      from: look.warmUp,
      to: look.now,
      share: Math.min(1, share),
      title: 'Cold starts make the tail',
      text: `${percent(share)} of the invocations of ${look.name} met no idle environment and waited ${time(init * 1000)} for a new one, while the handler takes ${time(handler * 1000)} (medians)${provisionedOr(self)}.`,
    },
  ]
}

function provisionedOr(self: LambdaFunction): string {
  return self.provisioned > 0 ? `, in spite of ${count(self.provisioned)} provisioned environments` : ''
}

function timeOuts(self: LambdaFunction, look: Look): Finding[] {
  const { timeouts } = self
  const share = timeouts.count / Math.max(1, invocations(look))
  if (timeouts.count < LEAST || share < LEAST_SHARE) return []
  const [edge, most] = [...self.timedOutOn].sort((a, b) => b[1] - a[1])[0]
  const waiting = edge < 0 ? undefined : self.sim.calleeOf(edge)
  return [
    {
      kind: waiting === undefined ? 'time-outs' : 'slow-dependency',
      from: timeouts.first,
      to: timeouts.last,
      share,
      title: waiting === undefined ? 'The handler runs out of time' : `${waiting} answers too late`,
      text:
        `${count(timeouts.count)} invocations of ${look.name} (${percent(share)}) were stopped by its time-out of ${exactTime(self.latest.timeout)}` +
        (waiting === undefined
          ? '.'
          : `, ${most === timeouts.count ? 'all' : count(most)} of them while they waited for ${waiting}.`),
      suspects: waiting === undefined ? [] : [waiting],
    },
  ]
}

/** Invocations that end in a function error for another reason than time. */
function handlerFails(self: LambdaFunction, look: Look): Finding[] {
  const { failures } = self
  const share = failures.count / Math.max(1, invocations(look))
  if (failures.count < LEAST || share < ERROR_SHARE) return []
  const [name, most] = [...self.failedWith].sort((a, b) => b[1] - a[1])[0]
  return [
    {
      kind: 'function-errors',
      from: failures.first,
      to: failures.last,
      share,
      title: `${look.name} fails`,
      text: `${percent(share)} of the invocations of ${look.name} (${count(failures.count)}) end in a function error, ${most === failures.count ? 'all' : count(most)} of them in \`${name}\`.`,
      suspects: dependencies(look),
    },
  ]
}

/** Calls of the handler that its SDK repeats: more load where there is too much already, and longer invocations. */
function triesAgain(look: Look): Finding[] {
  return look.callees().flatMap(({ other, sent, retried, failed, failedFrom, failedTo }) => {
    const factor = sent / Math.max(1, sent - retried)
    if (retried < RETRIES || failed === 0 || factor < RETRY_FACTOR) return []
    return [
      {
        kind: 'retry-amplification',
        from: failedFrom,
        to: failedTo,
        share: 1 - 1 / factor,
        title: 'Retries multiply the load',
        text: `${look.name} makes ${count(sent)} calls to ${other} where it wants ${count(sent - retried)}: ${times(factor)} times the load, and its environments wait with every retry.`,
        suspects: [other],
      },
    ]
  })
}

/** A number of refused requests as a share of all that came. */
function shareOf(self: LambdaFunction, look: Look, refused: number): number {
  return refused / Math.max(1, invocations(look) + self.refusals.reduce((sum, each) => sum + each.count, 0))
}

function invocations(look: Look): number {
  return look.metric('Invocations', 'Sum') ?? 0
}

function dependencies(look: Look): string[] {
  return look.callees().map(({ other }) => other)
}

function callers(look: Look): string[] {
  return look.callers().map(({ other }) => other)
}
