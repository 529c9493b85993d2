// A draft in a few lines, however many functions it is about: what a bare run says of what it was given.
import type { Span } from '../diag/span.ts'
import type { Draft, DraftHandler } from './draft.ts'
import { RATE } from './workloads.ts'

/** Names of a group that are shown. */
const SHOWN = 4

export function summaryOf({ workloads, handlers, left }: Draft): readonly string[] {
  const routes = workloads.filter(({ operation }) => !operation.includes(':'))
  const direct = workloads.filter(({ operation }) => operation.includes(':'))
  const open = direct.filter(({ insteadOf }) => insteadOf.length === 0)
  const standIns = direct.filter(({ insteadOf }) => insteadOf.length > 0)
  const lines = [
    ...(handlers.length === 0 ? [] : [handlersLine(handlers)]),
    ...[...new Set(routes.map(({ target }) => target))].map((api) => {
      const own = routes.filter(({ target }) => target === api)
      return `${RATE} on ${own.length === 1 ? own[0]!.operation : `each of ${own.length} routes`} of ${api}`
    }),
    ...[...new Set(open.map(({ rate }) => (typeof rate === 'string' ? rate : RATE)))].map((rate) => {
      const own = open.filter((each) => each.rate === rate || (rate === RATE && typeof each.rate !== 'string'))
      return `${rate} on what nothing else here calls: ${some(own.map(({ target }) => target))}`
    }),
    ...(standIns.length === 0
      ? []
      : [
          `load in place of sources that are not simulated, or come after this run: ${some(standIns.map(({ target, insteadOf }) => `${target} (${insteadOf[0]})`))}`,
        ]),
    ...(left.length === 0 ? [] : [`${counted(left.length, 'call')} left out, listed below`]),
  ]
  return lines.length === 0 ? [] : [...lines, '`hotshard import` writes all of this down, with its reasons']
}

function handlersLine(handlers: readonly DraftHandler[]): string {
  const calls = handlers.map(({ always, byRoute }) => {
    const steps = [...always, ...byRoute.flatMap((route) => route.steps)]
    return new Set(steps.filter(({ step }) => step !== undefined).map(({ title }) => title)).size
  })
  const idle = calls.filter((count) => count === 0).length
  const sum = calls.reduce((total, count) => total + count, 0)
  const whose = `handlers of ${counted(handlers.length, 'function')}`
  if (sum === 0) return `${whose}, which compute only`
  return `${whose}, which make ${counted(sum, 'call')} in all${idle === 0 ? '' : `; ${idle} of them ${idle === 1 ? 'computes' : 'compute'} only`}`
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ')
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Calls that are left out, a line for each action; the place is that of the first. */
export function leftLines({ left }: Draft): readonly { readonly message: string; readonly span: Span }[] {
  const groups = new Map<string, { readonly names: Set<string>; readonly span: Span }>()
  for (const { call, why } of left) {
    const key = `\`${call.action}\` is left out, ${why}`
    const known = groups.get(key) ?? { names: new Set(), span: call.evidence[0]!.span }
    known.names.add(call.from)
    groups.set(key, known)
  }
  return [...groups].map(([key, { names, span }]) => ({ message: `${key}: ${some([...names])}`, span }))
}
