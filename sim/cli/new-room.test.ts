// Tests of the scaffold: what it writes, what it refuses, and that the tidy rules name what is still owed.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { definitionProblems, roomFileProblems } from '../../test/tidy/rooms.ts'
import { readTree } from '../../test/tidy/source.ts'
import { determinismProblems, firstLineProblems, leftoverProblems } from '../../test/tidy/text.ts'
import { createRoom, RoomRefused } from './new-room.ts'
import { findRooms } from './rooms-index.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hotshard-'))
  mkdirSync(join(root, 'sim/services'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

test('a new room has its three files and its line in the index', () => {
  expect(createRoom(root, 'AWS::Kinesis::Stream')).toEqual([
    'sim/services/kinesis/stream.ts',
    'sim/services/kinesis/stream.facts.ts',
    'sim/services/kinesis/stream.test.ts',
  ])
  createRoom(root, 'AWS::Lambda::Function')
  expect(findRooms(root)).toEqual([
    { type: 'AWS::Kinesis::Stream', name: 'stream', file: 'kinesis/stream.ts' },
    { type: 'AWS::Lambda::Function', name: 'lambdaFunction', file: 'lambda/function.ts' },
  ])
  const index = readFileSync(join(root, 'sim/services/index.ts'), 'utf8')
  expect(index).toContain("import { lambdaFunction } from './lambda/function.ts'")
  expect(index).toContain('export const services: readonly ServiceDef[] = [stream, lambdaFunction]')
})

test('two rooms of one name are told apart in the index', () => {
  createRoom(root, 'AWS::ECS::Cluster')
  createRoom(root, 'AWS::DAX::Cluster')
  const index = readFileSync(join(root, 'sim/services/index.ts'), 'utf8')
  expect(index).toContain("import { cluster as daxCluster } from './dax/cluster.ts'")
  expect(index).toContain('[daxCluster, ecsCluster]')
})

test('the tidy rules name everything that a new room still owes, and nothing else', async () => {
  createRoom(root, 'AWS::Kinesis::Stream')
  const files = readTree(root)
  expect(roomFileProblems(findRooms(root), files)).toEqual(
    ['', '.facts', '.test'].map((part) => `sim/services/kinesis/stream${part}.ts: still says \`not written yet\``),
  )
  expect([...firstLineProblems(files), ...leftoverProblems(files), ...determinismProblems(files)]).toEqual([])
  const { stream } = await import(join(root, 'sim/services/kinesis/stream.ts'))
  expect(definitionProblems([stream], new Set()).map((problem) => problem.split(': ')[0])).toEqual([
    'AWS::Kinesis::Stream summary',
    'AWS::Kinesis::Stream models',
    'AWS::Kinesis::Stream omits',
  ])
})

test.each(['Kinesis::Stream', 'AWS::Kinesis', 'aws::kinesis::stream', 'AWS::Kinesis::Stream::Consumer', '../../x'])(
  'refuses %s and says how a type is written',
  (type) => {
    expect(() => createRoom(root, type)).toThrow(/is not a resource type: expected `AWS::Namespace::Name`/)
    expect(existsSync(join(root, 'sim/services/index.ts'))).toBe(false)
  },
)

test('refuses a type that has a room, and a place that is taken', () => {
  createRoom(root, 'AWS::Kinesis::Stream')
  expect(() => createRoom(root, 'AWS::Kinesis::Stream')).toThrow(RoomRefused)
  expect(() => createRoom(root, 'AWS::Kinesis::STREAM')).toThrow(
    'AWS::Kinesis::Stream has a room already: sim/services/kinesis/stream.ts',
  )
  rmSync(join(root, 'sim/services/kinesis/stream.ts'))
  expect(() => createRoom(root, 'AWS::Kinesis::Stream')).toThrow('sim/services/kinesis/stream.facts.ts exists already')
})
