// REST APIs: made-up answers and plans that meter nobody.
import { expect, test } from 'vitest'
import { findingsOf, slugsOf } from '../../../test/lints.ts'

const MOCK = '{ Type: MOCK }'
const api = (stage: string, method: string, integration: string): string => `Resources:
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: shop } }
  Root:
    Type: AWS::ApiGateway::Method
    Properties: { RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: ${method}, Integration: ${integration} }
  Made: { Type: AWS::ApiGateway::Deployment, DependsOn: Root, Properties: { RestApiId: !Ref Api } }
  Stage: { Type: AWS::ApiGateway::Stage, Properties: { RestApiId: !Ref Api, DeploymentId: !Ref Made, StageName: ${stage} } }`

test('a MOCK integration in a stage named prod is told where it stands [N.APIGATEWAY-18]', () => {
  const [found] = findingsOf(api('prod', 'GET', MOCK))
  expect(found).toMatchObject({ slug: 'apigateway/mock-in-production', line: 5 })
  expect(found!.text).toContain('is a MOCK in the stage `prod`')
  expect(slugsOf(api('dev', 'GET', MOCK))).toEqual([])
  // Preflight requests are answered like that everywhere.
  expect(slugsOf(api('prod', 'OPTIONS', MOCK))).toEqual([])
})

test('so is one in a document; an integration that is only not simulated is none', () => {
  const text = (type: string): string => `Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: Prod
      DefinitionBody:
        openapi: 3.0.1
        info: { title: shop, version: "1" }
        paths: { /health: { get: { x-amazon-apigateway-integration: { type: ${type}, uri: "arn:aws:apigateway:us-east-1:events:action/PutEvents", httpMethod: POST } } } }`
  expect(slugsOf(text('mock'))).toEqual(['apigateway/mock-in-production'])
  expect(slugsOf(text('aws'))).toEqual([])
})
