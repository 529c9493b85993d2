// The account's throttle by itself: its figures, and what a scenario may change of them.
import { expect, test } from 'vitest'
import { lab, MS, type Part, SECOND } from '../../../test/kit.ts'
import type { Props, ServiceDef } from '../../model/contract.ts'
import { account, type Account } from './account.ts'
import { restApi } from './rest-api.ts'

const stage: ServiceDef = {
  ...account,
  type: 'AWS::ApiGateway::Stage',
  singleton: false,
  invariants: {},
  create: () => ({}),
  props: restApi.parts!['AWS::ApiGateway::Stage'] as Props,
}
const mock = { 'x-amazon-apigateway-integration': { type: 'mock' } }
const parts: Record<string, Part> = {
  'Sim::ApiGateway::Account': { def: account },
  Api: { def: restApi, properties: { Body: { paths: { '/x': { get: mock } } } } },
  Stage: { def: stage, properties: { RestApiId: 'Api', StageName: 'prod' } },
}

test('it begins full with 5,000 requests and gains 10,000 per second [API-11, API-12]', () => {
  const { bucket } = lab(parts).state<Account>('Sim::ApiGateway::Account')
  expect([bucket.rate, bucket.burst, bucket.tokens(0)]).toEqual([10_000, 5_000, 5_000])
  for (let i = 0; i < 5_000; i++) expect(bucket.take(0, 1)).toBe(true)
  expect(bucket.take(99, 1)).toBe(false)
  expect(bucket.take(100, 1)).toBe(true)
})

test('a scenario may set the limits of another Region [API-11]', () => {
  const at = lab(parts, {
    probe: [['Api', 'execute-api:Invoke']],
    quotas: { 'apigateway.RequestsPerSecond': 2_500, 'apigateway.BurstRequests': 1_250 },
  })
  for (let i = 0; i < 2_000; i++) at.call('Api', 'execute-api:Invoke', {})
  at.run(100 * MS)
  expect(at.answers.filter((answer) => answer.status === 'OK').length).toBe(1_250)
  for (let i = 0; i < 500; i++) at.call('Api', 'execute-api:Invoke', {})
  at.run(SECOND)
  // A tenth of a second gave 250 tokens back.
  expect(at.answers.filter((answer) => answer.status === 'OK').length).toBe(1_500)
})
