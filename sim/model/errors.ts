// The exceptions of a world by number: a call's status is an index into this table, 0 means success.
//
// Which of them an SDK retries is a property of the name and the HTTP code (RET-03, RET-04), so it is worked out here
// once and read per event as a flag.

/** How an SDK treats an error: not at all, as a passing fault, or as a sign to slow down. */
export type RetryClass = 0 | 1 | 2
export const NOT_RETRIED = 0
export const TRANSIENT = 1
export const THROTTLING = 2

const THROTTLING_NAMES = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottledException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'TransactionInProgressException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'RequestThrottled',
  'SlowDown',
  'EC2ThrottledException',
])
const TRANSIENT_NAMES = new Set([
  'RequestTimeout',
  'RequestTimeoutException',
  'PriorRequestNotComplete',
  'TimeoutError',
])
const TRANSIENT_HTTP = new Set([500, 502, 503, 504])

export class ErrorTable {
  /** Names by id; id 0 is success. */
  readonly names: string[] = ['OK']
  readonly http: number[] = [200]
  readonly retry: RetryClass[] = [NOT_RETRIED]
  private readonly byKey = new Map<string, number>()

  /** The id of an exception, registering it on first use. The same name with another HTTP code is another row. */
  intern(name: string, http: number): number {
    const key = `${name} ${http}`
    const known = this.byKey.get(key)
    if (known !== undefined) return known
    const id = this.names.length
    this.names.push(name)
    this.http.push(http)
    const throttling = THROTTLING_NAMES.has(name) || http === 429
    this.retry.push(
      throttling ? THROTTLING : TRANSIENT_NAMES.has(name) || TRANSIENT_HTTP.has(http) ? TRANSIENT : NOT_RETRIED,
    )
    this.byKey.set(key, id)
    return id
  }
}
