// Changes of a text that keep all the rest of it letter by letter: the inferred section, and values of parameters.
import { isMap, parse, type Node, type YAMLMap } from 'yaml'
import { leftLines, overlayText } from '../infer/index.ts'
import type { Scenario } from '../lang/scenario.ts'
import { notSimulatedLines } from '../run/left-out.ts'
import { leftOut } from '../run/report.ts'
import { member, treeOf } from './cursor.ts'

/** The template with what was inferred as a section of its own; undefined when it has one, or nothing could be inferred. */
export function withInferred(text: string, scenario: Scenario): string | undefined {
  const { draft, isBare, notSimulated } = scenario
  if (draft === undefined || !isBare) return undefined
  const told = new Set(leftLines(draft).map(({ message }) => message))
  const left = notSimulated.filter(({ message }) => !told.has(message)).map(leftOut)
  const section = overlayText(draft, { parameters: new Map(), notSimulated: notSimulatedLines(left) })
  const root = treeOf(text)
  if (!isMap(root)) return undefined
  // JSON has no comments: the reasons are left out.
  if (root.flow)
    return inserted(
      text,
      root,
      `"Simulation": ${JSON.stringify((parse(section) as { Simulation: unknown }).Simulation, null, 2)}`,
    )
  return `${text.trimEnd()}\n\n${section.trimEnd()}\n`
}

/** The text with values of parameters as the scenario's own (`Simulation.Parameters`); undefined when it cannot be read. */
export function withParameters(text: string, values: Readonly<Record<string, string>>): string | undefined {
  const root = treeOf(text)
  if (!isMap(root)) return undefined
  return Object.entries(values).reduce<string | undefined>(
    (so, [name, value]) => (so === undefined ? undefined : withParameter(so, name, value)),
    text,
  )
}

function withParameter(text: string, name: string, value: string): string | undefined {
  const root = treeOf(text)
  if (!isMap(root)) return undefined
  const inMetadata = member(member(root, 'Metadata'), 'Simulation')
  const simulation = inMetadata ?? member(root, 'Simulation')
  const pair = `${root.flow ? JSON.stringify(name) : name}: ${written(value, root.flow === true)}`
  const inner = root.flow ? `"Parameters": { ${pair} }` : `Parameters: { ${pair} }`
  if (simulation === undefined)
    return inserted(text, root, root.flow ? `"Simulation": { ${inner} }` : `Simulation:\n  Parameters:\n    ${pair}`)
  if (!isMap(simulation)) return undefined
  const parameters = member(simulation, 'Parameters')
  if (parameters === undefined) return inserted(text, simulation, simulation.flow ? inner : `Parameters:\n  ${pair}`)
  if (!isMap(parameters)) return undefined
  const old = member(parameters, name)
  if (old === undefined) return inserted(text, parameters, pair)
  const [from, to] = old.range!
  return text.slice(0, from) + written(value, root.flow === true) + text.slice(to)
}

/** A member more at the end of a map. */
function inserted(text: string, map: YAMLMap, member: string): string {
  const [start, end] = map.range!
  const last = map.items.at(-1)
  const lastEnd = ((last?.value ?? last?.key) as Node | null | undefined)?.range?.[1] ?? start + 1
  if (map.flow === true) {
    const closing = text.slice(lastEnd, end)
    const indent = /\n([ \t]*)\S/.exec(text.slice(start, end))?.[1]
    const body = indent === undefined ? member : member.replaceAll('\n', `\n${indent}`)
    const lead = indent === undefined ? ' ' : `\n${indent}`
    return `${text.slice(0, lastEnd)}${last === undefined ? '' : ','}${lead}${body}${closing.replace(/^\s*,/, '') === closing ? closing : closing.replace(',', '')}${text.slice(end)}`
  }
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1)
  const lines = member
    .split('\n')
    .map((line) => ' '.repeat(indent) + line)
    .join('\n')
  const head = text.slice(0, lastEnd).trimEnd()
  return `${head}\n${lines}${text.slice(head.length).startsWith('\n') ? '' : '\n'}${text.slice(head.length)}`
}

/** A value as YAML and JSON both read it; words and numbers without quotes where quotes are not needed. */
function written(value: string, isJson: boolean): string {
  if (
    !isJson &&
    /^(?:-?\d+(?:\.\d+)?|[A-Za-z][\w-]*)$/.test(value) &&
    !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value)
  )
    return value
  return JSON.stringify(value)
}
