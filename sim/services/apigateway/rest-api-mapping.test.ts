// Integrations without proxy: what the backend gets of a request, and what the client gets of its answer.
import { describe, expect, test } from 'vitest'
import { ask, gateway, openApi, partDef, REGIONAL, stage, type Stand } from '../../../test/apis.ts'
import { type Lab, type Part, SECOND } from '../../../test/kit.ts'
import type { Call } from '../../engine/calls.ts'
import type { ServiceDef } from '../../model/contract.ts'
import { server } from '../http/server.ts'
import { queue } from '../sqs/queue.ts'
import { restApi } from './rest-api.ts'

const OK = { default: { statusCode: '200' } }
const JSON_TYPE = 'application/json'

function world(integration: Record<string, unknown>, more: Record<string, Part> = {}, stageMore = {}): Lab {
  const whole = { type: 'aws', httpMethod: 'POST', uri: 'Fn', responses: OK, ...integration }
  return gateway(
    {
      Api: {
        def: restApi,
        properties: { Body: openApi({ '/x': { post: { 'x-amazon-apigateway-integration': whole } } }), ...REGIONAL },
      },
      Stage: stage(stageMore),
      ...more,
    },
    {
      probe: [['Api', 'execute-api:Invoke'], ...('Jobs' in more ? [['Jobs', 'sqs:ReceiveMessage'] as const] : [])],
    },
  )
}
const seen = (at: Lab): unknown[] => at.state<Stand>('Fn').events
const request = (text: string) => ({ requestTemplates: { [JSON_TYPE]: text } })
const response = (text: string) => ({
  responses: { default: { statusCode: '200', responseTemplates: { [JSON_TYPE]: text } } },
})

describe('requests', () => {
  test('a template renames what the backend gets [N.APIGATEWAY-20, N.APIGATEWAY-22]', () => {
    const at = world(
      request('{ "fullName": $input.json(\'$.name\'), "by": "$context.httpMethod $context.resourcePath" }'),
    )
    ask(at, { name: 'Ann' })
    expect(seen(at)).toEqual([{ fullName: 'Ann', by: 'POST /x' }])
  })

  test('what carries a body is read by it [N.APIGATEWAY-22]', () => {
    const at = world(request('{ "n": $input.json(\'$.n\'), "q": "$input.params(\'q\')" }'))
    ask(at, { body: '{"n":[1,2]}', queryStringParameters: { q: 'x' } })
    expect(seen(at)).toEqual([{ n: [1, 2], q: 'x' }])
  })

  test('stage variables go to the backend by a template [N.APIGATEWAY-37, N.APIGATEWAY-35]', () => {
    const at = world(request('{ "table": "$stageVariables.table" }'), {}, { Variables: { table: 't1' } })
    ask(at, {})
    expect(seen(at)).toEqual([{ table: 't1' }])
  })

  test('a template that cannot be read answers 500, and the backend is not called [N.APIGATEWAY-23]', () => {
    const at = world(request('{ #if($x) }'))
    expect([ask(at, {}).http, seen(at).length]).toEqual([500, 0])
    expect(at.notSimulated.join()).toContain('it answers 500')
    at.run(70 * SECOND).finish()
    expect(at.sum('Api', '5XXError')).toBe(1)
    expect(at.points('Api', 'IntegrationLatency')).toEqual([])
  })

  test('one that asks for more than is known is left out, and that is said [N.APIGATEWAY-23]', () => {
    const at = world(request('{ "a": "$util.base64Encode(\'x\')" }'))
    ask(at, { name: 'Ann' })
    expect(seen(at)).toEqual([{ name: 'Ann' }])
    expect(at.notSimulated.join()).toContain('base64Encode')
  })

  test('parameters of the client arrive under other names [N.APIGATEWAY-22]', () => {
    const bodies: unknown[] = []
    const spy: ServiceDef = {
      ...server,
      ops: {
        'http:PUT': {
          doc: '',
          run: (self: any, call: Call) => (bodies.push(self.sim.calls.body[call]), self.arrive(call)),
        },
      },
    }
    const parameters = {
      'integration.request.header.X-B': 'method.request.header.X-A',
      'integration.request.querystring.page': 'method.request.body.from.page',
      'integration.request.header.X-Fixed': "'always'",
      'integration.request.path.id': 'method.request.path.absent',
    }
    const http = { type: 'http', httpMethod: 'PUT', uri: 'Back', requestParameters: parameters }
    const at = world(http, { Back: { def: spy, properties: { Workers: 1, ServiceTime: '0ms' } } })
    ask(at, { headers: { 'x-a': 'client' }, body: { from: { page: 3 } } })
    expect(bodies).toMatchObject([
      { headers: { 'X-B': 'client', 'X-Fixed': 'always' }, queryStringParameters: { page: 3 } },
    ])
    expect(bodies[0]).not.toHaveProperty('pathParameters')
  })

  test('a queue gets the message of its template [N.APIGATEWAY-20]', () => {
    const form = request("Action=SendMessage&MessageBody=$util.urlEncode($input.json('$.order'))&x=1")
    const at = world({ ...form, uri: 'Jobs' }, { Jobs: { def: queue } })
    ask(at, { order: { id: 7, text: 'a & b' } })
    at.run(SECOND)
    const { Messages } = at.ask('Jobs', 'sqs:ReceiveMessage').answer
    expect(Messages[0].Body).toEqual({ id: 7, text: 'a & b' })
  })
})

describe('answers', () => {
  test('a template drops what the client shall not see [N.APIGATEWAY-21]', () => {
    const at = world(response('#set($o = $input.path(\'$\'))\n{ "name": "$o.name" }'))
    expect(ask(at, { answer: { name: 'Ann', secret: 'x' } }).answer).toEqual({ statusCode: 200, body: { name: 'Ann' } })
  })

  test('the first pattern that an error’s message fits gives the status, else the default [N.APIGATEWAY-21]', () => {
    const responses = {
      default: { statusCode: '200' },
      '.*not found.*': { statusCode: '404' },
      '\\[Bad\\].*': {
        statusCode: '400',
        responseTemplates: { [JSON_TYPE]: '{ "why": $input.json(\'$.errorMessage\') }' },
      },
    }
    const at = world({ responses })
    const said = (errorMessage: string) => ask(at, { error: true, answer: { errorMessage } })
    expect([said('user not found').http, said('[Bad] name').http, said('other').status]).toEqual([404, 400, 'OK'])
    expect(said('[Bad] name').answer.body).toEqual({ why: '[Bad] name' })
    expect(ask(at, { answer: { errorMessage: 'user not found' } }).status).toBe('OK')
  })

  test('a server’s status is what the patterns look at', () => {
    const responses = { default: { statusCode: '200' }, '5\\d{2}': { statusCode: '502' } }
    const back = (ErrorRate: number): Part => ({
      def: server,
      properties: { Workers: 1, ServiceTime: '0ms', ErrorRate },
    })
    const codes = [0, 1].map(
      (rate) => ask(world({ type: 'http', uri: 'Back', responses }, { Back: back(rate) }), {}).http,
    )
    expect(codes.map((code) => code || 200)).toEqual([200, 502])
  })

  test('without any answer there is none to give: 500 [N.APIGATEWAY-19]', () => {
    expect(ask(world({ responses: {} }), {}).http).toBe(500)
    expect(ask(world({ responses: { '.*x.*': { statusCode: '400' } } }), {}).http).toBe(500)
  })

  test('a mock answers with its template’s body, and no backend is called [N.APIGATEWAY-17]', () => {
    const at = world({ type: 'mock', ...request('{"statusCode": 200}'), ...response('{ "stage": "$context.stage" }') })
    expect(ask(at, {}).answer).toEqual({ statusCode: 200, body: { stage: 'prod' } })
    expect(seen(at)).toEqual([])
  })

  test('methods of their own say it in their words [N.APIGATEWAY-20, N.APIGATEWAY-21]', () => {
    const Integration = {
      Type: 'AWS',
      Uri: 'Fn',
      RequestTemplates: { [JSON_TYPE]: '{ "fullName": "$input.path(\'$.name\')" }' },
      IntegrationResponses: [
        { StatusCode: '200', ResponseTemplates: { [JSON_TYPE]: '{ "n": $input.json(\'$.n\') }' } },
        { StatusCode: '404', SelectionPattern: '.*none.*' },
      ],
    }
    const properties = { RestApiId: 'Api', ResourceId: 'root', HttpMethod: 'POST', Integration }
    const at = gateway({
      Api: { def: restApi, properties: REGIONAL },
      Post: { def: partDef('AWS::ApiGateway::Method'), properties },
      Stage: stage(),
    })
    expect(ask(at, { name: 'Ann' }).answer).toEqual({ statusCode: 200, body: { n: null } })
    expect(seen(at)).toEqual([{ fullName: 'Ann' }])
  })
})
