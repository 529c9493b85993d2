// Deliveries to the targets of rules and schedules: each tried until it arrives, may not be tried again, or is too old.
//
//   event ─► for each target ─► wait ─► attempt ──────────► arrived
//                                 ▲        │ throttled, broken, too slow: after 1 s, 2 s, 4 s … 10 min (EB-31)
//                                 └────────┤
//                                          └─ refused for good, out of retries, too old ─► dead-letter queue, or lost (EB-32)
import type { Call } from '../engine/calls.ts'
import type { EventFunction, Target } from '../engine/kernel.ts'
import type { Action, Near, Ref, ResourceView, Sim } from '../model/contract.ts'
import * as p from '../model/p.ts'
import { Stretch } from './stretch.ts'

const NONE = -1
const SECOND = 1_000_000

/** `RetryPolicy` and `DeadLetterConfig` of a target, as rules and schedules have them (EB-30). */
export const retryProps = {
  RetryPolicy: p.record('How long a delivery is tried.', {
    MaximumRetryAttempts: p.int('Attempts after the first.', [0, 185], { default: 185 }),
    MaximumEventAgeInSeconds: p.int('No attempt begins after so long.', [60, 86_400], { default: 86_400, unit: 's' }),
  }),
  DeadLetterConfig: p.record('Where an event goes that cannot be delivered.', {
    Arn: p.any('A standard queue.'),
  }),
}

/** A target of a rule or a schedule, as deliveries need to know it. Plain data. */
export interface DeliveryTarget {
  /** What stands behind it; null = outside of the scenario, where everything arrives. */
  readonly to: Ref | null
  readonly action: Action
  readonly arn: string
  /** Nobody lets the sender use the target: every attempt is refused. */
  readonly isDenied: boolean
  readonly retries: number
  /** Longest age in s. */
  readonly age: number
  readonly deadLetters: { readonly to: Ref; readonly isDenied: boolean } | null
}

/** `RetryPolicy` with its defaults. */
export function retriesOf(
  policy: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number } | undefined,
): {
  readonly retries: number
  readonly age: number
} {
  return { retries: policy?.MaximumRetryAttempts ?? 185, age: policy?.MaximumEventAgeInSeconds ?? 86_400 }
}

/** The dead-letter queue at `path` of a resource; what cannot be one is told (EB-33). */
export function deadLettersAt(
  near: Near,
  view: ResourceView,
  arn: unknown,
  path: readonly (string | number)[],
  mayEnter: (queue: ResourceView) => boolean,
): DeliveryTarget['deadLetters'] {
  if (arn === undefined || arn === null) return null
  const queue = near.resourceAt(arn)
  if (queue === undefined) {
    view.notSimulated(path, 'the dead-letter queue is outside of this scenario: what goes there is lost')
    return null
  }
  if (queue.type !== 'AWS::SQS::Queue' || queue.config['FifoQueue'] === true) {
    view.error(path, 'wrong-resource', `\`${queue.logicalId}\` cannot take dead letters`, 'expected a standard queue')
    return null
  }
  return { to: queue.logicalId, isDenied: !mayEnter(queue) }
}

/** Seconds before a retry, counted from 1: EB-31. */
export function delayBefore(retry: number): number {
  return retry > 10 ? 600 : Math.min(600, 1 << (retry - 1))
}

/** Something to deliver. Plain data, never changed. */
export interface Delivered {
  readonly event: unknown
  /** When it came in, µs: its age counts from there. */
  readonly at: number
  readonly trace: number
}

/** Whom the deliveries belong to: makes their bodies and counts what becomes of them. */
export interface DeliveryOwner {
  readonly sim: Sim
  /** Names itself in dead letters, by this attribute: `RULE_ARN`, `SCHEDULE_ARN`. */
  readonly arn: string
  readonly arnAttribute: string
  bodyOf(target: number, item: Delivered): unknown
  /** µs that an attempt has to wait because the account may do no more now; 0 = none. */
  pauseBefore(): number
  firstAttempt(item: Delivered): void
  /** An attempt begins; it has failed. */
  attempted?(): void
  attemptFailed?(isThrottle: boolean): void
  arrived(): void
  gaveUp(): void
  /** A dead-letter queue has answered. */
  buried(arrived: boolean): void
}

class Delivery {
  item: Delivered | null = null
  target = 0
  retries = 0
  isDeadLetter = false
  /** It has had its turn under the account's limit, and the attempt may begin. */
  isAdmitted = false
  /** Why the last attempt failed. */
  error = ''
  exhausted = ''
}

export class TargetDeliveries {
  arrivedCount = 0
  buriedCount = 0
  inside = 0
  readonly started: Stretch
  /** Attempts that failed; deliveries that were given up; those of them that nobody let in. */
  readonly failures: Stretch
  readonly givenUp: Stretch
  readonly denied: Stretch
  /** Those given up after their last retry, or for their age. */
  readonly exhausted: Stretch
  /** Those that no dead-letter queue took. */
  readonly lost: Stretch
  private readonly owner: DeliveryOwner
  private readonly targets: readonly DeliveryTarget[]
  private readonly edges: readonly number[]
  private readonly deadLetterEdges: readonly number[]
  private readonly dueTarget: Target
  private readonly rows: Delivery[] = []
  private readonly free: number[] = []

  /** `due` and `answered` are the owner's event functions, which hand over to the methods of these names. */
  constructor(
    owner: DeliveryOwner,
    targets: readonly DeliveryTarget[],
    due: EventFunction<any>,
    answered: EventFunction<any>,
  ) {
    const { sim } = owner
    this.owner = owner
    this.started = new Stretch(sim.warmUp)
    this.failures = new Stretch(sim.warmUp)
    this.givenUp = new Stretch(sim.warmUp)
    this.denied = new Stretch(sim.warmUp)
    this.exhausted = new Stretch(sim.warmUp)
    this.lost = new Stretch(sim.warmUp)
    this.targets = targets
    this.edges = targets.map(({ to, action }) => (to === null ? NONE : sim.edge(to, action, answered)))
    this.deadLetterEdges = targets.map(({ deadLetters }) =>
      deadLetters === null ? NONE : sim.edge(deadLetters.to, 'sqs:SendMessage', answered),
    )
    this.dueTarget = sim.target(due)
  }

  /** Begins a delivery to each target; its first attempt is `delay(target)` µs from now. */
  start(target: number, item: Delivered, delay: number): void {
    const row = this.free.pop() ?? this.rows.push(new Delivery()) - 1
    const delivery = this.rows[row]
    delivery.item = item
    delivery.target = target
    delivery.retries = 0
    delivery.isDeadLetter = false
    delivery.isAdmitted = false
    delivery.error = ''
    delivery.exhausted = ''
    this.started.note(this.owner.sim.clock[0])
    this.inside++
    this.owner.sim.after(delay, this.dueTarget, row)
  }

  /** Timer: the pause before an attempt is over. */
  due(row: number): void {
    const { owner } = this
    const { sim } = owner
    const delivery = this.rows[row]
    const target = this.targets[delivery.target]
    if (delivery.exhausted !== '') {
      this.giveUp(row)
      return
    }
    if (!delivery.isAdmitted) {
      const pause = owner.pauseBefore()
      delivery.isAdmitted = true
      if (pause > 0) {
        sim.after(pause, this.dueTarget, row)
        return
      }
    }
    delivery.isAdmitted = false
    if (delivery.retries === 0) owner.firstAttempt(delivery.item!)
    owner.attempted?.()
    const edge = this.edges[delivery.target]
    if (target.isDenied) {
      this.denied.note(sim.clock[0])
      this.fail(row, 'NO_PERMISSIONS', false)
    } else if (edge === NONE) this.arrive(row)
    else {
      const call = sim.open(edge, row, delivery.item!.trace)
      sim.calls.body[call] = owner.bodyOf(delivery.target, delivery.item!)
      if (delivery.retries > 0) sim.calls.attempt[call] = Math.min(delivery.retries + 1, 255)
      sim.send(call)
    }
  }

  /** A target has answered, or a dead-letter queue. */
  answered(call: Call): void {
    const { owner } = this
    const { sim } = owner
    const row = sim.calls.cookie[call]
    const status = sim.calls.status[call]
    const delivery = this.rows[row]
    sim.close(call)
    if (delivery.isDeadLetter) this.buried(row, status === 0)
    else if (status === 0) this.arrive(row)
    else {
      const { http, retry, names } = sim.errors
      const isThrottle = retry[status] === 2 || http[status] === 429
      this.fail(row, codeOf(names[status], isThrottle), isThrottle || retry[status] !== 0 || http[status] >= 500)
    }
  }

  /** An attempt has failed: tried again if that may help, and while there are retries and time left. */
  private fail(row: number, error: string, mayHelp: boolean): void {
    const { sim } = this.owner
    const delivery = this.rows[row]
    const { retries, age } = this.targets[delivery.target]
    const now = sim.clock[0]
    this.failures.note(now)
    this.owner.attemptFailed?.(error === 'THROTTLING')
    delivery.error = error
    if (!mayHelp) {
      this.giveUp(row)
      return
    }
    if (delivery.retries >= retries) {
      delivery.exhausted = 'MaximumRetryAttempts'
      this.giveUp(row)
      return
    }
    // Where the next attempt would come too late, the event is given up when it is too old.
    const delay = delayBefore(delivery.retries + 1) * SECOND
    const left = delivery.item!.at + age * SECOND - now
    if (delay > left) delivery.exhausted = 'MaximumEventAgeInSeconds'
    else delivery.retries++
    sim.after(Math.max(0, Math.min(delay, left)), this.dueTarget, row)
  }

  private giveUp(row: number): void {
    const now = this.owner.sim.clock[0]
    const delivery = this.rows[row]
    if (delivery.exhausted !== '') this.exhausted.note(now)
    this.givenUp.note(now)
    this.owner.gaveUp()
    if (this.targets[delivery.target].deadLetters === null) {
      this.lost.note(now)
      this.end(row)
      return
    }
    delivery.isDeadLetter = true
    this.bury(row)
  }

  /** Sends an event to the dead-letter queue, with what went wrong as attributes (EB-33). */
  private bury(row: number): void {
    const { sim, arn, arnAttribute } = this.owner
    const delivery = this.rows[row]
    const target = this.targets[delivery.target]
    if (target.deadLetters!.isDenied) {
      this.buried(row, false)
      return
    }
    const call = sim.open(this.deadLetterEdges[delivery.target], row, delivery.item!.trace)
    sim.calls.body[call] = {
      MessageBody: delivery.item!.event,
      MessageAttributes: attributesOf({
        [arnAttribute]: arn,
        TARGET_ARN: target.arn,
        ERROR_CODE: delivery.error,
        ERROR_MESSAGE: MESSAGES[delivery.error] ?? delivery.error,
        ...(delivery.exhausted === '' ? {} : { EXHAUSTED_RETRY_CONDITION: delivery.exhausted }),
        RETRY_ATTEMPTS: String(delivery.retries),
      }),
    }
    sim.send(call)
  }

  private buried(row: number, arrived: boolean): void {
    if (arrived) this.buriedCount++
    else this.lost.note(this.owner.sim.clock[0])
    this.owner.buried(arrived)
    this.end(row)
  }

  private arrive(row: number): void {
    this.arrivedCount++
    this.owner.arrived()
    this.end(row)
  }

  private end(row: number): void {
    this.rows[row].item = null
    this.inside--
    this.free.push(row)
  }

  /** Whether a delivery of a request is under way, one that waits for its next attempt included. */
  holds(trace: number): boolean {
    return this.rows.some(({ item }) => item !== null && item.trace === trace)
  }

  /** Whether every delivery is under way or has come to its one end. */
  get isBalanced(): boolean {
    return this.started.total === this.inside + this.arrivedCount + this.buriedCount + this.lost.total
  }
}

const MESSAGES: Readonly<Record<string, string>> = {
  NO_PERMISSIONS: 'Lack of permissions to invoke the target.',
  NO_RESOURCE: 'The target does not exist.',
  THROTTLING: 'The target throttled the invocation.',
  TIMEOUT: 'The target did not answer in time.',
}

/** The code of a failure; AWS lists no more than these, and gives others the exception's own name. */
function codeOf(exception: string, isThrottle: boolean): string {
  if (isThrottle) return 'THROTTLING'
  if (/AccessDenied|NotAuthorized|Unauthorized/.test(exception)) return 'NO_PERMISSIONS'
  if (/NotFound|DoesNotExist|NoSuch|NonExistent/.test(exception)) return 'NO_RESOURCE'
  return /Time-?out/i.test(exception) ? 'TIMEOUT' : exception
}

function attributesOf(texts: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  )
}
