// What knocks a system over, in many sizes: a fault of the scenario's own or one more, whose length or strength is a range.
//
//   pause(Origin)=0s..10s:1s            a fault that the resource has, by its whole name or the last word of it
//   outage(Orders)=0s..60s:5s           every call to it, and by it, fails: `aws:fis:inject-api-unavailable-error`
//   throttling(Orders, Percentage=50)=… parameters of the fault; throttling: `aws:fis:inject-api-throttle-error`
//   Faults[0].For=…, Faults[0].Percentage=…   a fault of the scenario by its number
//
// Where the scenario has that fault at that resource already, it is that one whose length is varied.
import { nearest } from '../../diag/suggest.ts'
import type { Scenario } from '../../lang/scenario.ts'
import { formatDuration, parseDuration } from '../../lang/quantity.ts'
import type { FaultPlan } from '../../model/plan.ts'
import { API_FAULTS } from '../../parts/api-faults.ts'
import { parseRange, type Axis } from '../axis.ts'
import type { Setting } from '../types.ts'

export interface Trigger {
  /** In words: `sim:http:pause at Origin`. */
  readonly label: string
  /** What is varied of it: `For`, `Percentage`. */
  readonly member: string
  readonly axis: Axis
  /** The settings that give it the size of a value. */
  settings(value: string): readonly Setting[]
  /** The settings without it. */
  readonly none: readonly Setting[]
  /** It among the faults of a plan; undefined where its size is nothing. */
  in(faults: readonly FaultPlan[]): FaultPlan | undefined
}

export type ReadTrigger =
  | { readonly ok: true; readonly trigger: Trigger }
  | { readonly ok: false; readonly message: string; readonly help: string }

/** Words for the faults of the API layer, which hit any resource. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['outage', 'aws:fis:inject-api-unavailable-error'],
  ['throttling', 'aws:fis:inject-api-throttle-error'],
])
const OWN = /^(Faults\[(\d{1,4})\])\.([A-Za-z]+)$/
const NEW = /^([a-zA-Z][\w:-]*)\(\s*([^\s,()]+)\s*((?:,[^,()]+)*)\)$/
const PARAMETER = /^,\s*([A-Za-z]\w*)\s*=\s*([^\s,=]+)\s*$/
const EXAMPLE = 'such as `pause(Origin)=0s..10s:1s`, `outage(Orders)=0s..60s:5s` or `Faults[0].For=0s..10s:1s`'

/** Reads `--trigger`. `at` is when a fault that the scenario does not have begins, in µs; the scenario's own keep their time without it. */
export function parseTrigger(text: string, scenario: Scenario, at?: number): ReadTrigger {
  const split = splitAt(text)
  if (split === undefined) return refused(`\`${text}\` is no trigger`, EXAMPLE)
  const [subject, range] = split
  const own = OWN.exec(subject)
  if (own !== null) return ofFault(Number(own[2]), own[3]!, range, scenario, at)
  const made = NEW.exec(subject)
  if (made === null) return refused(`\`${subject}\` is no trigger`, EXAMPLE)
  const [, word = '', resource = '', rest = ''] = made
  const params = (rest.match(/,[^,]+/g) ?? []).map((part) => PARAMETER.exec(part))
  if (params.includes(null))
    return refused(`\`${subject}\` has a parameter without a value`, 'such as `, Percentage=50`')
  const component = scenario.plan.components.find(({ name }) => name === resource)
  if (component === undefined) {
    const near = nearest(
      resource,
      scenario.plan.components.map(({ name }) => name),
    )
    return refused(
      `\`${resource}\` is no simulated resource`,
      near === undefined ? EXAMPLE : `did you mean \`${near}\`?`,
    )
  }
  const possible = [...Object.keys(component.def.faults ?? {}), ...Object.keys(API_FAULTS)]
  const fault =
    possible.find((id) => id === word || id === WORDS.get(word)) ?? possible.find((id) => id.endsWith(`:${word}`))
  if (fault === undefined) {
    const words = [...possible.map((id) => id.slice(id.lastIndexOf(':') + 1)), ...WORDS.keys()]
    return refused(
      `\`${resource}\` suffers no \`${word}\``,
      `possible are ${words.map((each) => `\`${each}\``).join(', ')}`,
    )
  }
  const known = scenario.plan.faults.filter((plan) => plan.fault === fault && plan.target === resource)
  if (known.length > 1)
    return refused(
      `the scenario has several faults \`${fault}\` at \`${resource}\``,
      'name one of them by its number: `Faults[0].For=…`',
    )
  if (known.length === 1 && params.length === 0) return ofFault(known[0]!.entry!, 'For', range, scenario, at)
  return added(fault, resource, params as readonly RegExpExecArray[], range, scenario, at)
}

/** A third of the measured run, to whole seconds: late enough for the load to be there, early enough to see what comes after. */
export function defaultTime({ plan: { warmUp, duration } }: Pick<Scenario, 'plan'>): number {
  return Math.floor((warmUp + (duration - warmUp) / 3) / 1_000_000) * 1_000_000
}

/** One of the scenario's own faults, by its number in the list. */
function ofFault(
  entry: number,
  member: string,
  range: string,
  scenario: Scenario,
  at: number | undefined,
): ReadTrigger {
  const found = scenario.plan.faults.filter((fault) => fault.entry === entry)
  const [fault] = found
  if (fault === undefined)
    return refused(`the scenario has no fault number ${entry}`, 'the first of the list is `Faults[0]`')
  const name = `Faults[${entry}].${member}`
  const read = parseRange(name, range)
  if (!read.ok) return read
  const time: Setting[] = at === undefined ? [] : [[`Faults[${entry}].At`, formatDuration(at)]]
  return {
    ok: true,
    trigger: {
      label: labelOf(
        fault.fault,
        found.flatMap(({ target }) => target ?? []),
      ),
      ...{ member, axis: read.axis },
      settings: (value) => [...time, [name, value]],
      none: [[`Faults[${entry}].For`, '0s']],
      in: (faults) => faults.find((each) => each.entry === entry),
    },
  }
}

/** A fault that the scenario does not have. */
function added(
  fault: string,
  resource: string,
  params: readonly RegExpExecArray[],
  range: string,
  scenario: Scenario,
  at = defaultTime(scenario),
): ReadTrigger {
  const read = parseRange('For', range)
  if (!read.ok) return read
  const more = params.map(([, name, value]) => `, ${name}: ${value}`).join('')
  const whole = (value: string): string =>
    `{ At: ${formatDuration(at)}, For: ${value}, ${fault}: { Target: ${resource}${more} } }`
  const last = Math.max(-1, ...scenario.plan.faults.map(({ entry }) => entry!))
  const isNothing = (value: string): boolean => {
    const length = parseDuration(value)
    return length.ok && length.value === 0
  }
  return {
    ok: true,
    trigger: {
      label: `${labelOf(fault, [resource])}${params.map(([, name, value]) => `, ${name} ${value}`).join('')}`,
      ...{ member: 'For', axis: read.axis, none: [] },
      settings: (value) => (isNothing(value) ? [] : [['Faults[+]', whole(value)]]),
      in: (faults) => faults.find(({ entry }) => entry! > last),
    },
  }
}

function labelOf(fault: string, targets: readonly string[]): string {
  return targets.length === 0 ? fault : `${fault} at ${targets.join(', ')}`
}

/** The text before the `=` of the range, which is not that of a parameter. */
function splitAt(text: string): [subject: string, range: string] | undefined {
  const close = text.indexOf(')')
  const at = text.indexOf('=', Math.max(0, close))
  return at <= 0 ? undefined : [text.slice(0, at).trim(), text.slice(at + 1)]
}

function refused(message: string, help: string): ReadTrigger {
  return { ok: false, message, help }
}
