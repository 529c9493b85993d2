// `Domain` of an API: its own domain name and the mappings of base paths to a stage.
import { canonicalJson, get, isTrue, items, stringOf } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import type { ApiDraft } from './api-draft.ts'
import { getAtt, hash10, pick, ref } from './draft.ts'
import type { Draft } from './draft.ts'

export function apiDomain(api: ApiDraft, stage: string, draft: Draft): void {
  const { owner, isHttp } = api
  const written = get(owner.properties, 'Domain')
  if (written === undefined) return
  const domain = draft.resolveParameters(written)
  const name = get(domain, 'DomainName')
  const certificate = get(domain, 'CertificateArn')
  if (name === undefined || certificate === undefined) {
    draft.error(owner, '`Domain` has a `DomainName` and a `CertificateArn`', written.span)
    return
  }
  const id = `ApiGatewayDomainName${isHttp ? 'V2' : ''}${hash10(stringOf(name) ?? canonicalJson(name))}`
  const security = get(domain, 'SecurityPolicy')
  const endpoint: Plain = get(domain, 'EndpointConfiguration') ?? 'REGIONAL'
  if (isHttp) {
    draft.emit(owner, id, 'AWS::ApiGatewayV2::DomainName', {
      DomainName: name,
      DomainNameConfigurations: [{ CertificateArn: certificate, EndpointType: endpoint, SecurityPolicy: security }],
      MutualTlsAuthentication: mutualTls(domain),
      Tags: { 'httpapi:createdBy': 'SAM' },
    })
  } else {
    const isEdge = typeof endpoint === 'object' && stringOf(endpoint as Node) === 'EDGE'
    draft.emit(owner, id, 'AWS::ApiGateway::DomainName', {
      DomainName: name,
      [isEdge ? 'CertificateArn' : 'RegionalCertificateArn']: certificate,
      EndpointConfiguration: { Types: [endpoint] },
      SecurityPolicy: security,
      MutualTlsAuthentication: mutualTls(domain),
      ...pick(domain, ['OwnershipVerificationCertificateArn']),
    })
  }
  emitRecord(api, id, domain, name, draft)
  emitMappings(api, id, stage, get(domain, 'BasePath'), draft)
}

function mutualTls(domain: Node): PlainMap | undefined {
  const written = get(domain, 'MutualTlsAuthentication')
  return written === undefined ? undefined : pick(written, ['TruststoreUri', 'TruststoreVersion'])
}

/** A DNS record in the hosted zone that `Route53` names, pointing at the domain. */
function emitRecord({ owner, isHttp }: ApiDraft, domainId: string, domain: Node, name: Node, draft: Draft): void {
  const route53 = get(domain, 'Route53')
  if (route53 === undefined) return
  const zone = get(route53, 'HostedZoneId') ?? get(route53, 'HostedZoneName')
  if (zone === undefined) {
    draft.error(owner, '`Route53` has a `HostedZoneId` or a `HostedZoneName`', route53.span)
    return
  }
  const isEdge = !isHttp && stringOf(get(domain, 'EndpointConfiguration')) === 'EDGE'
  const target = isEdge
    ? { HostedZoneId: 'Z2FDTNDATAQYW2', DNSName: getAtt(domainId, 'DistributionDomainName') }
    : { HostedZoneId: getAtt(domainId, 'RegionalHostedZoneId'), DNSName: getAtt(domainId, 'RegionalDomainName') }
  const alias: PlainMap = { ...target, ...pick(route53, ['EvaluateTargetHealth']) }
  const record = (type: string): PlainMap => ({
    Name: name,
    Type: type,
    AliasTarget: alias,
    ...pick(route53, ['Region', 'SetIdentifier']),
  })
  const id = `RecordSetGroup${hash10(stringOf(zone) ?? canonicalJson(zone))}`
  draft.emit(owner, id, 'AWS::Route53::RecordSetGroup', {
    ...pick(route53, ['HostedZoneId', 'HostedZoneName']),
    RecordSets: isTrue(get(route53, 'IpV6')) ? [record('A'), record('AAAA')] : [record('A')],
  })
}

function emitMappings(
  { owner, isHttp }: ApiDraft,
  domain: string,
  stage: string,
  paths: Node | undefined,
  draft: Draft,
): void {
  const mapping = (id: string, path: string | undefined): void => {
    if (isHttp) {
      const key = { DomainName: ref(domain), ApiId: ref(owner.id), Stage: ref(stage), ApiMappingKey: path }
      draft.emit(owner, `${id}ApiMapping`, 'AWS::ApiGatewayV2::ApiMapping', key)
    } else {
      const key = { DomainName: ref(domain), RestApiId: ref(owner.id), Stage: ref(stage), BasePath: path }
      draft.emit(owner, `${id}BasePathMapping`, 'AWS::ApiGateway::BasePathMapping', key)
    }
  }
  if (paths === undefined) {
    mapping(owner.id, undefined)
    return
  }
  for (const path of paths.kind === 'list' ? items(paths) : [paths]) {
    const text = stringOf(path) ?? ''
    const trimmed = text.replace(/^\/+|\/+$/g, '')
    if (trimmed === '') mapping(owner.id, undefined)
    else mapping(`${owner.id}${trimmed.replace(/[^A-Za-z0-9]/g, '')}`, trimmed)
  }
}
