// Event notifications of a bucket: what happens to an object is told to the destinations whose events and filter fit.
//
// The one idea: the event is made when the write takes effect and delivered some time later by itself, so the write waits for
// nobody, the order of events is not kept, and what a destination refuses is lost (S3-R31, S3-R40).
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Action, Ref, Sim } from '../../model/contract.ts'
import { Stretch } from '../../parts/stretch.ts'
import { tell, type ServiceEvent } from '../../parts/service-events.ts'
import { bodyFor } from '../../parts/targets.ts'
import { SAME_MOMENT_US } from './bucket.facts.ts'
import type { Told } from './contents.ts'
import { busEventOf, originOf, recordOf, RecordSizes, testEventOf, type Origin } from './event-records.ts'
import { fits } from './event-names.ts'

const NONE = -1
/** In place of a configuration: the default event bus, which gets everything. */
const BUS = -1

/** One configuration: events × filter × destination (S3-R32). */
export interface Configuration {
  readonly id: string
  /** Without `s3:`; `ObjectCreated:*` stands for all of a kind. */
  readonly event: string
  readonly prefix: string
  readonly suffix: string
  /** null = outside of the scenario, where everything arrives. */
  readonly to: Ref | null
  readonly action: Action
}

/** What `gather` makes of the bucket's notification configuration. */
export interface NotificationPlan {
  readonly configurations: readonly Configuration[]
}

class Delivery {
  configuration = 0
  body: unknown = null
  serial = NONE
  trace = 0
  hops = 0
  isCancelled = false
}

export class Notifications {
  /** Deliveries begun; those that arrived, were refused, were left out for a later write, and those under way. */
  started = 0
  arrived = 0
  cancelled = 0
  inside = 0
  readonly lost: Stretch
  readonly configurations: readonly Configuration[]
  private readonly sim: Sim
  private readonly origin: Origin
  private readonly edges: readonly number[]
  private readonly dueTarget: Target
  private readonly busEdge: number
  private readonly delay: Sampler
  private readonly delayRng: Rng
  private readonly duplicates: number
  private readonly duplicatesRng: Rng
  private readonly tellsEveryWrite: boolean
  /** By configuration. */
  private readonly sizes: readonly RecordSizes[]
  private readonly rows: Delivery[] = []
  private readonly free: number[] = []

  /** `busEdge` leads to the default bus; −1 = nobody there wants to know. */
  constructor(plan: NotificationPlan, sim: Sim, dueTarget: Target, busEdge: number) {
    this.sim = sim
    this.lost = new Stretch(sim.warmUp)
    this.configurations = plan.configurations
    this.origin = originOf(sim.physicalName)
    this.edges = this.configurations.map(({ to, action }) => (to === null ? NONE : sim.edge(to, action, delivered)))
    this.sizes = this.configurations.map(() => new RecordSizes())
    this.dueTarget = dueTarget
    this.busEdge = busEdge
    this.delay = sim.sampler('NotificationDelay')
    this.delayRng = sim.rng('notification delay')
    this.duplicates = sim.sampler('DuplicateProbability').mean
    this.duplicatesRng = sim.rng('duplicates')
    this.tellsEveryWrite = sim.quota('NotifiesEveryWrite') === 1
    if (sim.choice('TestEvent') === 'sent') this.test()
  }

  /**
   * Tells of an event; `trace` and `hops` are those of the call that brought it about. `oldSerial` is the write that this one has taken the place of, `age` µs ago: of two within a moment only
   * the later is told where that is so (S3-R35).
   */
  tell(
    event: { readonly name: string; readonly api: string },
    told: Told,
    trace: number,
    hops = 0,
    oldSerial = NONE,
    age = 0,
  ): void {
    if (this.configurations.length === 0 && this.busEdge === NONE) return
    if (oldSerial !== NONE && age < SAME_MOMENT_US && !this.tellsEveryWrite) this.cancel(oldSerial)
    if (this.busEdge !== NONE) {
      const body = busEventOf(this.origin, event.name, event.api, told)
      if (body !== undefined) this.start(BUS, body, told.serial, trace, hops)
    }
    for (let i = 0; i < this.configurations.length; i++) {
      const { event: wanted, prefix, suffix, id, action } = this.configurations[i]
      if (!fits(wanted, event.name) || !told.key.startsWith(prefix) || !told.key.endsWith(suffix)) continue
      const record = recordOf(this.origin, event.name, id, told, this.sim.startsAt + this.sim.clock[0])
      const plain = bodyFor(action, { Records: [record] })
      const body =
        action === 'sqs:SendMessage'
          ? { ...(plain as object), MessageSize: this.sizes[i].sizeOf(this.origin, event.name, id, told) }
          : plain
      this.start(i, body, told.serial, trace, hops)
      if (this.duplicates > 0 && this.duplicatesRng.float() < this.duplicates)
        this.start(i, body, told.serial, trace, hops)
    }
  }

  /** Timer: an event has come to its destination. */
  due(row: number): void {
    const { sim } = this
    const delivery = this.rows[row]
    const edge = delivery.configuration === BUS ? this.busEdge : this.edges[delivery.configuration]
    if (delivery.isCancelled) {
      this.cancelled++
      this.end(row)
    } else if (edge === NONE || delivery.configuration === BUS) {
      if (edge !== NONE) tell(sim, edge, delivery.trace, delivery.body as ServiceEvent)
      this.arrived++
      this.end(row)
    } else {
      const call = sim.open(edge, row, delivery.trace)
      sim.calls.body[call] = delivery.body
      sim.calls.hops[call] = delivery.hops
      sim.send(call)
    }
  }

  answered(call: Call): void {
    const { sim } = this
    const row = sim.calls.cookie[call]
    if (sim.calls.status[call] === 0) this.arrived++
    else this.lost.note(sim.clock[0])
    sim.close(call)
    this.end(row)
  }

  private start(configuration: number, body: unknown, serial: number, trace: number, hops: number): void {
    const row = this.free.pop() ?? this.rows.push(new Delivery()) - 1
    const delivery = this.rows[row]
    delivery.configuration = configuration
    delivery.body = body
    delivery.serial = serial
    delivery.trace = trace
    delivery.hops = hops
    delivery.isCancelled = false
    this.started++
    this.inside++
    this.sim.after(this.delay.draw(this.delayRng), this.dueTarget, row)
  }

  private cancel(serial: number): void {
    for (const delivery of this.rows)
      if (delivery.body !== null && delivery.serial === serial) delivery.isCancelled = true
  }

  /** Saving the configuration sends a test event to queues and topics. */
  private test(): void {
    this.configurations.forEach(({ action }, i) => {
      if (action !== 'lambda:InvokeFunction')
        this.start(i, bodyFor(action, testEventOf(this.origin, this.sim.startsAt)), NONE, 0, 0)
    })
  }

  private end(row: number): void {
    this.rows[row].body = null
    this.inside--
    this.free.push(row)
  }
}

/** Answer of a destination. */
export function delivered(self: { readonly notifications: Notifications }, call: Call): void {
  self.notifications.answered(call)
}
