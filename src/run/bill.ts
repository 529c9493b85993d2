// The part of the report (`report.schema.json`) about money, as far as the page shows it. Amounts in US dollars.

export interface BillLine {
  readonly price: string
  readonly item: string
  readonly unit: string
  readonly used: number
  readonly usedMonth: number
  /** The price as a decimal text, for `per` units. */
  readonly usd: string
  readonly per: number
  readonly month: number
}

export interface Bill {
  readonly resources: readonly {
    readonly resource: string
    readonly month: number
    readonly lines: readonly BillLine[]
  }[]
  readonly discounts: readonly { readonly month: number }[]
  readonly unpriced: readonly { readonly type: string }[]
  readonly run: number
  readonly month: number
}
