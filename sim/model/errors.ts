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
  'ConnectTimeoutError',
  'ConnectionRefusedError',
  'ConnectionResetError',
  'RequestTimeout',
  'RequestTimeoutException',
  'PriorRequestNotComplete',
  'ReplicatedWriteConflictException',
  'TimeoutError',
])
const TRANSIENT_HTTP = new Set([500, 502, 503, 504])

/** The HTTP code of each exception that a room's operations raise, as the services' API references give it. */
export const HTTP_CODES: Readonly<Record<string, number>> = {
  APICallRateForCustomerExceeded: 400,
  AccessDenied: 403,
  AccessDeniedException: 403,
  AuthorizationQueryParametersError: 400,
  BadGatewayException: 502,
  BadRequestException: 400,
  BatchEntryIdsNotDistinct: 400,
  BatchRequestTooLong: 400,
  BucketAlreadyOwnedByYou: 409,
  BucketNotEmpty: 409,
  // What a client library says of a cache, without any HTTP.
  CommandThrottled: 0,
  CommandTimeout: 0,
  ConditionalCheckFailedException: 400,
  // The client's own: it has never reached the service.
  ConnectTimeoutError: 0,
  ConnectionBorrowTimeout: 0,
  ConnectionRefusedError: 0,
  ConnectionResetError: 0,
  DBInstanceAlreadyExists: 400,
  DBSnapshotAlreadyExists: 400,
  DBSnapshotNotFound: 404,
  ConflictException: 409,
  ConnectionError: 0,
  ConditionalRequestConflict: 409,
  EmptyBatchRequest: 400,
  ExpiredNextTokenException: 400,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  ExpiredIteratorException: 400,
  FunctionExecutionError: 503,
  FunctionThrottledError: 503,
  GatewayTimeoutException: 504,
  IdempotentParameterMismatchException: 400,
  IllegalArgumentException: 400,
  IllegalStatusException: 400,
  IncorrectInstanceState: 400,
  InstanceLimitExceeded: 400,
  InternalError: 500,
  InternalServerError: 500,
  InternalServerErrorException: 500,
  InvalidArgumentException: 400,
  InvalidArgument: 400,
  InvalidAttributeName: 400,
  InvalidAttributeValue: 400,
  InvalidBatchEntryId: 400,
  InvalidChangeBatch: 400,
  ItemCollectionSizeLimitExceededException: 400,
  'InvalidInstanceID.NotFound': 400,
  InvalidEventPatternException: 400,
  InvalidDBClusterStateFault: 400,
  InvalidDBInstanceState: 400,
  InvalidObjectState: 403,
  InvalidMessageContents: 400,
  InvalidParameter: 400,
  InvalidParameterCombination: 400,
  InvalidParameterValue: 400,
  InvalidParameterValueException: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidTarget: 400,
  KeyTooLongError: 400,
  LimitExceeded: 409,
  LimitExceededException: 400,
  MalformedXML: 400,
  MaxClientsReached: 0,
  MessageNotInflight: 400,
  MethodNotAllowed: 405,
  MissingKey: 403,
  MissingParameter: 400,
  NatGatewayNotFound: 400,
  NoSuchBucket: 404,
  NoSuchEntity: 404,
  NoSuchInvalidation: 404,
  NoSuchKey: 404,
  NoSuchResourceException: 404,
  NoSuchUpload: 404,
  NoSuchVersion: 404,
  NodeGroupNotFoundFault: 404,
  NotFound: 404,
  NotFoundException: 404,
  NotModified: 304,
  NotSimulatedException: 501,
  OperationNotPermitted: 400,
  OutOfMemory: 0,
  OverLimit: 400,
  PreconditionFailed: 412,
  ProvisionedThroughputExceededException: 400,
  PurgeQueueInProgress: 400,
  QueueDeletedRecently: 400,
  QueueDoesNotExist: 400,
  QueueNameExists: 400,
  ReceiptHandleIsInvalid: 400,
  ReplicatedWriteConflictException: 400,
  ReadOnlyError: 400,
  RequestLimitExceeded: 400,
  RequestTooLargeException: 413,
  RequestThrottled: 400,
  RequestTimeout: 408,
  ResourceAlreadyExistsException: 400,
  ResourceInUseException: 400,
  ResourceNotFoundException: 404,
  ScalingActivityInProgress: 400,
  ServiceUnavailable: 503,
  ServiceUnavailableException: 503,
  SlowDown: 503,
  TargetGroupNotFound: 400,
  TestFailoverNotAvailableFault: 400,
  StorageFullError: 400,
  Throttled: 429,
  TooManyConnections: 0,
  Throttling: 400,
  ThrottlingException: 400,
  TooManyEntriesInBatchRequest: 400,
  TooManyInvalidationsInProgress: 400,
  TooManyRequestsException: 429,
  TransactionCanceledException: 400,
  TransactionConflictException: 400,
  TransactionInProgressException: 400,
  TrimmedDataAccessException: 400,
  UnsupportedOperation: 400,
  ValidationError: 400,
  ValidationException: 400,
  VcpuLimitExceeded: 400,
  WrongCommand: 0,
}

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
