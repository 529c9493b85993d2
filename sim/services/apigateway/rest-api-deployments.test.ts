// Deployments: a change is seen when it is deployed, by the stages to which it is, and a stage can be moved back.
import { describe, expect, test } from 'vitest'
import { ask, gateway, lambda, openApi, partDef, proxy, REGIONAL, stage, type Stand } from '../../../test/apis.ts'
import { DAY, SECOND, type Lab, type Part } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { reportOf } from '../../run/report.ts'
import { runScenario } from '../../run/run.ts'
import { deploymentOps } from './deployment-ops.ts'
import { restApi } from './rest-api.ts'

const first = openApi({ '/x': { get: proxy() } })

interface Options {
  readonly documents: readonly unknown[]
  readonly stages?: Record<string, Part>
  readonly more?: Record<string, Part>
}
function world({ documents, stages = { Stage: stage() }, more = {} }: Options): Lab {
  const api: Part = {
    def: restApi,
    properties: { Body: first, ...REGIONAL },
    defined: { 'apigateway:PutRestApi': documents },
  }
  return gateway(
    { Api: api, New: { def: lambda }, ...stages, ...more },
    {
      probe: [
        ['Api', 'execute-api:Invoke'],
        ...Object.keys(deploymentOps).map((action) => ['Api', action as `a:${string}`] as const),
      ],
    },
  )
}
const op = (at: Lab, name: string, body: object = {}) => at.ask('Api', `apigateway:${name}`, body)
const code = (at: Lab, route = 0): number => ask(at, {}, route).http
const requests = (at: Lab, name: string): number => at.state<Stand>(name).events.length
/** Patches of the stage `prod`. */
const patch = (at: Lab, ...patchOperations: object[]) => op(at, 'UpdateStage', { stageName: 'prod', patchOperations })
const replace = (path: string, value: unknown) => ({ op: 'replace', path, value })
const shown = (at: Lab, stageName = 'prod'): unknown => op(at, 'GetStage', { stageName }).answer.deploymentId

const withNew = openApi({ '/new': { get: proxy('New') } })

describe('a change of an API', () => {
  test('is seen once it is deployed, not before [N.APIGATEWAY-30]', () => {
    const at = world({ documents: [withNew] })
    expect([code(at, 0), code(at, 1)]).toEqual([200, 403])
    expect(ask(at, {}, 1).answer.body).toBe('{"message":"Missing Authentication Token"}')
    expect(op(at, 'PutRestApi', { body: 0, mode: 'merge' }).status).toBe('OK')
    at.run(60 * SECOND)
    expect([code(at, 1), requests(at, 'New')]).toEqual([403, 0])
    expect(op(at, 'CreateDeployment', { stageName: 'prod' }).status).toBe('OK')
    expect([code(at, 0), code(at, 1), requests(at, 'New')]).toEqual([200, 200, 1])
    at.run(DAY).finish()
    expect([at.sum('Api', 'Count'), at.sum('Api', '4XXError')]).toEqual([6, 3])
  })

  test('is seen on the stages that it is deployed to, and a deployment alone on none [N.APIGATEWAY-31]', () => {
    const stages = { Stage: stage(), Dev: stage({ StageName: 'dev' }) }
    const at = world({ documents: [withNew], stages })
    op(at, 'PutRestApi', { body: 0 })
    expect(['prod', 'dev'].map((name) => shown(at, name))).toEqual(['initial', 'initial'])
    const { id } = op(at, 'CreateDeployment').answer
    const codes = (): number[] => [code(at, 1), code(at, 3)]
    expect(codes()).toEqual([403, 403])
    expect(op(at, 'CreateDeployment', { stageName: 'dev' }).status).toBe('OK')
    expect(codes()).toEqual([403, 200])
    expect(patch(at, replace('/deploymentId', id)).answer).toEqual({ stageName: 'prod', deploymentId: id })
    expect(codes()).toEqual([200, 200])
  })

  test('with `overwrite` takes away what the document does not have; with `merge` it stays', () => {
    const at = world({ documents: [withNew] })
    op(at, 'PutRestApi', { body: 0, mode: 'overwrite' })
    op(at, 'CreateDeployment', { stageName: 'prod' })
    expect([code(at, 0), code(at, 1)]).toEqual([403, 200])
  })

  test('that cannot be is refused and changes nothing', () => {
    const at = world({ documents: [withNew] })
    const wrong = [
      op(at, 'PutRestApi', { body: 1 }),
      op(at, 'PutRestApi', { body: 0, mode: 'append' }),
      op(at, 'CreateDeployment', { stageName: 'none' }),
      op(at, 'DeleteDeployment', { deploymentId: 'initial' }),
      op(at, 'DeleteDeployment', { deploymentId: 'none' }),
      op(at, 'GetStage', { stageName: 'none' }),
      patch(at, replace('/deploymentId', 'none')),
      patch(at, replace('/variables/x', 'y')),
      patch(at, replace('/canarySettings/percentTraffic', 10)),
    ]
    expect(wrong.map(({ status }) => status)).toEqual([
      ...['BadRequestException', 'BadRequestException', 'NotFoundException'],
      ...['BadRequestException', 'NotFoundException', 'NotFoundException'],
      ...['BadRequestException', 'BadRequestException', 'BadRequestException'],
    ])
    expect([shown(at), op(at, 'GetDeployments').answer.items.length]).toEqual(['initial', 1])
  })
})

test('a route that the template has twice is no trouble for those behind it, on any stage', () => {
  const method = (ResourceId: string, Uri: string): Part => ({
    def: partDef('AWS::ApiGateway::Method'),
    properties: { RestApiId: 'Api', ResourceId, HttpMethod: 'GET', Integration: { Type: 'AWS_PROXY', Uri } },
  })
  const at = gateway({
    Api: { def: restApi, properties: { Body: openApi({ '/': { get: proxy() } }), ...REGIONAL } },
    New: { def: lambda },
    Y: { def: partDef('AWS::ApiGateway::Resource'), properties: { RestApiId: 'Api', ParentId: 'root', PathPart: 'y' } },
    A: method('root', 'Fn'),
    B: method('Y', 'New'),
    Stage: stage(),
    Dev: stage({ StageName: 'dev' }),
  })
  expect([0, 2, 3, 5].map((route) => code(at, route))).toEqual([200, 200, 200, 200])
  expect([requests(at, 'Fn'), requests(at, 'New')]).toEqual([2, 2])
})

describe('a stage', () => {
  const broken = openApi({
    '/x': {
      get: { 'x-amazon-apigateway-integration': { type: 'mock', responses: { default: { statusCode: '500' } } } },
    },
  })

  test('is rolled back by showing the deployment before: the errors stop at once [N.APIGATEWAY-32]', () => {
    const at = world({ documents: [broken] })
    const before = shown(at)
    op(at, 'PutRestApi', { body: 0 })
    const { id } = op(at, 'CreateDeployment', { stageName: 'prod' }).answer
    expect([code(at), code(at), requests(at, 'Fn')]).toEqual([500, 500, 0])
    expect(patch(at, replace('/deploymentId', before)).answer.deploymentId).toBe(before)
    expect([code(at), requests(at, 'Fn')]).toEqual([200, 1])
    // What the API is has not changed by that: the next deployment has the errors again.
    op(at, 'CreateDeployment', { stageName: 'prod' })
    expect(code(at)).toBe(500)
    expect(op(at, 'DeleteDeployment', { deploymentId: id }).status).toBe('OK')
    expect(op(at, 'GetDeployments').answer.items).toHaveLength(2)
  })

  test('has a canary that shows a deployment of its own, and is then given it, or loses it [API-30]', () => {
    const stages = { Stage: stage({ CanarySetting: { PercentTraffic: 10 } }) }
    const at = world({ documents: [broken], stages })
    op(at, 'PutRestApi', { body: 0 })
    expect(op(at, 'CreateDeployment', { stageName: 'prod' }).status).toBe('BadRequestException')
    const { id } = op(at, 'CreateDeployment').answer
    expect(patch(at, replace('/canarySettings/deploymentId', id)).answer.canarySettings).toEqual({
      percentTraffic: 10,
      deploymentId: id,
    })
    const errors = (): number => Array.from({ length: 1_000 }, () => code(at)).filter((each) => each === 500).length
    expect(Math.abs(errors() - 100)).toBeLessThan(40)
    expect(op(at, 'DeleteDeployment', { deploymentId: id }).status).toBe('BadRequestException')
    patch(at, replace('/canarySettings/percentTraffic', 50))
    expect(Math.abs(errors() - 500)).toBeLessThan(70)
    const back = shown(at)
    const promote = { op: 'copy', from: '/canarySettings/deploymentId', path: '/deploymentId' }
    expect(patch(at, promote, { op: 'remove', path: '/canarySettings' }).answer).toEqual({
      stageName: 'prod',
      deploymentId: id,
    })
    expect(errors()).toBe(1_000)
    patch(at, replace('/deploymentId', back))
    expect(errors()).toBe(0)
    expect(patch(at, promote).status).toBe('BadRequestException')
  })
})

test('a scenario puts a document in the place of an API, deploys it and rolls it back', () => {
  const made = scenarioOf(`
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        info: { title: shop }
        paths: { /x: { get: { x-amazon-apigateway-integration: { type: aws_proxy, httpMethod: POST, uri: !Sub 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\${Good.Arn}/invocations' } } } }
  Deployment: { Type: AWS::ApiGateway::Deployment, Properties: { RestApiId: !Ref Api } }
  Stage: { Type: AWS::ApiGateway::Stage, Properties: { RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: prod } }
  Good: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: i.h, Code: { ZipFile: x }, Role: r } }
  Bad: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: i.h, Code: { ZipFile: x }, Role: r } }
Simulation:
  Duration: 5m
  Workloads: { Load: { Target: Api, Operation: GET /x, Rate: 10/s, Arrivals: regular } }
  Handlers: { Good: [], Bad: [{ Fail: Oh }] }
  Actions:
    - At: 1m
      Steps:
        - apigateway:GetStage: { restApiId: !Ref Api, stageName: prod }
          ResultPath: $.before
        - apigateway:PutRestApi:
            restApiId: !Ref Api
            mode: overwrite
            body:
              paths: { /x: { get: { x-amazon-apigateway-integration: { type: aws_proxy, httpMethod: POST, uri: !Sub 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\${Bad.Arn}/invocations' } } } }
        - Wait: 1m
        - apigateway:CreateDeployment: { restApiId: !Ref Api, stageName: prod }
        - Wait: 1m
        - apigateway:UpdateStage:
            restApiId: !Ref Api
            stageName: prod
            patchOperations: [{ op: replace, path: /deploymentId, value: $.before.deploymentId }]
  Expect:
    - sum(Api.5XXError) == 0 during 0s..2m
    - sum(Api.5XXError) > 500 during 2m..3m
    - sum(Api.5XXError) < 50 during 3m..5m
    - sum(Bad.Errors) > 500
`)
  const report = reportOf(runScenario(made), '')
  expect(report.expectations).toHaveLength(4)
  expect(report.expectations.filter(({ ok }) => !ok)).toEqual([])
  expect(made.notSimulated.map(({ message }) => message).join()).not.toContain('PutRestApi')
})
