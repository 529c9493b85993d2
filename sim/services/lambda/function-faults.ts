// The faults of the Fault Injection Service that a function can suffer.
import type { Config, Fault } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import type { LambdaFunction } from './function.ts'

/** A fault that has begun; `on` until it stops. */
export interface FunctionFault {
  readonly kind: 'error' | 'delay' | 'response'
  /** 0..1. */
  readonly share: number
  readonly params: Config
  on: boolean
}

const percentage = p.number('Share of the invocations that it hits.', [0, 100], { default: 100, unit: '%' })
const prevent = p.bool('Whether the handler does not run at all; otherwise it runs, and its result is replaced.', {
  default: true,
})

export const faults: Readonly<Record<string, Fault<LambdaFunction>>> = {
  'aws:lambda:invocation-error': fault('error', 'Invocations end in a function error.', {
    Percentage: percentage,
    PreventExecution: prevent,
  }),
  'aws:lambda:invocation-add-delay': fault(
    'delay',
    'The handler begins later; the delay is part of Duration and of the time-out.',
    {
      Percentage: percentage,
      StartupDelayMilliseconds: p.int('The delay.', [0, 900_000], { default: 2_000, unit: 'ms' }),
    },
  ),
  'aws:lambda:invocation-http-integration-response': fault(
    'response',
    'Invocations answer with a status code of its choice.',
    {
      Percentage: percentage,
      PreventExecution: prevent,
      StatusCode: p.int('The status code.', [100, 599], { default: 500 }),
      ContentTypeHeader: p.string('The content type.', { default: 'application/json' }),
    },
  ),
}

function fault(
  kind: FunctionFault['kind'],
  doc: string,
  params: Fault<LambdaFunction>['params'],
): Fault<LambdaFunction> {
  return {
    doc,
    params,
    start: kind === 'error' ? startError : kind === 'delay' ? startDelay : startResponse,
    stop: stopFault,
  }
}

function startError(self: LambdaFunction, params: Config): void {
  startFault(self, 'error', params)
}

function startDelay(self: LambdaFunction, params: Config): void {
  startFault(self, 'delay', params)
}

function startResponse(self: LambdaFunction, params: Config): void {
  startFault(self, 'response', params)
}

function startFault(self: LambdaFunction, kind: FunctionFault['kind'], params: Config): void {
  self.faults.push({ kind, share: params['Percentage'] / 100, params, on: true })
  self.standing++
}

function stopFault(self: LambdaFunction, params: Config): void {
  for (const fault of self.faults) {
    if (!fault.on || fault.params !== params) continue
    fault.on = false
    self.standing--
    return
  }
}
