// A table that is deleted and made anew, backed up, restored and exported: what takes time and no units (N.DYNAMODB-21 to N.DYNAMODB-23).
//
// The one idea: a table of the template stands for the table of its name, whether it is there or not. One that was deleted, or that
// nobody has touched yet, may be made anew out of a backup.
import type { Call } from '../../engine/calls.ts'
import type { Backup, Contents, Export } from './lifecycle-state.ts'
import { bodyOf, flag } from './single.ts'
import { DESCRIBE_TABLE, UPDATE_TABLE, type Table } from './state.ts'
import { Invalid, type Item } from './values.ts'

const SECOND = 1_000_000
const GIGABYTE = 1_073_741_824

/** Answers a request to a table that is not there. */
export function notThere(table: Table, call: Call): void {
  table.begin(call, DESCRIBE_TABLE)
  table.refuse(call, table.sim.error('ResourceNotFoundException', 400), { message: 'Requested resource not found' })
}

export function deleteTable(table: Table, call: Call): void {
  begin(table, call, () => {
    if (table.config['DeletionProtectionEnabled'] === true)
      throw new Invalid('Resource cannot be deleted as it is currently protected against deletion')
    if (!table.life.isThere) return 'ResourceNotFoundException'
    if (table.status !== 'ACTIVE' || isInTransaction(table)) return 'ResourceInUseException'
    table.life.forget()
    table.status = 'DELETING'
    if (table.streams.current !== null) table.streams.disable()
    table.empty()
    table.life.start({ what: 'deleted' }, table.life.delay('delete'))
    return { TableDescription: { TableName: table.sim.name, TableStatus: table.status } }
  })
}

/** The table is made anew, empty, with the settings that it had. */
export function createTable(table: Table, call: Call): void {
  begin(table, call, () => {
    if (table.status !== 'DELETED') return 'ResourceInUseException'
    table.status = 'CREATING'
    const view = table.config['Stream']
    if (view !== null) table.streams.enable(view, table.capacity.partitions.count)
    table.life.start({ what: 'made', contents: null }, table.life.delay('create'))
    return { TableDescription: { TableName: table.sim.name, TableStatus: table.status } }
  })
}

/** A backup has what the table holds now, and costs it nothing. */
export function createBackup(table: Table, call: Call): void {
  begin(table, call, () => {
    const { life } = table
    if (!life.isThere) return 'TableNotFoundException'
    const name = String((bodyOf(table, call) as Item)['BackupName'] ?? 'backup')
    const arn = `arn:aws:dynamodb:::table/${table.sim.name}/backup/${life.backups.length + 1}`
    const backup: Backup = { arn, name, contents: contentsOf(table), bytes: table.bytes, status: 'CREATING' }
    life.backups.push(backup)
    life.start({ what: 'backed up', backup }, life.delay('backup'))
    return { BackupDetails: detailsOf(backup) }
  })
}

export function describeBackup(table: Table, call: Call): void {
  begin(table, call, () => {
    const backup = backupOf(table, (bodyOf(table, call) as Item)['BackupArn'])
    return backup === undefined
      ? 'BackupNotFoundException'
      : { BackupDescription: { BackupDetails: detailsOf(backup) } }
  })
}

export function restoreFromBackup(table: Table, call: Call): void {
  begin(table, call, () => {
    const backup = backupOf(table, (bodyOf(table, call) as Item)['BackupArn'])
    if (backup === undefined) return 'BackupNotFoundException'
    if (backup.status !== 'AVAILABLE') return 'BackupInUseException'
    return restore(table, backup.contents)
  })
}

/** The table gets what another one held at a moment of its last days. */
export function restoreToPointInTime(table: Table, call: Call): void {
  begin(table, call, () => {
    const body = bodyOf(table, call) as Item
    const source = table.transactions.tableNamed(body['SourceTableName'])
    if (source === undefined || !source.life.isThere) return 'TableNotFoundException'
    if (source.life.past === null) return 'PointInTimeRecoveryUnavailableException'
    const wanted = body['RestoreDateTime']
    const at = flag(body['UseLatestRestorableTime'])
      ? table.now
      : typeof wanted === 'number'
        ? Math.round(wanted * SECOND) - table.sim.startsAt
        : Number.NaN
    if (!(at >= source.life.earliest && at <= table.now)) return 'InvalidRestoreTimeException'
    return restore(table, contentsAt(source, at))
  })
}

export function exportTable(table: Table, call: Call): void {
  begin(table, call, () => {
    const { life } = table
    if (!life.isThere) return 'TableNotFoundException'
    if (life.past === null) return 'PointInTimeRecoveryUnavailableException'
    const arn = `arn:aws:dynamodb:::table/${table.sim.name}/export/${life.exports.length + 1}`
    const bucket = (bodyOf(table, call) as Item)['S3Bucket']
    const made: Export = { arn, bucket, bytes: table.bytes, status: 'IN_PROGRESS' }
    life.exports.push(made)
    const delay = life.delay('export') + life.delay('exportPerGB', table.bytes / GIGABYTE)
    life.start({ what: 'exported', made }, delay)
    return { ExportDescription: { ExportArn: arn, ExportStatus: made.status } }
  })
}

/** Does what an operation on the table as a whole does: an answer, or the name of an exception. */
function begin(table: Table, call: Call, run: () => Item | string): void {
  table.begin(call, UPDATE_TABLE)
  try {
    const answer = run()
    if (typeof answer === 'string') table.refuse(call, table.sim.error(answer, 400), { message: answer })
    else table.answer(call, UPDATE_TABLE, answer, 0)
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

/** Whether a transaction under way began at the table or holds one of its items. */
function isInTransaction({ transactions: { running, held } }: Table): boolean {
  return running.size > 0 || held.size > 0
}

/** A table that was deleted, or that nobody has written to, is made anew with these items after a while. */
function restore(table: Table, contents: Contents): Item | string {
  const isUntouched = table.status === 'ACTIVE' && table.created === 0 && table.initialItems + table.materialised === 0
  if (table.status !== 'DELETED' && !isUntouched) return 'TableAlreadyExistsException'
  if (isInTransaction(table)) return 'ResourceInUseException'
  table.status = 'CREATING'
  table.life.isThere = false
  // A restored table has no stream until somebody switches it on.
  if (table.streams.current !== null) table.streams.disable()
  table.life.start({ what: 'made', contents }, table.life.delay('restore'))
  return { TableDescription: { TableName: table.sim.name, TableStatus: table.status } }
}

function contentsOf({ items, initialItems, initialSize }: Table): Contents {
  const held: { item: Item; bytes: number }[] = []
  for (let row = 0; row < items.rowCount; row++) {
    const item = items.items[row]
    if (item !== null) held.push({ item, bytes: items.size[row] })
  }
  return { items: held, initialItems, initialSize }
}

/** What a table held at `at` µs: what it holds now, with every later change undone. */
function contentsAt(table: Table, at: number): Contents {
  const now = contentsOf(table)
  const undone = new Map<string, { item: Item | null; bytes: number }>()
  const past = table.life.past!
  for (let i = past.length - 1; i >= 0 && past[i]!.at > at; i--) {
    const { pk, sk, before, bytes } = past[i]!
    undone.set(JSON.stringify([pk, sk]), { item: before, bytes })
  }
  const { hash, range } = table.keys
  const nameOf = (item: Item): string => JSON.stringify([plain(item[hash]), range && plain(item[range])])
  const kept = now.items.filter(({ item }) => !undone.has(nameOf(item)))
  const back = [...undone.values()].filter((each): each is { item: Item; bytes: number } => each.item !== null)
  return { ...now, items: [...kept, ...back] }
}

/** A key value as the store compares it. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { B?: unknown }).B : value
}

function backupOf(table: Table, arn: unknown): Backup | undefined {
  const source = table.transactions.tableNamed(String(arn).replace(/\/backup\/\d+$/, ''))
  return source?.life.backups.find((backup) => backup.arn === arn)
}

function detailsOf({ arn, name, status, bytes }: Backup): Item {
  return { BackupArn: arn, BackupName: name, BackupStatus: status, BackupSizeBytes: bytes }
}
