// What a report draws of a run besides its sums: rates over time, what stands out on the time line, and every reading.

/** A number of one resource over the run. */
export interface ReadingHistory {
  readonly name: string
  readonly unit: string
  readonly doc: string
  /** The greatest value in each of at most `POINTS` even stretches of the run; NaN where there was none. */
  readonly points: readonly number[]
  /** At the end of the run. */
  readonly last: number
}

/** Into how many stretches readings are summed up. */
export const POINTS = 60

export interface History {
  /** µs of one value of `lanes`. */
  readonly step: number
  /** µs: where the run was to end. */
  readonly duration: number
  /** A second, by lane. */
  readonly lanes: readonly { readonly name: string; readonly rates: readonly number[] }[]
  readonly marks: readonly { readonly time: number; readonly kind: string; readonly text: string }[]
  readonly resources: readonly { readonly name: string; readonly readings: readonly ReadingHistory[] }[]
}
