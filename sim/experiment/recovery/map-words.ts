// A map of recovery in words: what each cell says, the margin, and the definition that it stands on.
import { parseDuration } from '../../lang/quantity.ts'
import { all, exactTime, percent } from '../../parts/words.ts'
import type { CellReport, MapReport } from './map-report.ts'

/** What a cell shows besides its colour: the time until it was back, or a word. */
export function cellText({ state, after, recovered, runs }: CellReport): string {
  switch (state) {
    case 'recovers':
      return shortTime(after ?? 0)
    case 'mixed':
      return `${recovered}/${runs}`
    case 'stays-down':
      return 'DOWN'
    case 'relapses':
      return 'AGAIN'
    case 'overloaded':
      return 'over'
    case 'stopped':
      return 'STOP'
    case 'too-short':
      return '?'
  }
}

/** Where there is no room: one character. */
export const MARKS: Readonly<Record<CellReport['state'], string>> = {
  recovers: '·',
  mixed: '/',
  'stays-down': 'X',
  relapses: '~',
  overloaded: 'o',
  stopped: '!',
  'too-short': '?',
}

export const MEANINGS: Readonly<Record<CellReport['state'], string>> = {
  recovers: 'comes back; how long after the trigger was over',
  mixed: 'comes back with some seeds only',
  'stays-down': 'stays down although nothing is wrong any more',
  relapses: 'came back and is down again at the end',
  overloaded: 'too much load without any trigger',
  stopped: 'a guard stopped a run',
  'too-short': 'too little load after the trigger to tell',
}

/** A value as short as it can be told: `1.5s` of `1500ms`. */
export function shownValue(value: string): string {
  const time = /[a-z]/.test(value) ? parseDuration(value) : undefined
  return time?.ok === true && time.value > 0 ? exactTime(time.value).replace(/ /g, '') : value
}

/** Seconds: `0.4s`, `12s`, `3m`. */
export function shortTime(seconds: number): string {
  if (seconds >= 120) return `${Math.round(seconds / 60)}m`
  return `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)}s`
}

/** A size of the trigger: `500ms`, `Percentage 20`. */
export function sizeText({ trigger }: MapReport, value: string): string {
  return trigger.member === 'For' ? shownValue(value) : `${trigger.member} ${shownValue(value)}`
}

/** The answer: how much trigger is survived at the present load, and how much load is safe. */
export function marginSentences(report: MapReport): string[] {
  const { load, trigger, margin, cells } = report
  const greatest = sizeText(report, byNumber(trigger.values).at(-1)!)
  const { present } = load
  const out: string[] = []
  if (present !== undefined) {
    const where =
      present.on === present.value
        ? `At the present load, ${present.value},`
        : `At ${present.on}, the next load of the map above the present ${present.value},`
    out.push(`${where} ${rowSentence(report, load.values.indexOf(present.on))}`)
  }
  if (margin.load === undefined)
    out.push(`No load from ${load.setting}=${byNumber(load.values)[0]!} on survives every trigger up to ${greatest}.`)
  else if (cells.flat().every(({ state }) => state === 'recovers'))
    out.push(`Every load of the map, up to ${load.setting}=${margin.load}, survives every trigger up to ${greatest}.`)
  else out.push(`Up to ${load.setting}=${margin.load} every trigger up to ${greatest} is survived.`)
  if (!margin.monotone)
    out.push(
      'The edge is no single line: at places more load or a greater trigger does less harm. What is said here goes as far as everything below is safe.',
    )
  return out
}

function rowSentence(report: MapReport, row: number): string {
  const { trigger, margin, cells } = report
  const states = cells[row]!.map(({ state }) => state)
  if (states.every((state) => state === 'overloaded')) return 'it is too much without any trigger.'
  if (states.every((state) => state === 'recovers'))
    return `it comes back from every trigger up to ${sizeText(report, byNumber(trigger.values).at(-1)!)}.`
  const survived = margin.triggers[row] ?? undefined
  const order = byNumber(trigger.values)
  const next = order[survived === undefined ? 0 : order.indexOf(survived) + 1]!
  const then = VERBS[states[trigger.values.indexOf(next)]!]
  return survived === undefined
    ? `it ${then} from the least trigger on, ${sizeText(report, next)}.`
    : `it comes back from a trigger of ${sizeText(report, survived)}; with ${sizeText(report, next)} it ${then}.`
}

const VERBS: Readonly<Record<CellReport['state'], string>> = {
  recovers: 'comes back',
  mixed: 'comes back with some seeds only',
  'stays-down': 'stays down',
  relapses: 'comes back and is down again at the end',
  overloaded: 'has too much load anyway',
  stopped: 'runs into a guard',
  'too-short': 'has too little load left to tell',
}

/** The definition of the map, with all its figures. */
export function definitionSentences({ rule, trigger }: MapReport): string[] {
  const hold = exactTime(Math.round(rule.hold * 1e6))
  const slower = rule.slower === undefined ? '' : `, and they take on average at most ${rule.slower} times as long`
  const seeds = rule.seeds === undefined ? 'with the scenario’s own seed' : `with seeds ${rule.seeds}`
  return [
    `It is back when for ${hold} in a row at least ${percent(1 - rule.within)} as many requests of ${all(rule.clients)} end well as in the same run without the trigger${slower}; and still so at the end of the load. What waits behind a queue is missing to no client, and is not seen here.`,
    `Trigger: ${trigger.label}, from ${exactTime(Math.round(trigger.from * 1e6))} on. Each cell is run ${seeds}.`,
  ]
}

/** Values by size; of times by their length. */
export function byNumber(values: readonly string[]): readonly string[] {
  const size = (value: string): number => {
    const time = parseDuration(value)
    return time.ok ? time.value : Number.parseFloat(value)
  }
  return [...values].sort((a, b) => size(a) - size(b))
}
