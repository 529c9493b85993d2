// Changes of a text that keep all the rest of it letter by letter: the inferred section, and values that were set outside of it.
import { isMap, isScalar, parse, type Node, type YAMLMap } from 'yaml'
import { leftLines, overlayText } from '../infer/index.ts'
import type { Scenario } from '../lang/scenario.ts'
import { settingsOf } from '../lang/settings.ts'
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

/** What could be written, and the names of what could not. */
export interface Written {
  readonly text: string
  readonly left: readonly string[]
}

/** The text with values from outside (`settings.ts`) as the scenario's own: parameters, scales of workloads, quotas. */
export function withSettings(text: string, values: Readonly<Record<string, string>>): Written {
  const left: string[] = []
  const whole = Object.entries(values).reduce((so, [name, value]) => {
    const root = treeOf(so)
    const path = pathOf(name)
    const made = isMap(root)
      ? withValue(so, root, [...sectionAt(root), ...path], value, path[0] === 'Parameters')
      : undefined
    if (made === undefined) left.push(name)
    return made ?? so
  }, text)
  return { text: whole, left }
}

/** Where in `Simulation` a value from outside stands. */
function pathOf(name: string): string[] {
  const { scales, quotas } = settingsOf(new Map([[name, '']]))
  const [workload] = scales.keys()
  const [quota] = quotas.keys()
  if (workload !== undefined) return ['Workloads', workload, 'Scale']
  if (quota !== undefined) return ['Quotas', quota]
  const [stack, own] = name.split('.')
  return own === undefined ? ['Parameters', name] : ['Stacks', stack!, 'Parameters', own]
}

const sectionAt = (root: Node): string[] =>
  member(member(root, 'Metadata'), 'Simulation') === undefined ? ['Simulation'] : ['Metadata', 'Simulation']

/** Sets the value at a path. Maps on the way are made where `isFree`, else only the last member; undefined when it cannot be. */
function withValue(
  text: string,
  root: YAMLMap,
  path: readonly string[],
  value: string,
  isFree: boolean,
): string | undefined {
  const isJson = root.flow === true
  let map = root
  for (const [i, key] of path.entries()) {
    const found = member(map, key)
    const isLast = i === path.length - 1
    const rest = path.slice(i)
    // Quotas alone may be made besides parameters: a workload that nobody wrote would be another load.
    if (found === undefined)
      return isLast || isFree || rest[0] === 'Quotas'
        ? inserted(text, map, nested(rest, written(value, isJson), map.flow === true, isJson))
        : undefined
    if (isLast) return replaced(text, found, written(value, isJson))
    if (isMap(found)) map = found
    // `Quotas: current` is a profile by its name.
    else if (key === 'Quotas' && isScalar(found))
      return replaced(
        text,
        found,
        `{ ${nested(['Profile'], written(String(found.value), isJson), true, isJson)}, ${nested(rest.slice(1), written(value, isJson), true, isJson)} }`,
      )
    else return undefined
  }
  return undefined
}

/** `A: { B: value }` on one line, or as a block. */
function nested(path: readonly string[], value: string, isFlow: boolean, isJson: boolean): string {
  const keys = path.map((key) => (isJson || !/^[A-Za-z][\w.-]*$/.test(key) ? JSON.stringify(key) : key))
  if (!isFlow)
    return keys.map((key, i) => `${'  '.repeat(i)}${key}:${i === keys.length - 1 ? ` ${value}` : ''}`).join('\n')
  return keys.reduceRight((inner, key, i) => `${key}: ${i === keys.length - 1 ? inner : `{ ${inner} }`}`, value)
}

/** A value in place of another, with the short form of a function that stands before it. */
function replaced(text: string, { range }: Node, value: string): string {
  const [from, to] = range!
  const tag = /![\w:]+\s+$/.exec(text.slice(0, from))?.[0] ?? ''
  return text.slice(0, from - tag.length) + value + text.slice(to)
}

/** A member more at the end of a map. */
function inserted(text: string, map: YAMLMap, member: string): string {
  const [start, end] = map.range!
  const last = map.items.at(-1)
  const lastEnd = ((last?.value ?? last?.key) as Node | null | undefined)?.range?.[1] ?? start + 1
  if (map.flow === true) {
    const indent = /\n([ \t]*)\S/.exec(text.slice(start, end))?.[1]
    const lead = indent === undefined ? ' ' : `\n${indent}`
    const body = member.replaceAll('\n', `\n${indent ?? ''}`)
    // A comma behind the last member stays behind the new one.
    const comma = last === undefined || /^\s*,/.test(text.slice(lastEnd, end)) ? '' : ','
    const at = comma === '' && last !== undefined ? text.indexOf(',', lastEnd) + 1 : lastEnd
    return `${text.slice(0, at)}${comma}${lead}${body}${text.slice(at)}`
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
