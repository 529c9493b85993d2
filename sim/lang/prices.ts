// `Simulation.Prices`: prices of the scenario's own over AWS's list, by the names that `hotshard explain` shows.
import { entries, isMap, textOf, type Node } from '../cfn/node.ts'
import type { Problems } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import type { PriceSettings } from '../model/plan.ts'
import { priceName, type Price } from '../model/price.ts'
import { parseUsd } from '../parts/money.ts'
import { count } from '../parts/words.ts'
import { kindOf } from './fields.ts'
import { registry } from './registry.ts'

const FREE_TIER = 'FreeTier'

/** The member as it stands; absent = list prices without the free tier. */
export function readPrices(node: Node | undefined, problems: Problems): PriceSettings {
  const overrides: Record<string, string> = {}
  let freeTier = false
  if (node !== undefined && !isMap(node))
    problems.error('wrong-type', `\`Prices\` is ${kindOf(node)}, not a map of prices`, node.span, {
      label: 'such as `{ FreeTier: true, lambda.Requests: 0.18 }`',
    })
  const known = node === undefined ? new Set<string>() : knownPrices()
  for (const { key, keySpan, value } of entries(node)) {
    const text = textOf(value)
    if (key === FREE_TIER) {
      freeTier = text === 'true'
      if (text !== 'true' && text !== 'false')
        problems.error('wrong-type', `\`${FREE_TIER}\` is ${kindOf(value)}, not true or false`, value.span)
    } else if (!known.has(key)) {
      const near = nearest(key, known)
      problems.error('unknown-price', `\`${key}\` is not a price`, keySpan, {
        label:
          near === undefined ? 'see `hotshard explain TYPE` for the prices of a type' : `did you mean \`${near}\`?`,
      })
    } else if (text === undefined || parseUsd(text) === undefined)
      problems.error('wrong-type', `the price \`${key}\` is ${kindOf(value)}, not an amount`, value.span, {
        label: 'expected US dollars as a decimal number from 0, with up to 12 decimals and without a unit: `0.20`',
      })
    else overrides[key] = text
  }
  return { overrides, freeTier }
}

/** `0.20 USD per 1,000,000 requests; 0.16 in notes-2020`. */
export function priceWords({ usd, per = 1, unit, notes2020, tiers = [], free, once }: Price<never>): string {
  const of = per === 1 ? `per ${unit.replace(/s$/, '')}` : `per ${count(per)} ${unit}`
  return [
    `${usd} USD ${of}`,
    ...(once === true ? ['paid once'] : []),
    ...tiers.map((tier) => `${tier.usd} above ${count(tier.above)} a month`),
    ...(free === undefined ? [] : [`free tier ${count(free)} a month`]),
    ...(notes2020 === undefined ? [] : [`notes-2020: ${notes2020}`]),
  ].join('; ')
}

/** Every price by its full name. */
function knownPrices(): Set<string> {
  const known = new Set([FREE_TIER])
  for (const def of registry.defs)
    for (const [name, price] of Object.entries(def.prices ?? {})) known.add(priceName(def.type, name, price))
  return known
}
