// What an application of streaming SQL shows of itself, what holds in it, and what went wrong.
import type { Config, Finding, Invariant, Look, View } from '../model/contract.ts'
import type { Analytics, Input, Output } from './analytics.ts'
import { count, counted, percent } from './words.ts'

const LEAST = 10

export const analyticsInvariants: Readonly<Record<string, Invariant<Analytics>>> = {
  'every row that goes out waits, is on its way or has arrived': (self) =>
    self.outputs.length === 0 || self.rowsOut === self.delivered + self.onTheWay,
}

export const analyticsView: View<Analytics> = {
  glyph: 'application',
  label: 'Analytics',
  level: (self) => self.pumps?.openGroups ?? 0,
  levelMax: (self) => Math.max(10, self.pumps?.openGroups ?? 0),
  tone: (self) => (self.onTheWay > 0 || self.behind > 0 ? 'busy' : 'calm'),
  detail: (config: Config) =>
    `${counted((config['Inputs'] as readonly Input[]).length, 'input')}, ${counted((config['Outputs'] as readonly Output[]).length, 'output')}`,
  readings: [
    { name: 'Rows in', unit: '1/s', doc: 'Rows read.', counter: true, read: (self) => self.rowsIn },
    { name: 'Rows out', unit: '1/s', doc: 'Rows handed on.', counter: true, read: (self) => self.rowsOut },
    {
      name: 'Open groups',
      unit: 'groups',
      doc: 'Groups of open windows.',
      read: (self) => self.pumps?.openGroups ?? 0,
    },
    { name: 'Behind', unit: 's', doc: 'How far the reading is behind.', read: (self) => self.behind / 1e6 },
  ],
}

/** Records that are no rows, and destinations that refuse rows. */
export function analyticsInsights(self: Analytics, look: Look): Finding[] {
  const { malformed, refused, rowsIn, outputs } = self
  const findings: Finding[] = []
  if (malformed.count >= LEAST)
    findings.push({
      kind: 'malformed-records',
      from: malformed.first,
      to: malformed.last,
      share: malformed.count / (malformed.count + rowsIn),
      title: 'Records are no rows',
      text: `${counted(malformed.count, 'record')} of ${count(malformed.count + rowsIn)} that ${look.name} read ${malformed.count === 1 ? 'is' : 'are'} no object of JSON: the application passes them over.`,
    })
  if (refused.count >= LEAST)
    findings.push({
      kind: 'output-refused',
      from: refused.first,
      to: refused.last,
      share: Math.min(1, refused.count / Math.max(1, self.rowsOut)),
      title: 'A destination refuses results',
      text: `${counted(refused.count, 'row')} of ${look.name} (${percent(refused.count / Math.max(1, self.rowsOut))}) ${refused.count === 1 ? 'was' : 'were'} refused and sent again.`,
      suspects: outputs.map(({ to }) => to),
    })
  return findings
}
