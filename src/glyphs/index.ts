// The glyphs by the name that a room gives in its definition.
import type { NodeOutline } from '../sim.ts'
import { account } from './account.ts'
import { alarm } from './alarm.ts'
import { api } from './api.ts'
import { client } from './client.ts'
import { lambda } from './function.ts'
import { generic } from './generic.ts'
import type { Glyph } from './glyph.ts'
import { queue } from './queue.ts'
import { server } from './server.ts'
import { table } from './table.ts'

const GLYPHS: ReadonlyMap<string, Glyph> = new Map([
  ['account', account],
  ['client', client],
  ['operator', client],
  ['api', api],
  ['function', lambda],
  ['queue', queue],
  ['table', table],
  ['alarm', alarm],
  ['server', server],
])

/** The glyph of a node; the generic one for a room that has none of its own. */
export const glyphOf = (node: NodeOutline): Glyph => GLYPHS.get(node.glyph) ?? generic
