// The faults of the Fault Injection Service that hit API calls whatever the service, with the exception that a call raises.

export const API_FAULTS: Readonly<
  Record<string, { readonly error: string; readonly http: number; readonly doc: string }>
> = {
  'aws:fis:inject-api-internal-error': {
    error: 'InternalError',
    http: 500,
    doc: 'A share of the calls fails with an internal error.',
  },
  'aws:fis:inject-api-throttle-error': {
    error: 'ThrottlingException',
    http: 400,
    doc: 'A share of the calls is throttled.',
  },
  'aws:fis:inject-api-unavailable-error': {
    error: 'ServiceUnavailable',
    http: 503,
    doc: 'A share of the calls finds the service unavailable.',
  },
}
