// Numbers as people write them, exactly: digits and a number of decimals, so that 0.1, 0.2 and 0.3 are those and nothing beside.

/** `digits / 10^decimals`. */
export interface Decimal {
  readonly digits: bigint
  readonly decimals: number
}

const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/

export function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole = '', part = ''] = DECIMAL.exec(text) ?? []
  if (whole === '') return undefined
  const digits = BigInt(whole + part)
  return { digits: sign === '-' ? -digits : digits, decimals: part.length }
}

/** As it would be written, without zeros at its end. */
export function decimalText({ digits, decimals }: Decimal): string {
  const sign = digits < 0n ? '-' : ''
  const text = String(digits < 0n ? -digits : digits).padStart(decimals + 1, '0')
  const whole = text.slice(0, text.length - decimals)
  const part = text.slice(text.length - decimals).replace(/0+$/, '')
  return `${sign}${whole}${part === '' ? '' : `.${part}`}`
}

export function numberOf(decimal: Decimal): number {
  return Number(decimalText(decimal))
}

/** The digits that the number has with so many decimals, which are no fewer than its own. */
export function scaled({ digits, decimals }: Decimal, to: number): bigint {
  return digits * tens(to - decimals)
}

export function product(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, decimals: a.decimals + b.decimals }
}

/** With so many decimals, halves away from 0. */
export function rounded({ digits, decimals }: Decimal, to: number): Decimal {
  if (decimals <= to) return { digits, decimals }
  const unit = tens(decimals - to)
  const size = digits < 0n ? -digits : digits
  const nearest = (2n * size + unit) / (2n * unit)
  return { digits: digits < 0n ? -nearest : nearest, decimals: to }
}

function tens(power: number): bigint {
  return BigInt(`1${'0'.repeat(power)}`)
}
