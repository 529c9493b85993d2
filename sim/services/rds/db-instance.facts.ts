// Databases in figures: what AWS leaves open, and what hangs on the queries.
import type { Assumption } from '../../model/contract.ts'

export const assumptions: Readonly<Record<string, Assumption>> = {
  ReadWork: {
    kind: 'duration',
    default: 'lognormal(p50=1ms, p99=8ms)',
    doc: 'Processor time of a query that reads, at one vCPU.',
    source: 'depends on the query: a look-up by its key',
  },
  WriteWork: {
    kind: 'duration',
    default: 'lognormal(p50=1500us, p99=10ms)',
    doc: 'Processor time of a statement that writes, at one vCPU.',
    source: 'depends on the statement: one row and its indexes',
  },
  ReadMiss: {
    kind: 'probability',
    default: '0.05',
    doc: 'The share of reads that are not in the buffer pool and go to the storage.',
    source: 'depends on the memory and the data',
  },
  IoTime: {
    kind: 'duration',
    default: 'lognormal(p50=700us, p99=3ms)',
    doc: 'One operation of the storage.',
    source: 'EBS gp3: single-digit milliseconds',
  },
  ConnectTime: {
    kind: 'duration',
    default: 'lognormal(p50=8ms, p99=40ms)',
    doc: 'Setting a connection up: TCP, TLS and authentication, besides its processor time.',
    source: 'not documented: a few round trips',
  },
  ConnectWork: {
    kind: 'duration',
    default: '5ms',
    doc: 'Processor time of setting a connection up: a process or thread, keys, authentication.',
    source: 'not documented',
  },
  ConnectionKept: {
    kind: 'duration',
    default: '10min',
    doc: 'How long a client keeps a connection that it does not use.',
    source: 'LAM-07: as long as a warm environment lives',
  },
  FailoverTime: {
    kind: 'duration',
    default: 'uniform(60s, 120s)',
    doc: 'From the loss of the primary to the standby that takes over, of a Multi-AZ instance.',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html',
  },
  RebootTime: {
    kind: 'duration',
    default: 'uniform(20s, 60s)',
    doc: 'A reboot without failover.',
    source: 'not documented: less than a minute, mostly',
  },
  RecoveryTime: {
    kind: 'duration',
    default: '10min',
    doc: 'From the loss of the host of a single instance to its successor on the same storage.',
    source: 'not documented: minutes',
  },
  ReplicaLag: {
    kind: 'duration',
    default: 'lognormal(p50=200ms, p99=2s)',
    doc: 'From a change at the primary to its being seen at a read replica; a replica applies changes in order.',
    source: 'not documented: usually below a second',
  },
  SnapshotTime: {
    kind: 'duration',
    default: '3min',
    doc: 'From CreateDBSnapshot to a snapshot that is available, and from RestoreDBInstanceFromDBSnapshot to the instance.',
    source: 'not documented: minutes, by size',
  },
}
