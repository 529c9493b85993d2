// Places in the network and what leads where: what rooms say of themselves, and what the account knows. Types only.
import type { Ref } from './contract.ts'

/** What the template says of the network of the account. Plain data. */
export interface NetworkGraph {
  readonly subnets: readonly Subnet[]
  readonly groups: readonly SecurityGroup[]
  readonly endpoints: readonly Endpoint[]
  /** Whether VPCs are joined by something that is not modelled: peering, transit gateways, VPNs. */
  readonly isJoined: boolean
}

export interface Subnet {
  readonly id: Ref
  readonly vpc: Ref
  /** Its addresses; undefined when they are not known. */
  readonly block: string | undefined
  readonly routeTable: Ref | undefined
  /** Where what leaves the VPC goes. */
  readonly exit: Exit
}

/** The way out of a subnet. `unknown` = it leads to something that is not modelled, or hangs on what the template does not say. */
export type Exit =
  | { readonly kind: 'none' | 'internet' | 'unknown' }
  /** By a NAT gateway or instance, `by`; `isOpen` tells whether that one reaches the internet itself. */
  | { readonly kind: 'nat'; readonly by: Ref; readonly isOpen: boolean }

export interface SecurityGroup {
  readonly id: Ref
  readonly ingress: readonly SecurityRule[]
  readonly egress: readonly SecurityRule[]
}

export interface SecurityRule {
  /** TCP ports, both included. */
  readonly from: number
  readonly to: number
  /** Of whom: a group, a block of addresses, or something that cannot be known here. */
  readonly of: { readonly group: Ref } | { readonly block: string } | 'unknown'
}

export interface Endpoint {
  readonly id: Ref
  readonly vpc: Ref
  /** The last part of its service's name: `dynamodb`. */
  readonly service: string
  readonly kind: 'gateway' | 'interface'
  /** Of a gateway endpoint: the tables that lead to it. */
  readonly routeTables: readonly Ref[]
  /** Of an interface endpoint: whether the service's own name leads to it, and who is let in. */
  readonly hasPrivateDns: boolean
  readonly groups: readonly Ref[]
}

/** Where a resource stands. An id that is not of this template is an empty text. */
export interface Place {
  readonly subnets: readonly Ref[]
  readonly groups: readonly Ref[]
  /** Whether it can be reached from, and can reach, the internet by an address of its own. */
  readonly hasPublicAddress: boolean
  /** What is asked of it where it stands: actions by their prefix, at a TCP port. All else is asked of its service's API. */
  readonly serves: readonly { readonly prefix: string; readonly port: number }[]
}

/** How a call fares. */
export interface Way {
  /** 0..1: the share of the calls that get lost. */
  readonly lost: number
  /** Why; empty when none does. */
  readonly reason: string
  /** What the calls pass that may fail by itself, each with its share of them. */
  readonly through: readonly { readonly by: Ref; readonly share: number }[]
}
