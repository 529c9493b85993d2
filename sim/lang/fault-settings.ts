// Faults that are set from outside: how long one of the scenario's lasts, how hard it hits, or one that the scenario does not have.
//
// Names are the paths that things have in `Simulation`: `Faults[0].For=5s`, `Faults[0].Percentage=20`, a whole fault in the place of
// another, `Faults[0]={ At: 30s, For: 5s, sim:http:pause: { Target: Origin } }`, or one more behind the last, `Faults[+]={ … }`.
// A fault that lasts `0s` is none, so that a search for the smallest one that hurts may begin with nothing.
import { entries, isMap, parseDocument, withMembers, type Dict, type Node } from '../cfn/index.ts'
import { nearest } from '../diag/suggest.ts'
import type { Problems } from '../diag/problem.ts'
import { FAULT, namesOf } from './members.ts'
import { parseDuration } from './quantity.ts'

const PATH = /^Faults\[(\+|0|[1-9][0-9]{0,3})\](?:\.([A-Za-z]+))?$/

/** Whether a name of a setting is of a fault; what follows it may still be wrong. */
export function isFaultSetting(name: string): boolean {
  return /^Faults[[.]/.test(name)
}

/** The faults with what is set of them, in the settings' order of name: a whole one before its members. */
export function withFaultSettings(
  faults: readonly (Node | undefined)[],
  settings: ReadonlyMap<string, string>,
  problems: Problems,
): readonly (Node | undefined)[] {
  if (settings.size === 0) return faults
  const made: (Node | undefined)[] = [...faults]
  const names = [...settings.keys()].sort((a, b) => numberOf(a) - numberOf(b) || a.length - b.length)
  for (const name of names) {
    const [, digits, member] = PATH.exec(name) ?? []
    if (digits === undefined) {
      problems.error('parameter-not-declared', `\`${name}\` is no setting of a fault`, undefined, {
        help: 'write `Faults[0].For=5s`, a parameter of its action such as `Faults[0].Percentage=20`, or a whole fault `Faults[0]={ … }`',
      })
      continue
    }
    const text = settings.get(name)!
    const value = parseDocument({ name, text }, problems)
    if (value === undefined) continue
    const isNew = digits === '+' && member === undefined
    const i = digits === '+' ? faults.length : Number(digits)
    if (i >= made.length && !isNew) tooFar(name, faults.length, problems)
    else if (member === undefined) made[i] = value
    else if (made[i] !== undefined)
      made[i] = member === 'For' && isNothing(text) ? undefined : withMember(made[i], name, member, value, problems)
  }
  return made
}

/** The fault with one member, or one parameter of its action, set. */
function withMember(fault: Node, name: string, member: string, value: Node, problems: Problems): Node {
  if (!isMap(fault)) return fault
  if (namesOf(FAULT).includes(member)) return withMembers(fault, { [member]: value })
  const action = entries(fault).find(({ key }) => key.includes(':'))
  if (member === 'Target' || action === undefined || !isMap(action.value)) {
    const near = nearest(member, namesOf(FAULT))
    problems.error('parameter-not-declared', `\`${name}\` cannot be set from outside`, undefined, {
      help: near === undefined ? 'set the whole fault: `Faults[0]={ … }`' : `did you mean \`${near}\`?`,
    })
    return fault
  }
  const params: Dict = withMembers(action.value, { [member]: value })
  return withMembers(fault, { [action.key]: params })
}

function isNothing(text: string): boolean {
  const length = parseDuration(text)
  return length.ok && length.value === 0
}

function numberOf(name: string): number {
  const digits = PATH.exec(name)?.[1] ?? '+'
  return digits === '+' ? Infinity : Number(digits)
}

function tooFar(name: string, count: number, problems: Problems): void {
  const has =
    count === 0 ? 'no faults' : count === 1 ? 'one fault, `Faults[0]`' : `faults up to \`Faults[${count - 1}]\``
  problems.error('parameter-not-declared', `a value is given for \`${name}\`, and the scenario has ${has}`, undefined, {
    help: `one more is \`Faults[+]={ At: 30s, For: 5s, … }\``,
  })
}
