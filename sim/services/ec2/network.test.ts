// Who reaches whom: the ways of functions in and out of a VPC, over routes, NAT, endpoints and security groups.
import { describe, expect, it } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { World } from '../../run/world.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND

interface Network {
  /** The default route of the private subnet. */
  readonly out?: string
  readonly subnets?: string
  readonly more?: string
  readonly egress?: string
  readonly step?: string
  readonly simulation?: string
}

const GET = '{ dynamodb:GetItem: { TableName: !Ref Items, Key: { id: one } } }'
const FETCH = '{ http:GET: { Url: Api } }'
const NAT = 'NatGatewayId: !Ref Nat'
const inVpc = '[!Ref Private]'

function text({ out = '', subnets = inVpc, more = '', egress = '', step = GET, simulation = '' }: Network): string {
  return `Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  Igw: { Type: AWS::EC2::InternetGateway }
  Public: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24 } }
  Private: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24 } }
  PublicTable: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
  PrivateTable: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
  PublicJoins:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: { SubnetId: !Ref Public, RouteTableId: !Ref PublicTable }
  PrivateJoins:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: { SubnetId: !Ref Private, RouteTableId: !Ref PrivateTable }
  ToInternet:
    Type: AWS::EC2::Route
    Properties: { RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw }
  Nat: { Type: AWS::EC2::NatGateway, Properties: { SubnetId: !Ref Public, AllocationId: eipalloc-1 } }
${out === '' ? '' : `  Out: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref PrivateTable, DestinationCidrBlock: 0.0.0.0/0, ${out} } }\n`}  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: { GroupDescription: work, VpcId: !Ref Vpc${egress} }
  Items:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
  Work:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/work
      Code: { ZipFile: x }
      Timeout: 5
${subnets === '' ? '' : `      VpcConfig: { SubnetIds: ${subnets}, SecurityGroupIds: [!Ref Group] }\n`}${more}Simulation:
  Duration: 2m
  Resources:
    Api: { Type: Sim::Http::Server, Properties: { Url: https://api.example.com, Workers: 10, ServiceTime: 10ms } }
  Handlers: { Work: [${step}] }
  Workloads: { Calls: { Target: Work, Operation: lambda:InvokeFunction, Rate: 2/s, Arrivals: regular } }
${simulation}`
}

/** Runs for two minutes; `answered` and `timedOut` count invocations by how they ended. */
function run(network: Network) {
  const world = new World(scenarioOf(text(network)).plan)
  world.run()
  world.finish()
  const count = (resource: string, name: string): number =>
    (world.metricOf(resource, name)?.series.points ?? []).reduce((sum, point) => sum + point.sum * point.repeat, 0)
  const edge = world.dispatcher.edges.findIndex(({ from }) => from === 'Work')
  return {
    world,
    errors: count('Work', 'Errors'),
    invocations: count('Work', 'Invocations'),
    reason: world.dispatcher.noWay(edge),
    passed: world.dispatcher.passed('Nat'),
  }
}

describe('a function in a VPC', () => {
  it('has no way to the internet from a private subnet, and its calls time out; outside of a VPC they are answered [N.VPC-03]', () => {
    const inside = run({ step: FETCH })
    expect(inside.errors).toBeGreaterThan(200)
    expect(inside.reason).toBe('no route to the internet from subnet Private: no NAT gateway')
    expect(run({ step: FETCH, subnets: '' }).errors).toBe(0)
  })

  it('has none from a public subnet either, because it has no public address [N.VPC-03]', () => {
    const { errors, reason } = run({ step: FETCH, subnets: '[!Ref Public]' })
    expect(errors).toBeGreaterThan(200)
    expect(reason).toContain('Work has no public address there')
  })

  it('reaches the internet through a NAT gateway, until that is taken away [N.VPC-04]', () => {
    expect(run({ step: FETCH, out: NAT })).toMatchObject({ errors: 0, reason: '', passed: 240 })
    const lost = run({
      step: FETCH,
      out: NAT,
      simulation: '  Actions: [{ At: 1m, ec2:DeleteNatGateway: { NatGatewayId: !Ref Nat } }]',
    })
    // From then on each invocation runs into its time-out of 5 s.
    expect(lost.errors).toBeGreaterThan(100)
    expect(lost.errors).toBeLessThan(120)
  })

  it('is cut off while a fault strikes the gateway, and only then [N.VPC-04]', () => {
    const { errors } = run({
      step: FETCH,
      out: NAT,
      simulation: '  Faults: [{ At: 30s, For: 30s, sim:ec2:nat-gateway-down: { Target: Nat } }]',
    })
    expect(errors).toBeGreaterThanOrEqual(59)
    expect(errors).toBeLessThanOrEqual(61)
  })

  it('reaches a table through NAT or a gateway endpoint of its route table, and not without them [N.VPC-05]', () => {
    const none = run({})
    expect(none.errors).toBeGreaterThan(200)
    expect(none.reason).toContain('its route table has no endpoint for dynamodb')
    expect(run({ out: NAT })).toMatchObject({ errors: 0, passed: 240 })
    const endpoint = (table: string): string =>
      `  ToItems:\n    Type: AWS::EC2::VPCEndpoint\n    Properties: { VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.dynamodb, RouteTableIds: [!Ref ${table}] }\n`
    expect(run({ more: endpoint('PrivateTable') }).errors).toBe(0)
    expect(run({ more: endpoint('PublicTable') }).errors).toBeGreaterThan(200)
    // By the endpoint nothing goes through the gateway, and nothing is billed there.
    expect(run({ out: NAT, more: endpoint('PrivateTable') })).toMatchObject({ errors: 0, passed: 0 })
  })

  it('reaches a service through an interface endpoint whose group lets it in [N.VPC-05]', () => {
    const endpoint = (from: string): string => `  Door:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: door
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: ${from} }]
  ToItems:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      PrivateDnsEnabled: true
      ServiceName: com.amazonaws.us-east-1.dynamodb
      SubnetIds: [!Ref Private]
      SecurityGroupIds: [!Ref Door]
`
    expect(run({ more: endpoint('10.0.1.0/24') }).errors).toBe(0)
    const closed = run({ more: endpoint('10.0.9.0/24'), out: NAT })
    expect(closed.errors).toBeGreaterThan(200)
    expect(closed.reason).toContain('the endpoint ToItems')
  })

  it('needs a group that lets it out', () => {
    const egress = ', SecurityGroupEgress: [{ IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0 }]'
    const { errors, reason } = run({ out: NAT, egress })
    expect(errors).toBeGreaterThan(200)
    expect(reason).toBe('no security group of Work lets anything out on port 443')
  })

  it('reads protocols in any case, by number and by name; what is not TCP lets nothing pass', () => {
    const errors = (IpProtocol: string): number =>
      run({
        out: NAT,
        egress: `, SecurityGroupEgress: [{ IpProtocol: ${IpProtocol}, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 }]`,
      }).errors
    for (const protocol of ['TCP', '"6"', '-1']) expect(errors(protocol), protocol).toBe(0)
    for (const protocol of ['udp', '"17"', 'ICMP']) expect(errors(protocol), protocol).toBeGreaterThan(200)
  })

  it('in two subnets of which one leads out loses half of its calls', () => {
    const { errors, invocations, passed } = run({ out: NAT, subnets: '[!Ref Private, !Ref Public]', step: FETCH })
    expect(invocations).toBe(240)
    expect(errors).toBeGreaterThan(90)
    expect(errors).toBeLessThan(150)
    expect([119, 120]).toContain(passed)
  })

  it('is left alone where the template does not say where its subnets lead', () => {
    const text = '["subnet-0123456789abcdef0"]'
    expect(run({ subnets: text }).errors).toBe(0)
    expect(
      run({
        more: '  Peering: { Type: AWS::EC2::VPCPeeringConnection, Properties: { VpcId: !Ref Vpc, PeerVpcId: vpc-2 } }\n',
        out: 'TransitGatewayId: tgw-1',
      }).errors,
    ).toBe(0)
  })
})

describe('a DAX cluster', () => {
  const cluster = (
    port: number,
  ): string => `  DaxSubnets: { Type: AWS::DAX::SubnetGroup, Properties: { SubnetIds: [!Ref Private] } }
  DaxGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: dax
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, SourceSecurityGroupId: !Ref Group }]
  Dax:
    Type: AWS::DAX::Cluster
    Properties:
      IAMRoleARN: arn:aws:iam::123456789012:role/dax
      NodeType: dax.t3.small
      ReplicationFactor: 1
      SubnetGroupName: !Ref DaxSubnets
      SecurityGroupIds: [!GetAtt DaxGroup.GroupId]
`
  const step = '{ dax:GetItem: { ClusterName: !Ref Dax, TableName: !Ref Items, Key: { id: one } } }'

  it('is reached from within its VPC at its port, and from nowhere else', () => {
    expect(run({ more: cluster(8111), step }).errors).toBe(0)
    const closed = run({ more: cluster(9111), step })
    expect(closed.errors).toBeGreaterThan(200)
    expect(closed.reason).toBe('no security group of Dax lets Work in on port 8111')
    expect(run({ more: cluster(8111), step, subnets: '' }).errors).toBeGreaterThan(200)
  })
})

describe('a NAT gateway', () => {
  it('that stands in a private subnet leads nowhere', () => {
    const { errors, reason } = run({
      out: 'NatGatewayId: !Ref Inner',
      more: '  Inner: { Type: AWS::EC2::NatGateway, Properties: { SubnetId: !Ref Private, AllocationId: eipalloc-2 } }\n',
    })
    expect(errors).toBeGreaterThan(200)
    expect(reason).toContain('the NAT Inner behind subnet Private stands where there is no internet gateway')
  })

  it('may be an instance that forwards: without the check of addresses alone', () => {
    const instance = (check: boolean): Network => ({
      out: 'InstanceId: !Ref Box',
      more: `  Box: { Type: AWS::EC2::Instance, Properties: { InstanceType: t3.nano, ImageId: ami-1, SubnetId: !Ref Public, SourceDestCheck: ${check} } }\n`,
    })
    expect(run(instance(false)).errors).toBe(0)
    expect(run(instance(true)).errors).toBeGreaterThan(200)
  })
})

describe('a call without a way', () => {
  it('takes as long as the client tries to connect, and is tried again as a passing failure [RET-03, RET-06]', () => {
    const world = new World(
      scenarioOf(
        text({
          simulation:
            '  Assumptions: { AWS::Lambda::Function: { SdkRetries: standard }, Sim::Ec2::Account: { ConnectTimeout: 1s } }',
        }),
      ).plan,
    )
    world.run(1 * MINUTE)
    const edge = world.dispatcher.edges.findIndex(({ from }) => from === 'Work')
    expect(world.dispatcher.retried[edge]).toBe(50)
    expect(world.errors.names).toContain('ConnectTimeoutError')
    // The table has never been asked.
    expect(world.metricOf('Items', 'ConsumedReadCapacityUnits')?.series.points.some(({ sum }) => sum > 0)).toBe(false)
  })
})
