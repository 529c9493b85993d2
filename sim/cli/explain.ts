// `hotshard explain`: what is known of a word, from the models' own definitions and the catalogue of problems.
import { catalogue } from '../diag/catalogue.ts'
import { nearest } from '../diag/suggest.ts'
import { registry } from '../lang/registry.ts'
import { prefixOf } from '../lang/resources.ts'
import { priceName } from '../model/price.ts'
import { API_FAULTS } from '../parts/api-faults.ts'
import { faultCard, operationCard, partCard, serviceCard, services, typeCard } from './cards/services.ts'
import { lints } from '../lint/catalogue.ts'
import {
  assumptionCard,
  errorCard,
  FACT,
  factCard,
  lintsCard,
  metricCard,
  priceCard,
  problemCard,
  quotaCard,
} from './cards/words.ts'
import { EXIT } from './exit.ts'
import { showProblem } from './problems.ts'
import { widthOf } from './terminal.ts'
import { wrapWords } from './wrap.ts'

const CARDS = [
  ...[typeCard, partCard, serviceCard, operationCard, faultCard],
  ...[metricCard, errorCard, quotaCard, priceCard, assumptionCard, factCard, problemCard, lintsCard],
]

/** Prints every card of a name: `Latency` may be a metric here and an assumption there. */
export function explain(name: string): number {
  const found = cardsOf(name)
  if (found.length === 0) return unknown(name)
  const width = widthOf(process.stdout)
  const lines = found.join('\n\n').split('\n')
  process.stdout.write(`${fitted(lines, width).join('\n')}\n`)
  return EXIT.ok
}

/** The cards of a name as it is written; of names in another case when nothing bears this one. */
function cardsOf(name: string): string[] {
  const look = (word: string): string[] => CARDS.flatMap((card) => card(word) ?? [])
  const found = look(name)
  if (found.length > 0) return found
  const same = [...names()].find((other) => other.toLowerCase() === name.toLowerCase())
  return same === undefined ? [] : look(same)
}

/** Long lines are broken under their own beginning; examples stay as they are, because they are to be copied. */
function fitted(lines: readonly string[], width: number): string[] {
  let inExample = false
  return lines.flatMap((line) => {
    inExample = line === '  wrong' || line === '  right' || (inExample && line.startsWith('    '))
    if (line.length <= width || inExample) return [line]
    const indent = /^ */.exec(line)![0].length
    const hang = indent + (indent === 0 ? 0 : 2)
    return wrapWords(line.trimStart(), width - indent, hang - indent).map((part) => ' '.repeat(indent) + part)
  })
}

function unknown(name: string): number {
  const near = nearest(name, names())
  const types = [...services()].map(
    ([service, defs]) => `${service}: ${defs.map((other) => other.type.split('::')[2]).join(', ')}`,
  )
  showProblem(
    {
      slug: 'unknown-name',
      severity: 'error',
      message: FACT.test(name) ? `no model cites a fact \`${name}\`` : `nothing is known of \`${name}\``,
      ...(near === undefined ? {} : { help: `did you mean \`${near}\`?` }),
      notes: [['types with a card, by service', ...types].join('\n')],
    },
    {},
  )
  return EXIT.badInput
}

/** Everything that has a card, for the nearest to a misspelt name. */
function names(): ReadonlySet<string> {
  // Rooms share names of metrics and exceptions.
  return new Set([
    ...registry.byType.keys(),
    ...registry.parts.keys(),
    ...services().keys(),
    ...registry.operations.keys(),
    ...Object.keys(API_FAULTS),
    ...registry.defs.flatMap((def) => [
      ...Object.keys(def.faults ?? {}),
      ...Object.keys(def.metrics),
      ...Object.keys(def.assumptions),
      ...Object.keys(def.quotas).map((name) => `${prefixOf(def.type)}.${name}`),
      ...Object.entries(def.prices ?? {}).map(([name, price]) => priceName(def.type, name, price)),
      ...Object.values(def.ops).flatMap((op) => op.errors ?? []),
    ]),
    ...catalogue.keys(),
    ...lints.keys(),
    'lints',
  ])
}
