// The links between alarms and the composite alarms that look at them, and the rules that composites are made of.
import type { Near } from '../../model/contract.ts'
import type { AlarmState } from './alarm-state.ts'

export const COMPOSITE = 'AWS::CloudWatch::CompositeAlarm'

/** A rule: a state asked of an alarm, or a combination of rules. `alarm` is a name as written or, once linked, a logical id. */
export type Rule =
  | { readonly kind: 'is'; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly of: Rule }
  | { readonly kind: 'and' | 'or'; readonly left: Rule; readonly right: Rule }

const TOKEN =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^\s()"']+))\s*\)|(AND|OR|NOT|TRUE|FALSE)\b|([()]))/y

/** Reads a rule (CW-40): NOT binds before AND, AND before OR. Answers with the place where the text stops making sense. */
export function parseRule(text: string): Rule | { readonly at: number } {
  if (text.length > LENGTH_MAX) return { at: LENGTH_MAX }
  const reader = { text, at: 0, depth: 0 }
  const rule = either(reader)
  const rest = /\S/.exec(text.slice(reader.at))
  if (rule === undefined || rest !== null) return { at: reader.at + (rest?.index ?? 0) }
  return rule
}

/** Longest text of a rule, and how deep it may nest. */
const LENGTH_MAX = 10_240
const DEPTH_MAX = 100

interface Reader {
  readonly text: string
  at: number
  depth: number
}

function next(reader: Reader): RegExpExecArray | undefined {
  TOKEN.lastIndex = reader.at
  return TOKEN.exec(reader.text) ?? undefined
}

function accept(reader: Reader, word: string): boolean {
  const token = next(reader)
  if (token === undefined || (token[5] ?? token[6]) !== word) return false
  reader.at += token[0].length
  return true
}

function either(reader: Reader): Rule | undefined {
  let left = both(reader)
  while (left !== undefined && accept(reader, 'OR')) {
    const right = both(reader)
    left = right === undefined ? undefined : { kind: 'or', left, right }
  }
  return left
}

function both(reader: Reader): Rule | undefined {
  let left = single(reader)
  while (left !== undefined && accept(reader, 'AND')) {
    const right = single(reader)
    left = right === undefined ? undefined : { kind: 'and', left, right }
  }
  return left
}

function single(reader: Reader): Rule | undefined {
  if (++reader.depth > DEPTH_MAX) return undefined
  const rule = unnested(reader)
  reader.depth--
  return rule
}

function unnested(reader: Reader): Rule | undefined {
  if (accept(reader, 'NOT')) {
    const of = single(reader)
    return of === undefined ? undefined : { kind: 'not', of }
  }
  if (accept(reader, '(')) {
    const inside = either(reader)
    return inside !== undefined && accept(reader, ')') ? inside : undefined
  }
  if (accept(reader, 'TRUE')) return { kind: 'constant', value: true }
  if (accept(reader, 'FALSE')) return { kind: 'constant', value: false }
  const token = next(reader)
  if (token?.[1] === undefined) return undefined
  reader.at += token[0].length
  return { kind: 'is', state: token[1] as AlarmState, alarm: (token[2] ?? token[3] ?? token[4])! }
}

/** Whether a rule holds; an alarm not in the table has no data. */
export function ruleHolds(rule: Rule, states: ReadonlyMap<string, AlarmState>): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value
    case 'is':
      return (states.get(rule.alarm) ?? 'INSUFFICIENT_DATA') === rule.state
    case 'not':
      return !ruleHolds(rule.of, states)
    case 'and':
      return ruleHolds(rule.left, states) && ruleHolds(rule.right, states)
    case 'or':
      return ruleHolds(rule.left, states) || ruleHolds(rule.right, states)
  }
}

/** The names in a rule, each once. */
export function alarmsIn(rule: Rule): string[] {
  switch (rule.kind) {
    case 'constant':
      return []
    case 'is':
      return [rule.alarm]
    case 'not':
      return alarmsIn(rule.of)
    default:
      return [...new Set([...alarmsIn(rule.left), ...alarmsIn(rule.right)])]
  }
}

/** A rule with logical ids for names; a name that leads nowhere stays and never has data. */
export function linkRule(rule: Rule, near: Near): Rule {
  switch (rule.kind) {
    case 'constant':
      return rule
    case 'is':
      return { ...rule, alarm: near.resourceAt(rule.alarm)?.logicalId ?? rule.alarm }
    case 'not':
      return { kind: 'not', of: linkRule(rule.of, near) }
    default:
      return { kind: rule.kind, left: linkRule(rule.left, near), right: linkRule(rule.right, near) }
  }
}

/** What a composite alarm listens to: the alarms of its rule and its suppressor, as logical ids. */
export function listensTo(config: Readonly<Record<string, any>>, near: Near): string[] {
  const rule = parseRule(String(config['AlarmRule'] ?? ''))
  const names = 'at' in rule ? [] : alarmsIn(rule)
  if (config['ActionsSuppressor'] !== undefined) names.push(String(config['ActionsSuppressor']))
  return names.map((name) => near.resourceAt(name)?.logicalId ?? name)
}

/** The composite alarms that listen to an alarm; for `gather`. */
export function listenersOf(near: Near): readonly string[] {
  return near
    .all(COMPOSITE)
    .filter((composite) => listensTo(composite.config, near).includes(near.self.logicalId))
    .map((composite) => composite.logicalId)
}
