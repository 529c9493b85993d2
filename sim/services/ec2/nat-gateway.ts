// AWS::EC2::NatGateway: lets what stands in private subnets out to the internet, as long as it is there.
//
// It does not touch the calls: the ways that lead through it are found when the world is put together, and closed when it goes.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Finding, Look, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { prices } from './nat-gateway-prices.ts'
import { assumptions } from './nat-gateway.facts.ts'

const MINUTE = 60_000_000

export const natGateway: ServiceDef<NatGateway> = {
  type: 'AWS::EC2::NatGateway',
  family: 'edge',
  namespace: 'AWS/NATGateway',
  dimension: 'NatGatewayId',
  dimensionValue: (_, ref) => ref,
  summary: 'Lets calls from private subnets out to the internet.',
  models: [
    'Calls from subnets whose default route leads to it pass, where it stands in a subnet with an internet gateway itself (N.VPC-04, N.VPC-05).',
    'Deleted, or struck by a fault, it lets nothing pass: clients give up connecting (N.VPC-04).',
    'Every call counts as a connection, with so many bytes as `BytesPerCall` says.',
  ],
  omits: [
    'Time, bandwidth and the limits of ports: what passes does so at once.',
    'Connections that outlive a call; packets and drops; data transfer besides its own price.',
  ],
  quotas: {},
  assumptions,
  props: {
    AllocationId: p.inert('Its public address.'),
    AvailabilityMode: p.inert('Availability Zones do not fail.'),
    AvailabilityZoneAddresses: p.inert('Its public addresses.'),
    ConnectivityType: p.oneOf('`private` ones do not lead to the internet.', ['public', 'private'], {
      default: 'public',
    }),
    MaxDrainDurationSeconds: p.inert('How long addresses drain.'),
    PrivateIpAddress: p.inert('Its address.'),
    SecondaryAllocationIds: p.inert('More addresses.'),
    SecondaryPrivateIpAddressCount: p.inert('More addresses.'),
    SecondaryPrivateIpAddresses: p.inert('More addresses.'),
    SubnetId: p.any('The subnet that it stands in.'),
    Tags: p.inert('Tags.'),
    VpcId: p.inert('The VPC of a regional one.'),
  },
  create: (_, sim) => new NatGateway(sim),
  ops: {
    'ec2:DeleteNatGateway': {
      doc: 'Takes the gateway away.',
      target: 'NatGatewayId',
      errors: ['NatGatewayNotFound'],
      run: deleteNatGateway,
    },
  },
  timers: { deleted },
  metrics: {
    ConnectionAttemptCount: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Connections that were tried through it in the minute.',
      read: (self) => self.attempts,
    },
    BytesOutToDestination: {
      unit: 'Bytes',
      kind: 'gauge',
      doc: 'What left through it in the minute, in bytes.',
      read: (self) => self.attempts * self.bytesPerCall,
    },
  },
  prices,
  faults: {
    'sim:ec2:nat-gateway-down': {
      doc: 'Nothing passes the gateway.',
      params: {},
      start: (self) => self.fault(1),
      stop: (self) => self.fault(-1),
    },
  },
  invariants: {
    'its ways are closed while it is down or gone': (self) =>
      self.isClosed === (self.faults > 0 || self.state !== 'available'),
  },
  periodEnded: (self) => self.minuteEnded(),
  view: {
    glyph: 'gateway',
    label: 'NAT gateway',
    level: (self) => self.attempts,
    levelMax: () => 1,
    tone: (self) => (self.isClosed ? 'failing' : 'calm'),
    readings: [
      { name: 'Calls', unit: '1/s', doc: 'Calls through it.', counter: true, read: (self) => self.sim.passed() },
      { name: 'Open', unit: '', doc: '1 = it lets calls pass.', read: (self) => (self.isClosed ? 0 : 1) },
    ],
  },
  insights: gone,
  report: (self) => ({
    lines: [
      `${self.state}; ${Math.round(self.sim.passed())} calls through it, ${Math.round((self.sim.passed() * self.bytesPerCall) / 1e3) / 1e3} MB`,
    ],
  }),
}

export class NatGateway {
  readonly sim: Sim
  state: 'available' | 'deleting' | 'deleted' = 'available'
  /** When it was deleted, in µs; it is billed until then. */
  goneAt = Infinity
  /** Faults that stand now. */
  faults = 0
  isClosed = false
  /** When it was closed first, in µs, −1 = never; and until when, −1 = it still is. */
  closedFrom = -1
  closedTo = -1
  /** Calls before this minute. */
  private before = 0
  readonly bytesPerCall: number
  readonly notFound: number
  private readonly rng: Rng
  private readonly deletion: Sampler
  private readonly deletedTarget: Target

  constructor(sim: Sim) {
    this.sim = sim
    this.rng = sim.rng('gateway')
    this.bytesPerCall = sim.sampler('BytesPerCall').drawReal(this.rng)
    this.notFound = sim.error('NatGatewayNotFound', 400)
    this.deletion = sim.sampler('DeletionTime')
    this.deletedTarget = sim.target(deleted)
  }

  fault(change: number): void {
    this.faults += change
    this.settle()
  }

  remove(): void {
    this.state = 'deleting'
    this.settle()
    this.sim.after(this.deletion.draw(this.rng), this.deletedTarget, 0)
  }

  /** Calls of the minute that ends now. */
  get attempts(): number {
    return this.sim.passed() - this.before
  }

  /** Metrics of the minute have been read: the next one begins. */
  minuteEnded(): boolean {
    const isBusy = this.attempts > 0
    this.before = this.sim.passed()
    return isBusy
  }

  private settle(): void {
    const closed = this.faults > 0 || this.state !== 'available'
    if (closed === this.isClosed) return
    this.isClosed = closed
    if (closed && this.closedFrom < 0) this.closedFrom = this.sim.clock[0]
    this.closedTo = closed ? -1 : this.sim.clock[0]
    this.sim.closeWays(closed)
  }
}

function deleteNatGateway(self: NatGateway, call: Call): void {
  if (self.state !== 'available') {
    self.sim.reply(call, self.notFound)
    return
  }
  self.remove()
  self.sim.calls.answer[call] = { NatGatewayId: self.sim.physicalName }
  self.sim.reply(call, 0)
}

function deleted(self: NatGateway): void {
  self.state = 'deleted'
  self.goneAt = self.sim.clock[0]
}

/** The gateway was closed while somebody wanted to pass. */
function gone(self: NatGateway, look: Look): Finding[] {
  if (self.closedFrom < 0 || self.sim.passed() === 0) return []
  const to = self.closedTo < 0 ? look.now : self.closedTo
  if (to - self.closedFrom < MINUTE / 60) return []
  return [
    {
      kind: 'nat-gateway-down',
      from: self.closedFrom,
      to,
      share: 0.5,
      title: `${look.name} lets nothing pass`,
      text: `The NAT gateway ${look.name} was ${self.state === 'available' ? 'down' : 'deleted'}: what stands in the subnets behind it reached nothing outside of the VPC.`,
    },
  ]
}
