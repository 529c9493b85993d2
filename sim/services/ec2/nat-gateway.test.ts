// The gateway by itself: its deletion, its faults, its counts.
import { describe, expect, it } from 'vitest'
import { lab, SECOND } from '../../../test/kit.ts'
import { natGateway, type NatGateway } from './nat-gateway.ts'

function gateway() {
  const world = lab(
    { Nat: { def: natGateway, properties: { SubnetId: 'Public' } } },
    {
      probe: [['Nat', 'ec2:DeleteNatGateway']],
      faults: [{ at: SECOND, until: 2 * SECOND, fault: 'sim:ec2:nat-gateway-down', target: 'Nat', params: {} }],
    },
  )
  return { world, state: world.state<NatGateway>('Nat') }
}

describe('a NAT gateway', () => {
  it('is closed as long as a fault stands', () => {
    const { world, state } = gateway()
    world.run(SECOND)
    expect(state.isClosed).toBe(true)
    world.run(2 * SECOND)
    expect(state.isClosed).toBe(false)
  })

  it('is deleted once: closed at once, gone a minute later [N.VPC-04]', () => {
    const { world, state } = gateway()
    world.run(5 * SECOND)
    expect(world.ask('Nat', 'ec2:DeleteNatGateway').status).toBe('OK')
    expect(state).toMatchObject({ state: 'deleting', isClosed: true })
    world.run(65 * SECOND - 1)
    expect(state.state).toBe('deleting')
    world.run(65 * SECOND)
    expect(state.state).toBe('deleted')
    // It is billed for as long as it was there.
    world.run(3_600 * SECOND)
    expect(natGateway.prices!['NatGatewayHours']!.used(state, { now: world.now } as never)).toBe(65 * SECOND)
    expect(world.ask('Nat', 'ec2:DeleteNatGateway').status).toBe('NatGatewayNotFound')
  })
})
