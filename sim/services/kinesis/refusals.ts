// The exceptions of Kinesis Data Streams, as a stream words them (section 8 of the sheet). All are HTTP 400 but InternalFailure.

/** Parameters of a request. */
export type Body = Readonly<Record<string, any>>

/** An exception as a stream words it. */
export interface Refusal {
  readonly name: string
  readonly http: number
  readonly message: string
}

export class Refused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

export const invalidArgument = (message: string): Refusal => ({ name: 'InvalidArgumentException', http: 400, message })
export const invalid = (message: string): Refusal => ({ name: 'ValidationException', http: 400, message })
export const notFound = (message: string): Refusal => ({ name: 'ResourceNotFoundException', http: 400, message })
export const inUse = (message: string): Refusal => ({ name: 'ResourceInUseException', http: 400, message })
export const limitExceeded = (message: string): Refusal => ({ name: 'LimitExceededException', http: 400, message })
export const throughputExceeded = (message: string): Refusal => ({
  name: 'ProvisionedThroughputExceededException',
  http: 400,
  message,
})
