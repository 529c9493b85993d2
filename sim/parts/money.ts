// US dollars without rounding: decimal texts into whole trillionths, trillionths into billionths, those into texts.
//
// A price such as 0.0000166667 per GB-second has ten decimals; twelve are kept. What a line costs is rounded once, to billionths
// of a dollar, and sums are sums of those, so the order of resources and lines changes nothing.

const PRICE_DECIMALS = 12
/** Trillionths, of which prices are made, in a billionth, of which amounts are. */
const PER_BILLIONTH = 1000n
const DECIMAL = /^([0-9]{1,12})(?:\.([0-9]{1,12}))?$/

/** A price in trillionths of a dollar: `0.20` is 200,000,000,000. Undefined for what is no decimal number ≥ 0. */
export function parseUsd(text: string): bigint | undefined {
  const match = DECIMAL.exec(text)
  return match === null ? undefined : BigInt(match[1]! + (match[2] ?? '').padEnd(PRICE_DECIMALS, '0'))
}

/**
 * What an amount costs, in billionths of a dollar: `units` / `unitsPer` of something that costs `price` trillionths of a dollar.
 * Halves are rounded up.
 */
export function costOf(price: bigint, units: bigint, unitsPer: bigint): bigint {
  const divisor = unitsPer * PER_BILLIONTH
  return (2n * price * units + divisor) / (2n * divisor)
}

/** Billionths of a dollar as a number of dollars: the nearest that there is. */
export function dollars(billionths: bigint): number {
  return Number(`${billionths}e-9`)
}

/** An amount for people: cents from a dollar on, three digits below: `1,204.50 USD`, `0.0321 USD`. */
export function usd(amount: number): string {
  if (amount === 0) return '0 USD'
  if (amount < 0) return `-${usd(-amount)}`
  if (amount < 1) return `${fewDigits(amount)} USD`
  const [whole, cents] = amount.toFixed(2).split('.') as [string, string]
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents} USD`
}

/** Three digits without an exponent, down to a billionth. */
function fewDigits(amount: number): string {
  const decimals = Math.min(9, 2 - Math.floor(Number(amount.toExponential(2).split('e')[1])))
  return amount.toFixed(decimals)
}
