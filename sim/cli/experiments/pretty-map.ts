// A map of recovery in a terminal: the margin first, then load by trigger, coloured and marked, then what the marks mean.
import pc from 'picocolors'
import { plain } from '../../diag/text.ts'
import type { CellReport, MapReport } from '../../experiment/recovery/map-report.ts'
import {
  byNumber,
  cellText,
  definitionSentences,
  marginSentences,
  MARKS,
  MEANINGS,
  shownValue,
  sizeText,
} from '../../experiment/recovery/map-words.ts'
import { counted } from '../../report/figures.ts'
import type { Ink } from '../pretty-resources.ts'
import type { Style } from '../pretty.ts'
import { wrapWords } from '../wrap.ts'

/** The whole map as text, ending with a newline. */
export function prettyMap(report: MapReport, { color, width }: Style): string {
  const ink = pc.createColors(color)
  const settings = Object.entries(report.settings).map(([name, value]) => `${name}=${value}`)
  const out = ['', ink.bold(`${plain(report.scenario)}  ${ink.dim(plain(settings.join(', ')))}`.trimEnd())]
  const put = (text: string, paint: (line: string) => string = String): void => {
    for (const line of wrapWords(plain(text), width - 2, 2)) out.push(paint(`  ${line}`))
  }
  for (const sentence of marginSentences(report)) put(sentence, ink.bold)
  out.push('', ...gridLines(report, ink, width), '')
  for (const [state, mark] of legendOf(report, isNarrow(report, width)))
    out.push(`  ${paintOf(state, ink)(mark)}  ${MEANINGS[state]}`)
  out.push('')
  for (const sentence of definitionSentences(report)) put(sentence)
  put(`${counted(report.runs, 'run')}.`)
  if (report.edge !== undefined) {
    out.push(
      '',
      ink.bold(
        plain(
          `  Just over the edge: load ${report.edge.load}, trigger of ${sizeText(report, report.edge.broken.trigger)}`,
        ),
      ),
    )
    out.push(ink.dim(`  ${plain(report.edge.command)}`))
  }
  out.push('', ink.dim(plain(`repeat ${report.reproduce}`)))
  return `${out.join('\n')}\n`
}

/** The greatest load on top, the least trigger on the left. */
function gridLines(report: MapReport, ink: Ink, width: number): string[] {
  const { load, trigger, cells } = report
  const narrow = isNarrow(report, width)
  const columns = byNumber(trigger.values)
  const room = narrow ? 1 : cellRoom(report)
  const side = sideOf(report)
  const lines = [...byNumber(load.values)].reverse().map((value) => {
    const row = cells[load.values.indexOf(value)]!
    const isPresent = load.present?.on === value
    const painted = columns.map((column) => {
      const cell = row[trigger.values.indexOf(column)]!
      return paintOf(cell.state, ink)(narrow ? MARKS[cell.state] : centred(cellText(cell), room))
    })
    return `${isPresent ? '▶ ' : '  '}${plain(shownValue(value)).padStart(side)}  ${painted.join(narrow ? '' : ' ')}`
  })
  const present = load.present === undefined ? '' : ', ▶ the present load'
  const indent = ' '.repeat(side + 4)
  return [
    `  ${ink.bold(plain(load.setting))} ${ink.dim(`upwards${present}`)}`,
    ...lines,
    `${indent}${scaleLine(
      columns.map((column) => plain(shownValue(column))),
      narrow ? 1 : room + 1,
      width - indent.length,
    )}`,
    ink.dim(`${indent}${plain(trigger.label)}: ${trigger.member} →`),
  ]
}

/** Values under their columns, as many as there is room for. */
function scaleLine(values: readonly string[], each: number, width: number): string {
  const longest = Math.max(...values.map((value) => value.length))
  const apart = Math.ceil((longest + 1) / each)
  let line = ''
  for (let i = 0; i < values.length; i += apart) {
    const at = i * each + Math.max(0, Math.floor((each - 1 - values[i]!.length) / 2))
    if (at + values[i]!.length <= width) line = line.padEnd(at) + values[i]!
  }
  return line
}

function cellRoom({ cells }: MapReport): number {
  return Math.max(...cells.flat().map((cell) => cellText(cell).length)) + 1
}

function sideOf({ load }: MapReport): number {
  return Math.max(...load.values.map((value) => shownValue(value).length))
}

/** Whether there is only room for a character a cell. */
function isNarrow(report: MapReport, width: number): boolean {
  return sideOf(report) + 4 + report.trigger.values.length * (cellRoom(report) + 1) > width
}

/** The states that there are, each with the mark that it has. */
function legendOf({ cells }: MapReport, narrow: boolean): (readonly [state: CellReport['state'], mark: string])[] {
  const seen = new Map(cells.flat().map((cell) => [cell.state, cell]))
  const states = (Object.keys(MEANINGS) as CellReport['state'][]).filter((state) => seen.has(state))
  const marks = states.map((state) => ({ state, mark: narrow ? MARKS[state] : cellText(seen.get(state)!) }))
  const room = Math.max(...marks.map(({ mark }) => mark.length))
  return marks.map(({ state, mark }) => [state, centred(mark, room + (narrow ? 0 : 1))])
}

function paintOf(state: CellReport['state'], ink: Ink): (text: string) => string {
  switch (state) {
    case 'recovers':
      return (text) => ink.bgGreen(ink.black(text))
    case 'stays-down':
    case 'relapses':
      return (text) => ink.bgRed(ink.white(ink.bold(text)))
    case 'mixed':
      return (text) => ink.bgYellow(ink.black(text))
    default:
      return (text) => ink.dim(text)
  }
}

function centred(text: string, width: number): string {
  const left = Math.floor((width - text.length) / 2)
  return `${' '.repeat(Math.max(0, left))}${text}`.padEnd(width)
}
