// Sim::Kcl::Application: a program that reads a stream with the Kinesis Client Library, in several workers.
//
// The one idea: a lease table says who reads which shard, and how far it has come. Each shard is read by one worker at a time;
// a worker that stops loses its leases when they have not been renewed for the failover time, and whoever takes them begins
// again behind the last checkpoint: what was handled since then is handled twice.
import type { Call } from '../../engine/calls.ts'
import type { Finding, Look, Near, ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { count, counted, percent, time } from '../../parts/words.ts'
import { Application, type Events } from './application-state.ts'
import { assumptions, SECOND } from './application.facts.ts'
import { awaitAnswered, handled, iteratorAnswered, pumpDue, readDue, recordsAnswered } from './consumer.ts'

const NONE = -1

const events: Events = {
  started: (self, worker) => self.start(worker),
  takerDue: (self, worker) => self.takerDue(worker),
  renewDue: (self, worker) => self.renewDue(worker),
  lossNoticed: (self, consumer) => self.lossNoticed(consumer),
  handoffOver: (self, consumer) => self.handoffOver(consumer),
  cleanupDue: (self, isRound) => self.cleanup(isRound),
  writeDone: (self, write) => self.writeDone(write),
  writeAgain: (self, write) => self.send(write),
  writeAnswered: (self, call) => self.writeAnswered(call),
  shardsAnswered: (self, call) => self.shardsAnswered(call),
  iteratorAnswered,
  recordsAnswered,
  awaitAnswered,
  readDue,
  pumpDue,
  wake: (self, frame) => self.interpreter.resume(frame),
  callAnswered: (self, call) => self.interpreter.answered(call),
  handled,
  emit: (self, namespace, name, value, dimensions, unit, resolution) =>
    self.sim.count(self.sim.customMetric(namespace, name, dimensions, unit as 'Count', resolution * SECOND), value),
}

export const application: ServiceDef<Application> = {
  type: 'Sim::Kcl::Application',
  family: 'compute',
  namespace: 'KCL',
  dimension: 'ApplicationName',
  handled: true,
  summary: 'An application that reads a stream with the Kinesis Client Library: workers, leases, checkpoints.',
  models: [
    'One lease for each shard, held by one worker at a time; a worker may hold many (KCL-01, KCL-02).',
    'A lease is renewed every third of the failover time and runs out after it (KCL-03).',
    '1.x and 2.x: each worker takes what has run out up to its part, and steals one lease a round from the worker with most; 3.x: a leader assigns what nobody holds and evens out what workers carry (KCL-04 to KCL-06).',
    'A child’s lease comes when its parents are read to the end, and a finished one goes when its children are read (KCL-08).',
    'The handler gets one batch of a shard after the other as `{ Records, ShardId, Worker }`; an exception skips the batch (KCL-21, KCL-22).',
    'Progress is written after a batch, no more often than the checkpoint interval; after a loss reading begins behind the last one written (KCL-23).',
    'A worker that is cut off from its table handles a shard beside the one that took it, until it notices (KCL-25).',
    'Writes go to the table of the template that is named, or to one of the application’s own with the capacity of its version (KCL-26); in its own, renewals cost no events.',
  ],
  omits: [
    'Enhanced fan-out; several streams in one application; the second’s tick of the dispatcher and the ten seconds’ poll of a waiting child.',
    'Reads of the lease table; a table of the template must have `leaseKey` as its key.',
    'Memory and processors of workers; 3.x evens out bytes alone.',
  ],
  quotas: {},
  assumptions,
  props: {
    StreamName: p.ref('The stream that is read.', { required: true }),
    LeaseTable: p.ref('A table of the template that keeps the leases; its key is `leaseKey`.'),
    LeaseTableWriteCapacity: p.int(
      'Write units of the application’s own table; 0 = on demand. 10 in 1.x and 2.x, on demand in 3.x unless it is set.',
      [0, 40_000],
      { unit: 'units/s' },
    ),
    Version: p.oneOf('The library’s major version.', ['1.x', '2.x', '3.x'], { default: '2.x' }),
    Workers: p.int('How many workers run.', [1, 1000], { default: 1 }),
    WorkerStartIntervalMillis: p.int('How long one worker starts after the other.', [0, 3_600_000], {
      default: 1000,
      unit: 'ms',
    }),
    InitialPosition: p.oneOf('Where reading begins when there is no lease yet.', ['TRIM_HORIZON', 'LATEST'], {
      default: 'TRIM_HORIZON',
    }),
    FailoverTimeMillis: p.int('How long a lease is good without renewal.', [1000, 3_600_000], {
      default: 10_000,
      unit: 'ms',
    }),
    IdleTimeBetweenReadsInMillis: p.int(
      'From one read of a shard to the next; 1,000 in 1.x and 1,500 later unless it is set.',
      [1, 3_600_000],
      { unit: 'ms' },
    ),
    MaxRecords: p.int('Records of one read.', [1, 10_000], { default: 10_000 }),
    MaxLeasesForWorker: p.int('Leases that one worker holds at most.', [1, 2_147_483_647], { default: 2_147_483_647 }),
    MaxLeasesToStealAtOneTime: p.int('Leases that a worker steals in one round (1.x, 2.x).', [1, 1000], { default: 1 }),
    CheckpointIntervalSeconds: p.number('Progress is written no more often; 0 = after every batch.', [0, 86_400], {
      default: 0,
      unit: 's',
    }),
  },
  gather,
  carries: () => true,
  create: (config, sim) => new Application(config, sim, events),
  ops: {
    'kcl:StartWorker': {
      doc: 'Starts a worker, a stopped one or one more (our own name).',
      target: 'ApplicationName',
      params: ['Worker'],
      run: (self, call) => operate(self, call, (worker) => self.start(worker)),
    },
    'kcl:StopWorker': {
      doc: 'Stops a worker without a word to the others (our own name).',
      target: 'ApplicationName',
      params: ['Worker'],
      run: (self, call) => operate(self, call, (worker) => self.stop(worker)),
    },
  },
  timers: events as unknown as ServiceDef<Application>['timers'],
  metrics: {
    CurrentLeases: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Leases whose shards are being read.',
      read: (self) => self.consumers.size,
    },
    TotalLeases: { unit: 'Count', kind: 'gauge', doc: 'Leases in the table.', read: (self) => self.leases.size },
    NumWorkers: { unit: 'Count', kind: 'gauge', doc: 'Workers that run.', read: (self) => self.running },
    UntakenLeases: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Leases of unfinished shards that nobody reads.',
      read: (self) => self.active.filter(({ consumer }) => consumer === null).length,
    },
    DataBytesProcessed: { unit: 'Bytes', kind: 'count', doc: 'Bytes handled.' },
    ExpiredLeases: { unit: 'Count', kind: 'count', doc: 'Leases that a taker found run out.' },
    LeasesToTake: { unit: 'Count', kind: 'count', doc: 'Leases that a taker sets out to take.' },
    LostLeases: { unit: 'Count', kind: 'count', doc: 'Leases that a worker lost to another or could not renew.' },
    MillisBehindLatest: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'How far a read is behind the newest record.',
    },
    NeededLeases: { unit: 'Count', kind: 'count', doc: 'Leases that a worker lacks of its part.' },
    RecordsProcessed: {
      unit: 'Count',
      kind: 'count',
      doc: 'Records handled, those packed into one by a producer each.',
    },
    RecordsRepeated: {
      unit: 'Count',
      kind: 'count',
      doc: 'Records handed to a handler that had been before (our own).',
    },
    'RenewLease.Success': { unit: 'Count', kind: 'count', doc: 'Renewals made.' },
    Success: { unit: 'Count', kind: 'count', doc: '1 for each batch that was handled, 0 for each that was skipped.' },
    TakenLeases: { unit: 'Count', kind: 'count', doc: 'Leases taken.' },
  },
  faults: {
    'sim:kcl:worker-loss': {
      doc: 'Stops a worker, as the loss of its machine does; at the end of the fault it starts again.',
      params: { Worker: p.int('Which one, from 1 on.', [1, 1000], { default: 1 }) },
      start: (self, params) => self.stop(params['Worker'] - 1),
      stop: (self, params) => self.start(params['Worker'] - 1),
    },
    'sim:kcl:partition': {
      doc: 'Cuts a worker off from the lease table: it goes on until it notices.',
      params: { Worker: p.int('Which one, from 1 on.', [1, 1000], { default: 1 }) },
      start: (self, params) => self.cutOff(params['Worker'] - 1),
      stop: (self, params) => self.reconnect(params['Worker'] - 1),
    },
  },
  invariants: {
    'a lease is read by the worker that holds it': (self) =>
      [...self.leases.values()].every(({ consumer, owner }) => consumer === null || consumer.worker === owner),
    'every record handed out is handled, skipped, in work, or was cut off with its worker': (self) => {
      let inWork = 0
      for (const { batch } of self.consumers.values()) inWork += batch?.length ?? 0
      return self.delivered === self.processed + self.skipped + self.abandoned + inWork
    },
    'a finished shard is read by nobody': (self) =>
      [...self.leases.values()].every(({ completedAt, consumer }) => completedAt === NONE || consumer === null),
  },
  finish: (self) => self.settleRenewals(),
  traced: { serves: () => NONE, holds: (self, trace) => self.interpreter.holds(trace) },
  insights: findingsOf,
  view: {
    glyph: 'workers',
    label: 'KCL application',
    detail: ({ Workers: workers }) => counted(workers as number, 'worker'),
    level: (self) => self.consumers.size,
    levelMax: (self) => Math.max(1, self.leases.size),
    tone: (self) =>
      self.active.some(({ consumer }) => consumer === null) ? 'failing' : self.interpreter.live > 0 ? 'busy' : 'calm',
    readings: [
      { name: 'Workers', unit: 'workers', doc: 'Workers that run.', read: (self) => self.running },
      { name: 'Leases', unit: 'leases', doc: 'Leases of unfinished shards.', read: (self) => self.active.length },
      {
        name: 'Unread',
        unit: 'leases',
        doc: 'Leases of unfinished shards that nobody reads.',
        read: (self) => self.active.filter(({ consumer }) => consumer === null).length,
      },
      { name: 'Handled', unit: '1/s', doc: 'Records handled.', counter: true, read: (self) => self.processed },
      { name: 'Repeated', unit: '1/s', doc: 'Records handed out again.', counter: true, read: (self) => self.repeated },
    ],
    cells: [
      {
        name: 'Workers',
        doc: 'Workers, and how many shards each reads.',
        columns: [
          { name: 'Running', unit: '', doc: '1 = it runs.' },
          { name: 'Leases', unit: 'leases', doc: 'Shards that it reads.' },
        ],
        each: (self, _now, cell) => {
          for (const { number, isRunning } of self.workers)
            cell(number, [isRunning ? 1 : 0, self.heldBy(number)], self.workerName(number))
        },
      },
    ],
  },
  report: (self) => ({
    leases: self.leases.size,
    delivered: self.delivered,
    repeated: self.repeated,
    skipped: self.skipped,
    leaseWrites: self.writesInAll,
  }),
}

function gather({ self, resourceAt, all }: Near): Record<string, unknown> {
  const stream = resourceAt(self.config['StreamName'])
  if (stream !== undefined && stream.type !== 'AWS::Kinesis::Stream')
    self.error(
      ['StreamName'],
      'wrong-resource',
      `\`StreamName\` leads to \`${stream.logicalId}\`, which is ${stream.type}`,
      'expected an AWS::Kinesis::Stream',
    )
  const table = all('AWS::DynamoDB::Table').find(({ logicalId }) => logicalId === self.config['LeaseTable'])
  const key = table?.config['KeySchema']?.[0]?.AttributeName as string | undefined
  if (self.config['LeaseTable'] !== undefined && key !== 'leaseKey')
    self.error(
      ['LeaseTable'],
      'wrong-resource',
      table === undefined ? '`LeaseTable` leads to no table' : `the key of \`${table.logicalId}\` is \`${key}\``,
      'expected an AWS::DynamoDB::Table with the key `leaseKey`',
    )
  return {}
}

function operate(self: Application, call: Call, work: (worker: number) => void): void {
  const { sim } = self
  const { Worker: number } = (sim.calls.body[call] ?? {}) as { readonly Worker?: unknown }
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > self.workers.length + 1) {
    sim.calls.answer[call] = { message: `Worker: expected 1 to ${self.workers.length + 1}` }
    sim.reply(call, sim.error('InvalidParameterValueException', 400))
    return
  }
  work(number - 1)
  sim.calls.answer[call] = {}
  sim.reply(call, 0)
}

/** Fewer repetitions than this are the price of sharing shards out. */
const LEAST_SHARE = 0.01

function findingsOf(self: Application, look: Look): Finding[] {
  const findings: Finding[] = []
  const { repetitions, skips, refusals } = self
  const suspects = look.callees().map(({ other }) => other)
  const share = repetitions.count / Math.max(1, self.delivered)
  if (share >= LEAST_SHARE)
    findings.push({
      kind: 'records-repeated',
      from: repetitions.first,
      to: repetitions.last,
      share,
      title: 'Records are handled twice',
      text: `${counted(repetitions.count, 'record', 'records')} of ${count(self.delivered)} (${percent(share)}) came again after a shard changed its worker: progress is written every ${time(Math.max(SECOND, self.checkpointInterval))}, and what was handled since then is handled once more.`,
    })
  if (skips.count > 0)
    findings.push({
      kind: 'batches-skipped',
      from: skips.first,
      to: skips.last,
      share: skips.count / Math.max(1, self.delivered),
      title: 'Batches are skipped',
      text: `${counted(skips.count, 'record was', 'records were')} in batches whose handler failed: the library goes on with the next batch, and they are lost to it.`,
      suspects,
    })
  if (refusals.count >= 5)
    findings.push({
      kind: 'leases-refused',
      from: refusals.first,
      to: refusals.last,
      share: Math.min(1, refusals.count / Math.max(1, self.written)),
      title: 'The lease table refuses writes',
      text: `${counted(refusals.count, 'write', 'writes')} of ${count(self.written)} to the lease table failed: renewals come too late, leases change hands, and progress is not kept.`,
      suspects: self.table === null ? [] : [self.table],
    })
  return findings
}
