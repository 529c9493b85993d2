// What is going on in a run, in sentences: the findings of all rooms, tied to what brought them about, the most telling first.
//
// The one idea: a room knows what went wrong inside it and where else to look. Here the findings are only joined: of the
// findings at the suspected resources, the one that began first is the cause, unless it is itself a consequence.
import type { Finding, Ref } from '../model/contract.ts'
import { lookOf, type Evidence } from './look.ts'

export interface Insight {
  readonly kind: string
  readonly resource: Ref
  /** µs. */
  readonly from: number
  readonly to: number
  readonly title: string
  readonly text: string
  /** 0..1: how much of the trouble it explains. */
  readonly weight: number
  /** The insight of the same list that brought it about. */
  readonly cause?: number
}

/** A finding and the resource at which it was made. */
interface Found extends Finding {
  readonly resource: Ref
}

/** Metrics are kept by the minute, so that a cause may seem to begin later than what it causes, by that much (µs). */
const SLACK = 60_000_000
/** A cause weighs a little more than the heaviest of its consequences. */
const CAUSE = 1.05
const FAULT = 'fault'
const RETRIES = 'retry-amplification'

/** The insights of a finished run. */
export function insightsOf(evidence: Evidence): Insight[] {
  const found = [...faultsOf(evidence), ...closedWays(evidence), ...findingsOf(evidence)]
  // What began first is looked at first, so that a chain of causes leads back in time and never round.
  found.sort((a, b) => a.from - b.from || b.share - a.share || compare(a, b))
  const causes = found.map(() => -1)
  found.forEach((finding, i) => (causes[i] = causeOf(finding, i, found, causes, evidence)))
  const weights = weigh(found, causes)
  // A fault that did no harm is not worth a sentence.
  const told = found.map((_, i) => i).filter((i) => found[i]!.kind !== FAULT || causes.includes(i))
  const order = told.sort((a, b) => weights[b]! - weights[a]! || a - b)
  return order.map((i) => {
    const { kind, resource, from, to, title, text } = found[i]!
    const cause = order.indexOf(causes[i]!)
    return { kind, resource, from, to, title, text, weight: Math.min(1, weights[i]!), ...(cause < 0 ? {} : { cause }) }
  })
}

/** What the rooms have found. */
function findingsOf(evidence: Evidence): Found[] {
  return evidence.components.flatMap((component, i) =>
    (component.def.insights?.(evidence.states[i], lookOf(evidence, component)) ?? []).map((finding): Found => ({
      ...finding,
      resource: component.name,
    })),
  )
}

/** What the scenario itself did: a fault of a resource, or of the calls to it. */
function faultsOf({ faults, now }: Evidence): Found[] {
  return faults
    .filter(({ at, target }) => at <= now && target !== undefined)
    .map(({ at, until, fault, target }) => ({
      kind: FAULT,
      resource: target!,
      from: at,
      to: Math.min(until, now),
      title: 'A fault is injected',
      text: `The scenario injects \`${fault}\` at ${target}.`,
      share: 0,
    }))
}

/** Calls that nothing in the network leads to where they should go. */
function closedWays({ edges }: Evidence): Found[] {
  return edges
    .filter(({ noWay, failed }) => noWay !== '' && failed > 0)
    .map(({ from, to, noWay, sent, failed, failedFrom, failedTo }) => ({
      kind: 'no-way',
      resource: from,
      from: failedFrom,
      to: failedTo,
      share: Math.min(1, failed / Math.max(1, sent)),
      title: `${from} cannot reach ${to}`,
      text: `Calls from ${from} to ${to} are not answered until their client gives up connecting: ${noWay}.`,
    }))
}

/** The finding that brought another one about: the earliest at a suspected resource, or behind it where nothing is found. */
function causeOf(
  finding: Found,
  index: number,
  found: readonly Found[],
  causes: readonly number[],
  evidence: Evidence,
): number {
  const fault = found.findIndex(
    (other) => other.kind === FAULT && other.resource === finding.resource && mayCause(other, finding),
  )
  if (fault >= 0 && finding.kind !== FAULT) return fault
  const seen = new Set<Ref>([finding.resource])
  let places: readonly Ref[] = finding.suspects ?? []
  while (places.length > 0) {
    places.forEach((place) => seen.add(place))
    const candidates = found.flatMap(({ resource }, i) =>
      places.includes(resource) && mayCause(found[i]!, finding) && !leadsTo(i, index, causes) ? [i] : [],
    )
    // What a fault has done to a resource stands between the fault and the rest.
    const nearest = candidates.filter((i) => found[i]!.kind !== FAULT)
    const among = nearest.length > 0 ? nearest : candidates
    if (among.length > 0) return among.reduce((a, b) => (found[b]!.from < found[a]!.from ? b : a))
    // A resource without a finding of its own only passes on what is behind it.
    places = [...new Set(places.flatMap((place) => behind(place, evidence)))].filter((place) => !seen.has(place))
  }
  return found.findIndex(
    (other, i) =>
      other.kind === RETRIES &&
      finding.drivers?.includes(other.resource) === true &&
      other.from < finding.from &&
      mayCause(other, finding) &&
      !leadsTo(i, index, causes),
  )
}

function mayCause(one: Found, other: Found): boolean {
  return one.isFelt !== true && one.from <= other.from + SLACK && one.to + SLACK >= other.from
}

/** What a resource calls, and what it shares with the rest of its account. */
function behind(name: Ref, { edges, components }: Evidence): Ref[] {
  const type = components.find((component) => component.name === name)?.type.split('::')[1]
  const shared = components.filter(({ def, type: other }) => def.singleton === true && other.split('::')[1] === type)
  return [
    ...edges.filter((edge) => edge.from === name && edge.sent > 0).map((edge) => edge.to),
    ...shared.map((component) => component.name),
  ]
}

/** Whether the causes of a finding lead back to another one. */
function leadsTo(from: number, to: number, causes: readonly number[]): boolean {
  for (let at = from; at >= 0; at = causes[at]!) if (at === to) return true
  return false
}

/** How much each finding explains: its own share of trouble, or that of what it brought about. */
function weigh(found: readonly Found[], causes: readonly number[]): number[] {
  const weights = found.map(({ share }) => 0.1 + 0.8 * Math.min(1, share))
  // Along every chain, from its end to its root: a chain has no more links than there are findings.
  found.forEach((_, leaf) => {
    for (let at = leaf; causes[at]! >= 0; at = causes[at]!)
      weights[causes[at]!] = Math.max(weights[causes[at]!]!, weights[at]! * CAUSE)
  })
  return weights
}

function compare(a: Found, b: Found): number {
  const keys = [`${a.resource} ${a.kind}`, `${b.resource} ${b.kind}`] as const
  return keys[0] < keys[1] ? -1 : keys[0] > keys[1] ? 1 : 0
}
