// What APIs cost: every request that is not throttled, of a REST API three and a half times that of an HTTP API.
import { expect, it } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { reportOf } from '../../run/report.ts'
import { runScenario } from '../../run/run.ts'

const text = (rate: number) => `
Resources:
  Rest: { Type: AWS::ApiGateway::RestApi, Properties: { Name: rest } }
  Items: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Rest, ParentId: !GetAtt Rest.RootResourceId, PathPart: items } }
  Get: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Rest, ResourceId: !Ref Items, HttpMethod: GET, AuthorizationType: NONE, Integration: { Type: MOCK } } }
  Deployed: { Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: { RestApiId: !Ref Rest } }
  Prod:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Rest
      DeploymentId: !Ref Deployed
      StageName: prod
      MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 10, ThrottlingBurstLimit: 10 }]
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: i.h, Code: { ZipFile: x }, Role: r } }
  Http: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: http, ProtocolType: HTTP, Target: !GetAtt Work.Arn } }
Simulation:
  Duration: 100s
  Workloads:
    ToRest: { Target: Rest, Operation: GET /items, Arrivals: regular, Rate: ${rate}/s, Count: ${rate * 90} }
    ToHttp: { Target: Http, Operation: GET /any, Arrivals: regular, Rate: 10/s, Count: 900 }
  Handlers: { Work: [] }
`

it('bills requests that are let in [PR-R1]', () => {
  const billOf = (rate: number) => reportOf(runScenario(scenarioOf(text(rate))), '')
  const lines = (rate: number) => {
    const { bill, resources } = billOf(rate)
    const line = (name: string) => bill!.resources.find(({ resource }) => resource === name)!.lines[0]!
    return {
      rest: line('Rest'),
      http: line('Http'),
      throttled: resources.find(({ name }) => name === 'Rest')!.throttled,
    }
  }
  const calm = lines(10)
  expect([calm.rest.used, calm.rest.run, calm.throttled]).toEqual([900, 0.00315, 0])
  expect([calm.http.used, calm.http.run]).toEqual([900, 0.0009])
  const busy = lines(20)
  expect(busy.throttled).toBeGreaterThan(800)
  expect(busy.rest.used).toBe(1800 - busy.throttled)
})
