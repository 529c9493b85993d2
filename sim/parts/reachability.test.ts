// Ways with several subnets: a share of the calls gets lost, that of the subnets which are closed.
import { describe, expect, it } from 'vitest'
import type { Exit, NetworkGraph, Place } from '../model/network.ts'
import { wayOf } from './reachability.ts'

const PORT = 443
const subnet = (id: string, vpc: string, exit: Exit) => ({ id, vpc, block: undefined, routeTable: undefined, exit })
const anybody = (id: string, to: number) => ({
  id,
  ingress: [{ from: 0, to, of: { block: '0.0.0.0/0' } }],
  egress: [{ from: 0, to: 65_535, of: { block: '0.0.0.0/0' } }],
})
const graph: NetworkGraph = {
  subnets: [
    subnet('Public', 'Vpc', { kind: 'internet' }),
    subnet('Other', 'Vpc', { kind: 'internet' }),
    subnet('Private', 'Vpc', { kind: 'nat', by: 'Nat', isOpen: true }),
    subnet('Closed', 'Vpc', { kind: 'none' }),
    subnet('Away', 'Second', { kind: 'nat', by: 'Far', isOpen: true }),
    subnet('Shut', 'Second', { kind: 'none' }),
  ],
  groups: [anybody('Open', 65_535), anybody('Narrow', 80)],
  endpoints: [],
  isJoined: false,
}
const place = (subnets: string[], groups = ['Open'], hasPublicAddress = true): Place => ({
  subnets,
  groups,
  hasPublicAddress,
  serves: [{ prefix: 'http:', port: PORT }],
})
const way = (from: Place | undefined, to: Place) =>
  wayOf(graph, { name: 'Client', place: from }, { name: 'Web', place: to }, 'http:GET')

describe('from outside of every VPC', () => {
  it('calls get lost in the closed subnets of the callee, and only there', () => {
    expect(way(undefined, place(['Public', 'Other'])).lost).toBe(0)
    expect(way(undefined, place(['Public', 'Private']))).toEqual({
      lost: 0.5,
      reason: 'subnet Private of Web has no route to an internet gateway, and Client stands outside of the VPC',
      through: [],
    })
    expect(way(undefined, place(['Public', 'Other', 'Private', 'Closed'])).lost).toBe(0.5)
    expect(way(undefined, place(['Private', 'Closed'])).lost).toBe(1)
  })

  it('all of them do where no group lets them in', () => {
    const { lost, reason } = way(undefined, place(['Public', 'Private'], ['Narrow']))
    expect(lost).toBe(1)
    expect(reason).toContain('lets anybody from outside of the VPC in on port 443')
  })
})

describe('from another VPC over the internet', () => {
  it('calls get lost on the way out and on the way in', () => {
    expect(way(place(['Away']), place(['Public']))).toEqual({ lost: 0, reason: '', through: [{ by: 'Far', share: 1 }] })
    expect(way(place(['Away']), place(['Public', 'Closed'])).lost).toBe(0.5)
    const both = way(place(['Away', 'Shut']), place(['Public', 'Closed']))
    expect(both.lost).toBe(0.75)
    expect(both.reason).toContain('no route to the internet from subnet Shut')
    expect(way(place(['Away']), place(['Public'], ['Narrow'])).lost).toBe(1)
  })
})
