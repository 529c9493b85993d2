// The glyphs by the name that a room gives in its definition.
import type { NodeOutline } from '../sim.ts'
import { account } from './account.ts'
import { alarm } from './alarm.ts'
import { api } from './api.ts'
import { bucket } from './bucket.ts'
import { cache } from './cache.ts'
import { client } from './client.ts'
import { lambda } from './function.ts'
import { generic } from './generic.ts'
import type { Glyph } from './glyph.ts'
import { ICONS } from './icons.ts'
import { queue } from './queue.ts'
import { server } from './server.ts'
import { stream } from './stream.ts'
import { table } from './table.ts'
import { topic } from './topic.ts'

const GLYPHS: ReadonlyMap<string, Glyph> = new Map<string, Glyph>([
  ['account', account],
  ['client', client],
  ['operator', client],
  ['api', api],
  ['function', lambda],
  ['queue', queue],
  ['table', table],
  ['topic', topic],
  ['stream', stream],
  ['alarm', alarm],
  ['server', server],
  ['workers', { ...generic, icon: ICONS.people }],
  ['distribution', cache],
  ['bus', { ...generic, icon: ICONS.bus }],
  ['rule', { ...generic, icon: ICONS.funnel }],
  ['archive', { ...generic, icon: ICONS.bucket }],
  ['api-destination', { ...generic, icon: ICONS.server }],
  ['schedule', { ...generic, icon: ICONS.clock }],
  ['schedules', { ...generic, icon: ICONS.clock }],
  ['delivery-stream', { ...generic, icon: ICONS.funnel }],
  ['pipe', { ...generic, icon: ICONS.pipe }],
  ['bucket', bucket],
  ['cache', cache],
  ['balancer', { ...generic, icon: ICONS.fan }],
  ['targets', { ...generic, icon: ICONS.people }],
  ['database', { ...generic, icon: ICONS.table }],
  ['instance', { ...generic, icon: ICONS.server }],
  ['group', { ...generic, icon: ICONS.server }],
  ['gateway', { ...generic, icon: ICONS.gate }],
  ['name', { ...generic, icon: ICONS.bus }],
  ['check', { ...generic, icon: ICONS.bell }],
  ['deployment', { ...generic, icon: ICONS.lanes }],
  ['pipeline', { ...generic, icon: ICONS.lanes }],
  ['repository', { ...generic, icon: ICONS.fan }],
  ['log-group', { ...generic, icon: ICONS.lines }],
])

/** The glyph of a node; the generic one for a room that has none of its own. */
export const glyphOf = (node: NodeOutline): Glyph => GLYPHS.get(node.glyph) ?? generic
