// Shows that a request is followed from its viewer through the edge to the origin, and what its time went into.
import { expect, test } from 'vitest'
import { MINUTE, MS } from '../../../test/kit.ts'
import { Session, type Answer as Told } from '../../index.ts'

/** What is shown of a request, with the ms at which each part of it begins after the request, and its length. */
function followed(trace: number, more = '', faults = ''): unknown[] {
  const answers: Told[] = []
  const session = new Session((answer) => answers.push(answer))
  const text = `
Resources:
  Site: { Type: AWS::CloudFront::Distribution, Properties: { DistributionConfig: { Enabled: true, Origins: [{ Id: app, DomainName: app.example.com, CustomOriginConfig: { OriginProtocolPolicy: https-only, OriginReadTimeout: 1 } }], DefaultCacheBehavior: { TargetOriginId: app, ViewerProtocolPolicy: allow-all, CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6${more} } } } }
  Look: { Type: AWS::CloudFront::Function, Properties: { Name: look, FunctionCode: x, FunctionConfig: { Comment: x, Runtime: cloudfront-js-2.0 } } }
Simulation:
  Duration: 1m
  Assumptions: { Site: { EdgeLocations: 1 } }
  Resources:
    App: { Type: Sim::Http::Server, Properties: { Url: "https://app.example.com", Workers: 10, ServiceTime: 50ms } }
  Workloads:
    Viewers: { Target: Site, Operation: GET /a, Rate: 1/s, Arrivals: regular }
  Handlers: { Look: [{ Compute: 0.5ms }] }
  ${faults}
`
  session.take({ ask: 'load', run: 1, name: 'site.yaml', text, knobs: {}, files: {} })
  session.take({ ask: 'ahead', run: 1, until: MINUTE })
  while (session.work());
  session.take({ ask: 'follow', run: 1, id: 1, wanted: { by: 'trace', trace } })
  while (session.work());
  const found = answers.find((answer) => answer.answer === 'followed')
  const spans = found?.answer === 'followed' ? (found.found?.waterfall.spans ?? []) : []
  const since = spans[0]?.from ?? 0
  return spans.map(({ resource, words, from, to }) => [resource, words, (from - since) / MS, (to - from) / MS])
}

test('a miss: through the caches to the origin and back; a hit: to the edge and back', () => {
  expect(followed(1)).toEqual([
    ['Viewers', 'request', 0, 170],
    ['Site', 'http:GET', 0, 170],
    ['Site', 'way to the next cache', 0, 15],
    ['Site', 'way to the origin and back', 15, 80],
    ['App', 'http:GET', 95, 50],
    ['App', 'is served', 95, 50],
    ['Site', 'way back from the next cache', 145, 15],
    ['Site', 'way to the viewer', 160, 10],
  ])
  expect(followed(2)).toEqual([
    ['Viewers', 'request', 0, 10],
    ['Site', 'http:GET', 0, 10],
    ['Site', 'way to the viewer', 0, 10],
  ])
})

test('a function at the edge is part of the request', () => {
  const spans = followed(
    2,
    ', FunctionAssociations: [{ EventType: viewer-request, FunctionARN: !GetAtt Look.FunctionARN }]',
  )
  expect(spans).toEqual([
    ['Viewers', 'request', 0, 10.5],
    ['Site', 'http:GET', 0, 10.5],
    ['Look', 'cloudfront:RunFunction', 0, 0.5],
    ['Look', 'runs', 0, 0.5],
    ['Site', 'way to the viewer', 0.5, 10],
  ])
})

test('an origin that takes too long is given up and asked again', () => {
  const pause = 'Faults: [{ At: 0s, For: 2500ms, sim:http:pause: { Target: App } }]'
  const spans = followed(1, '', pause).filter((span) => (span as string[])[0] === 'App')
  expect(spans.filter((span) => (span as string[])[1] === 'http:GET')).toEqual([
    ['App', 'http:GET', 95, 1_000],
    ['App', 'http:GET', 1_175, 375],
  ])
})
