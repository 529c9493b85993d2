// Distributions in whole templates: bare ones wire themselves, and what stands behind and at the edge is real.
import { describe, expect, test } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { reportOf, type Report } from '../../run/report.ts'
import { runScenario } from '../../run/run.ts'

const run = (text: string): Report => reportOf(runScenario(scenarioOf(text)), '')

/** Calls of a resource since the beginning: how many came and how many ended well. */
function calls(report: Report, name: string): readonly [arrived: number, ok: number] {
  const { received, succeeded } = report.resources.find((each) => each.name === name)!
  return [received, succeeded]
}

const OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6'
const DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'
const site = (origin: string, behavior: string, more = ''): string => `
  Site: { Type: AWS::CloudFront::Distribution, Properties: { DistributionConfig: { Enabled: true, Origins: [{ Id: one, ${origin} }], ${more} DefaultCacheBehavior: { TargetOriginId: one, ViewerProtocolPolicy: allow-all, ${behavior} } } } }`
const CUSTOM = 'CustomOriginConfig: { OriginProtocolPolicy: https-only }'

describe('a bare template', () => {
  test('asks the distribution in place of the API behind it, by the API’s own routes', () => {
    const report = run(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: prod } }
  Work: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, Events: { A: { Type: Api, Properties: { RestApiId: !Ref Api, Path: "/orders/{id}", Method: get } }, B: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /orders, Method: post } } } } }${site(`DomainName: !Sub "\${Api}.execute-api.\${AWS::Region}.amazonaws.com", OriginPath: /prod, ${CUSTOM}`, `AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE], CachePolicyId: ${DISABLED}`)}
`)
    const [arrived] = calls(report, 'Site')
    expect(arrived).toBeGreaterThan(5_000)
    expect(calls(report, 'Api')[0]).toBeGreaterThan(arrived - 10)
    expect(calls(report, 'Api')[1]).toBeGreaterThan(arrived - 10)
    expect(report.resources.filter(({ type }) => type === 'Sim::Client::Workload')).toHaveLength(2)
  })

  test('leaves to the API what the distribution does not take', () => {
    const report = run(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Work: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, Events: { A: { Type: HttpApi, Properties: { Path: /orders, Method: get } }, B: { Type: HttpApi, Properties: { Path: /orders, Method: post } } } } }${site(`DomainName: !Sub "\${ServerlessHttpApi}.execute-api.\${AWS::Region}.amazonaws.com", ${CUSTOM}`, `CachePolicyId: ${OPTIMIZED}`)}
`)
    const [arrived] = calls(report, 'Site')
    expect(arrived).toBeGreaterThan(2_500)
    // The reads are kept at three edge locations; the writes come to the API themselves.
    const api = calls(report, 'ServerlessHttpApi')
    expect(api[0]).toBeGreaterThan(2_500)
    expect(api[0]).toBeLessThan(3_500)
  })

  test('asks a function’s address and a bucket through the distribution; a bucket’s pages are there', () => {
    const url = run(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Work: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, FunctionUrlConfig: { AuthType: NONE } } }${site(`DomainName: !Select [2, !Split ["/", !GetAtt WorkUrl.FunctionUrl]], ${CUSTOM}`, `CachePolicyId: ${OPTIMIZED}`)}
`)
    const [arrived, ok] = calls(url, 'Site')
    expect([arrived > 2_500, ok === arrived]).toEqual([true, true])
    expect(calls(url, 'Work')[0]).toBeLessThan(1_500)
    const policy = `
  Let: { Type: AWS::S3::BucketPolicy, Properties: { Bucket: !Ref Files, PolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: cloudfront.amazonaws.com }, Action: "s3:GetObject", Resource: !Sub "\${Files.Arn}/*", Condition: { StringEquals: { AWS:SourceArn: !Sub "arn:aws:cloudfront::\${AWS::AccountId}:distribution/\${Site}" } } }] } } }
  Control: { Type: AWS::CloudFront::OriginAccessControl, Properties: { OriginAccessControlConfig: { Name: a, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4 } } }`
    const bucket = (rest: string): Report =>
      run(`
Resources:
  Files: { Type: AWS::S3::Bucket }${rest}${site('DomainName: !GetAtt Files.RegionalDomainName, OriginAccessControlId: !GetAtt Control.Id, S3OriginConfig: {}', `CachePolicyId: ${OPTIMIZED}`, 'DefaultRootObject: index.html,')}
`)
    expect(calls(bucket(policy), 'Site')[1]).toBeGreaterThan(2_500)
    const other = policy.replace('${Site}', 'E123456789').replace('cloudfront.amazonaws.com', 's3.amazonaws.com')
    expect(calls(bucket(other), 'Site')[1]).toBe(0)
  })
})

describe('at the edge', () => {
  const load = `
Simulation:
  Duration: 1m
  Resources:
    App: { Type: Sim::Http::Server, Properties: { Url: "https://app.example.com", Workers: 10, ServiceTime: 5ms } }
  Workloads:
    Viewers: { Target: Site, Operation: "GET /a/{$.page}", Rate: 20/s, Attributes: { page: uniform(n=10), vip: "choice(yes: 0.5, no: 0.5)" }, Parameters: { Headers: { vip: $.vip } } }
  Handlers:`
  const origin = `DomainName: app.example.com, ${CUSTOM}`

  test('a version of a function of the template answers some viewers by itself [CF-R81, CF-R83]', () => {
    const report = run(`
Resources:
  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {} } }
  Gate: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Code: { ZipFile: x }, Role: !GetAtt Role.Arn, MemorySize: 128, Timeout: 5 } }
  GateVersion: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Gate } }${site(origin, `CachePolicyId: ${OPTIMIZED}, LambdaFunctionAssociations: [{ EventType: viewer-request, LambdaFunctionARN: !Ref GateVersion }]`)}
${load}
    Gate:
      - If: { Condition: "$.Records[0].cf.request.headers.vip[0].value == 'no'", Then: [{ Return: { status: "302", headers: { location: [{ key: Location, value: /wait }] } } }] }
      - Return: $.Records[0].cf.request
`)
    const [arrived, ok] = calls(report, 'Site')
    const { answers } = report.resources.find(({ name }) => name === 'Site')!.details as {
      readonly answers: { readonly made: number; readonly hit: number }
    }
    expect(ok).toBe(arrived)
    expect(answers.made / arrived).toBeGreaterThan(0.4)
    expect(answers.made / arrived).toBeLessThan(0.6)
    expect(answers.hit).toBeGreaterThan(arrived * 0.3)
  })

  test('a CloudFront function of the template has the handler that the scenario gives it [CF-R85]', () => {
    const report = run(`
Resources:
  Rename: { Type: AWS::CloudFront::Function, Properties: { Name: rename, FunctionCode: x, FunctionConfig: { Comment: x, Runtime: cloudfront-js-2.0 } } }${site(origin, `CachePolicyId: ${OPTIMIZED}, FunctionAssociations: [{ EventType: viewer-request, FunctionARN: !GetAtt Rename.FunctionARN }]`)}
${load}
    Rename:
      - Compute: 0.3ms
      - Return: { uri: /index.html }
`)
    const [arrived, ok] = calls(report, 'Site')
    expect([calls(report, 'Rename')[0], ok]).toEqual([arrived, arrived])
    // Ten pages have become one, at three edge locations.
    expect(calls(report, 'App')[0]).toBe(3)
  })
})
