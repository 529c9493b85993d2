// Whether a call from one place in the network arrives at another: subnets, routes, gateways, endpoints, security groups.
//
// The one idea: everything is looked at once, when the world is put together, and a way is a share of calls that get lost, with the
// reason in words. What cannot be known here (subnets that are parameters, another account's routes) passes: a false time-out costs more
// than a missed one. Who says nothing of a VPC stands outside of it and reaches all that is open to the internet.
import type { Near, Ref } from '../model/contract.ts'
import type { Exit, NetworkGraph, Place, SecurityRule, Subnet, Way } from '../model/network.ts'
import { groupsOf, isInBlock } from './cidr.ts'

export const OPEN_WAY: Way = Object.freeze({ lost: 0, reason: '', through: [] })

const HTTPS = 443
const SUBNET = 'AWS::EC2::Subnet'
const GROUP = 'AWS::EC2::SecurityGroup'
/** Names of endpoint services that differ from the prefix of the actions. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ['kinesis', 'kinesis-streams'],
  ['firehose', 'kinesis-firehose'],
  ['cloudwatch', 'monitoring'],
])

/** Where a resource stands that names subnets and groups, as texts of the template; undefined when it names no subnet. */
export function placeOf(
  near: Near,
  subnets: unknown,
  groups: unknown,
  more: Partial<Pick<Place, 'hasPublicAddress' | 'serves'>> = {},
): Place | undefined {
  const known = (texts: unknown, type: string): Ref[] =>
    listOf(texts).map((text) => {
      const found = near.resourceAt(text)
      return found?.type === type ? found.logicalId : ''
    })
  const places = known(subnets, SUBNET)
  if (places.length === 0) return undefined
  return { subnets: places, groups: known(groups, GROUP), hasPublicAddress: false, serves: [], ...more }
}

function listOf(value: unknown): readonly unknown[] {
  // A parameter that is a list of ids comes as one text.
  return Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value]
}

/** How a call of `action` from one resource to another fares. `from` and `to` are their places, undefined outside of any VPC. */
export function wayOf(
  graph: NetworkGraph,
  caller: { readonly name: Ref; readonly place: Place | undefined },
  callee: { readonly name: Ref; readonly place: Place | undefined },
  action: string,
): Way {
  const port = callee.place?.serves.find(({ prefix }) => action.startsWith(prefix))?.port
  const to = port === undefined ? undefined : callee.place
  if (caller.place === undefined && to === undefined) return OPEN_WAY
  const network = new Network(graph)
  if (caller.place === undefined) return network.comingIn(caller.name, callee.name, to!, port!)
  if (to === undefined) return network.goingOut(caller.name, caller.place, callee.name, action)
  return network.within(caller.name, caller.place, callee.name, to, port!)
}

class Network {
  private readonly graph: NetworkGraph

  constructor(graph: NetworkGraph) {
    this.graph = graph
  }

  /** From outside of every VPC to a place in one. */
  comingIn(caller: Ref, callee: Ref, to: Place, port: number): Way {
    const subnets = this.subnetsOf(to)
    if (subnets === undefined) return OPEN_WAY
    if (!to.hasPublicAddress)
      return lost(
        `${callee} stands in the VPC ${subnets[0]!.vpc} without a public address, and ${caller} outside of it`,
      )
    if (!this.letsIn(to, port, { groups: [], isOutside: true, blocks: [] }))
      return lost(`no security group of ${callee} lets anybody from outside of the VPC in on port ${port}`)
    const closed = subnets.filter(({ exit }) => exit.kind === 'none' || exit.kind === 'nat')
    if (closed.length === 0) return OPEN_WAY
    // It stands in any of its subnets, and only there can it be reached or not.
    return {
      lost: closed.length / subnets.length,
      reason: `subnet ${closed[0]!.id} of ${callee} has no route to an internet gateway, and ${caller} stands outside of the VPC`,
      through: [],
    }
  }

  /** Between two places in VPCs. */
  within(caller: Ref, from: Place, callee: Ref, to: Place, port: number): Way {
    const [near, far] = [this.subnetsOf(from), this.subnetsOf(to)]
    if (near === undefined || far === undefined) return OPEN_WAY
    if (near[0]!.vpc !== far[0]!.vpc) {
      if (this.graph.isJoined) return OPEN_WAY
      if (!to.hasPublicAddress)
        return lost(
          `${caller} stands in the VPC ${near[0]!.vpc}, ${callee} in ${far[0]!.vpc}, and nothing joins the two`,
        )
      const out = this.leaving(caller, from, near)
      const into = this.comingIn(caller, callee, to, port)
      return {
        lost: 1 - (1 - out.lost) * (1 - into.lost),
        reason: out.reason === '' ? into.reason : out.reason,
        through: out.through,
      }
    }
    const own = { groups: this.groupsOf(from, near[0]!.vpc), isOutside: false, blocks: near.map(({ block }) => block) }
    const theirs = { groups: this.groupsOf(to, near[0]!.vpc), isOutside: false, blocks: far.map(({ block }) => block) }
    if (!this.letsOut(from, port, theirs))
      return lost(`no security group of ${caller} lets anything out to ${callee} on port ${port}`)
    if (!this.letsIn(to, port, own)) return lost(`no security group of ${callee} lets ${caller} in on port ${port}`)
    return OPEN_WAY
  }

  /** From a place in a VPC to the API of a service, or to the internet. */
  goingOut(caller: Ref, from: Place, callee: Ref, action: string): Way {
    const subnets = this.subnetsOf(from)
    if (subnets === undefined) return OPEN_WAY
    const prefix = action.slice(0, action.indexOf(':'))
    const service = SERVICES.get(prefix) ?? prefix
    const { vpc } = subnets[0]!
    const endpoints = this.graph.endpoints.filter((each) => each.vpc === vpc && each.service === service)
    const inside = endpoints.find(({ kind, hasPrivateDns }) => kind === 'interface' && hasPrivateDns)
    if (!this.letsOut(from, HTTPS, { groups: inside?.groups ?? [], isOutside: inside === undefined, blocks: [] }))
      return lost(`no security group of ${caller} lets anything out on port ${HTTPS}`)
    if (inside !== undefined) {
      const own = { groups: this.groupsOf(from, vpc), isOutside: false, blocks: subnets.map(({ block }) => block) }
      const door: Place = { ...from, groups: inside.groups }
      return this.letsIn(door, HTTPS, own)
        ? OPEN_WAY
        : lost(
            `no security group of the endpoint ${inside.id} lets ${caller} in on port ${HTTPS}, and all calls of \`${prefix}\` lead there`,
          )
    }
    const served = subnets.filter(
      ({ routeTable }) =>
        !endpoints.some(
          ({ kind, routeTables }) =>
            kind === 'gateway' && routeTables.some((table) => table === '' || table === routeTable),
        ),
    )
    if (served.length === 0) return OPEN_WAY
    const way = this.leaving(caller, from, served)
    const part = served.length / subnets.length
    const reason = way.reason === '' || callee === '' ? way.reason : `${way.reason}${this.adviceFor(service)}`
    return { lost: way.lost * part, reason, through: way.through.map(({ by, share }) => ({ by, share: share * part })) }
  }

  /** From subnets to the internet: each has a way of its own, and a call leaves from any of them. */
  private leaving(caller: Ref, from: Place, subnets: readonly Subnet[]): Way {
    const reasons: string[] = []
    const through = new Map<Ref, number>()
    let count = 0
    for (const { id, exit } of subnets) {
      const reason = whyClosed(caller, from, id, exit)
      if (reason !== '') {
        reasons.push(reason)
        count++
      } else if (exit.kind === 'nat') through.set(exit.by, (through.get(exit.by) ?? 0) + 1 / subnets.length)
    }
    return {
      lost: count / subnets.length,
      reason: reasons[0] ?? '',
      through: [...through].map(([by, share]) => ({ by, share })),
    }
  }

  private adviceFor(service: string): string {
    return service === 'dynamodb' || service === 's3' ? `, and its route table has no endpoint for ${service}` : ''
  }

  /** The subnets of a place; undefined when one of them is not known. */
  private subnetsOf({ subnets }: Place): readonly Subnet[] | undefined {
    const found = subnets.map((id) => this.graph.subnets.find((each) => each.id === id))
    return found.every((each) => each !== undefined && each.vpc !== '') ? (found as readonly Subnet[]) : undefined
  }

  /** The groups of a place; without any it is in the default group of its VPC. */
  private groupsOf({ groups }: Place, vpc: Ref): readonly Ref[] {
    return groups.length > 0 ? groups : [defaultGroup(vpc)]
  }

  private letsOut(from: Place, port: number, peer: Peer): boolean {
    return this.lets(from, 'egress', port, peer)
  }

  private letsIn(to: Place, port: number, peer: Peer): boolean {
    return this.lets(to, 'ingress', port, peer)
  }

  /** Whether one of a place's groups has a rule that fits; a group that is not known may have one. */
  private lets(place: Place, way: 'ingress' | 'egress', port: number, peer: Peer): boolean {
    // The default group lets everything out, and in what comes from itself.
    if (place.groups.length === 0)
      return way === 'egress' || peer.groups.some((group) => group === '' || group.startsWith(DEFAULT_GROUP))
    return place.groups.some((id) => {
      const group = this.graph.groups.find((each) => each.id === id)
      if (group === undefined) return true
      return group[way].some((rule) => rule.from <= port && rule.to >= port && isOf(rule.of, peer))
    })
  }
}

/** Who is at the other end, as security groups see it. */
interface Peer {
  readonly groups: readonly Ref[]
  readonly isOutside: boolean
  /** Blocks of addresses that it may have; undefined = not known. */
  readonly blocks: readonly (string | undefined)[]
}

const DEFAULT_GROUP = 'the default group of '

function defaultGroup(vpc: Ref): Ref {
  return `${DEFAULT_GROUP}${vpc}`
}

/** Whether a rule speaks of somebody; where an address cannot be known it may. */
function isOf(of: SecurityRule['of'], { groups, isOutside, blocks }: Peer): boolean {
  if (of === 'unknown') return true
  if ('group' in of) return groups.includes(of.group) || groups.includes('')
  if (of.block.endsWith('/0')) return true
  // Somebody on the internet has an address that nobody knows here, but none of a private network.
  if (isOutside) return !isPrivate(of.block)
  if (blocks.length === 0) return true
  return blocks.some((block) => block === undefined || overlap(block, of.block))
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']

function isPrivate(block: string): boolean {
  return PRIVATE.some((each) => isInBlock(each, addressOf(block)))
}

function overlap(a: string, b: string): boolean {
  if (groupsOf(addressOf(a)) === undefined || groupsOf(addressOf(b)) === undefined) return true
  return isInBlock(a, addressOf(b)) || isInBlock(b, addressOf(a))
}

function addressOf(block: string): string {
  const slash = block.indexOf('/')
  return slash < 0 ? block : block.slice(0, slash)
}

function whyClosed(caller: Ref, from: Place, subnet: Ref, exit: Exit): string {
  switch (exit.kind) {
    case 'none':
      return `no route to the internet from subnet ${subnet}: no NAT gateway`
    case 'internet':
      return from.hasPublicAddress
        ? ''
        : `subnet ${subnet} leads to an internet gateway, but ${caller} has no public address there: it needs a NAT gateway`
    case 'nat':
      return exit.isOpen ? '' : `the NAT ${exit.by} behind subnet ${subnet} stands where there is no internet gateway`
    case 'unknown':
      return ''
  }
}

function lost(reason: string): Way {
  return { lost: 1, reason, through: [] }
}
