// The CloudFormation properties of what makes a network: they decide who reaches whom, and nothing else.
import type { Props } from '../../model/contract.ts'
import * as p from '../../model/p.ts'

const TAGS = p.inert('Tags.')
const IPV6 = p.inert('IPv6; calls go by IPv4.')

const RULE: Props = {
  CidrIp: p.any('Addresses at the other end.'),
  CidrIpv6: p.any('IPv6 addresses at the other end.'),
  Description: p.inert('A text.'),
  FromPort: p.any('The first port.'),
  IpProtocol: p.any('The protocol; calls go by TCP.', { required: true }),
  ToPort: p.any('The last port.'),
}

/** Types that only say who reaches whom, by name. */
export const networkParts: Readonly<Record<string, Props>> = {
  'AWS::EC2::EIP': {
    Address: p.inert('The address.'),
    Domain: p.inert('Where it is used.'),
    InstanceId: p.inert('Whose address it is.'),
    IpamPoolId: p.inert('Where it comes from.'),
    NetworkBorderGroup: p.inert('Where it is announced.'),
    PublicIpv4Pool: p.inert('Where it comes from.'),
    Tags: TAGS,
    TransferAddress: p.inert('The address of another account.'),
  },
  'AWS::EC2::InternetGateway': { Tags: TAGS },
  'AWS::EC2::Route': {
    CarrierGatewayId: p.any('A way that is not modelled: it passes.'),
    CoreNetworkArn: p.any('A way that is not modelled: it passes.'),
    DestinationCidrBlock: p.any('Where it leads; `0.0.0.0/0` is the way out.'),
    DestinationIpv6CidrBlock: IPV6,
    DestinationPrefixListId: p.any('Where it leads.'),
    EgressOnlyInternetGatewayId: IPV6,
    GatewayId: p.any('The internet gateway.'),
    InstanceId: p.any('The NAT instance.'),
    LocalGatewayId: p.any('A way that is not modelled: it passes.'),
    NatGatewayId: p.any('The NAT gateway.'),
    NetworkInterfaceId: p.any('A way that is not modelled: it passes.'),
    OdbNetworkArn: p.any('A way that is not modelled: it passes.'),
    RouteTableId: p.any('The table.', { required: true }),
    TransitGatewayId: p.any('A way that is not modelled: it passes.'),
    VpcEndpointId: p.any('A way that is not modelled: it passes.'),
    VpcPeeringConnectionId: p.any('A way that is not modelled: it passes.'),
  },
  'AWS::EC2::RouteTable': { Tags: TAGS, VpcId: p.any('The VPC.', { required: true }) },
  'AWS::EC2::SecurityGroup': {
    GroupDescription: p.inert('A text.'),
    GroupName: p.inert('A name.'),
    SecurityGroupEgress: p.any('What may go out; everything when absent.'),
    SecurityGroupIngress: p.any('What may come in.'),
    Tags: TAGS,
    VpcId: p.any('The VPC.'),
  },
  'AWS::EC2::SecurityGroupEgress': {
    ...RULE,
    DestinationPrefixListId: p.any('Who is at the other end.'),
    DestinationSecurityGroupId: p.any('Who is at the other end.'),
    GroupId: p.any('The group.', { required: true }),
  },
  'AWS::EC2::SecurityGroupIngress': {
    ...RULE,
    GroupId: p.any('The group.'),
    GroupName: p.inert('A group of the default VPC.'),
    SourcePrefixListId: p.any('Who is at the other end.'),
    SourceSecurityGroupId: p.any('Who is at the other end.'),
    SourceSecurityGroupName: p.any('Who is at the other end.'),
    SourceSecurityGroupOwnerId: p.inert('Whose group that is.'),
  },
  'AWS::EC2::Subnet': {
    AssignIpv6AddressOnCreation: IPV6,
    AvailabilityZone: p.inert('Where it is; Availability Zones do not fail.'),
    AvailabilityZoneId: p.inert('Where it is; Availability Zones do not fail.'),
    CidrBlock: p.any('Its addresses.'),
    EnableDns64: IPV6,
    EnableLniAtDeviceIndex: p.inert('Local networks of Outposts.'),
    Ipv4IpamPoolId: p.inert('Where its addresses come from.'),
    Ipv4NetmaskLength: p.inert('How many addresses it has.'),
    Ipv6CidrBlock: IPV6,
    Ipv6IpamPoolId: IPV6,
    Ipv6Native: IPV6,
    Ipv6NetmaskLength: IPV6,
    MapPublicIpOnLaunch: p.any('Whether instances get a public address.'),
    OutpostArn: p.inert('The Outpost.'),
    PrivateDnsNameOptionsOnLaunch: p.inert('Names in the network.'),
    Tags: TAGS,
    VpcId: p.any('The VPC.', { required: true }),
  },
  'AWS::EC2::SubnetRouteTableAssociation': {
    RouteTableId: p.any('The table.', { required: true }),
    SubnetId: p.any('The subnet.', { required: true }),
  },
  ...joints(),
  'AWS::EC2::VPC': {
    CidrBlock: p.any('Its addresses.'),
    EnableDnsHostnames: p.inert('Names in the network.'),
    EnableDnsSupport: p.inert('Names in the network.'),
    InstanceTenancy: p.inert('The hardware.'),
    Ipv4IpamPoolId: p.inert('Where its addresses come from.'),
    Ipv4NetmaskLength: p.inert('How many addresses it has.'),
    Tags: TAGS,
    VpcEncryptionControl: p.inert('Encryption on the way.'),
  },
  'AWS::EC2::VPCEndpoint': {
    DnsOptions: p.inert('Names of the endpoint.'),
    IpAddressType: p.inert('Addresses of the endpoint.'),
    PolicyDocument: p.unused('what the policy of an endpoint denies passes'),
    PrivateDnsEnabled: p.any('Whether the service’s own name leads to the endpoint.'),
    ResourceConfigurationArn: p.inert('A resource of another VPC.'),
    RouteTableIds: p.any('The tables that lead to it, of a gateway endpoint.'),
    SecurityGroupIds: p.any('Who is let in, of an interface endpoint.'),
    ServiceName: p.any('The service: `com.amazonaws.us-east-1.dynamodb`.'),
    ServiceNetworkArn: p.inert('A network of VPC Lattice.'),
    ServiceRegion: p.inert('The Region of the service.'),
    SubnetIds: p.any('Where it stands, of an interface endpoint.'),
    Tags: TAGS,
    VpcEndpointType: p.any('`Gateway` when absent, or `Interface`.'),
    VpcId: p.any('The VPC.', { required: true }),
  },
  'AWS::EC2::VPCGatewayAttachment': {
    InternetGatewayId: p.any('The internet gateway.'),
    VpcId: p.any('The VPC.'),
    VpnGatewayId: p.inert('A VPN.'),
  },
}

/** What joins VPCs is known to be there; where it leads is not followed. */
function joints(): Record<string, Props> {
  const vpc = { Tags: TAGS, VpcId: p.any('The VPC.') }
  const attachment = {
    ...vpc,
    Options: p.inert('Options.'),
    SubnetIds: p.any('Subnets.'),
    TransitGatewayId: p.any('It.'),
  }
  return {
    'AWS::EC2::TransitGatewayAttachment': attachment,
    'AWS::EC2::TransitGatewayVpcAttachment': {
      ...attachment,
      AddSubnetIds: p.inert('Subnets.'),
      RemoveSubnetIds: p.inert('Subnets.'),
    },
    'AWS::EC2::VPCPeeringConnection': {
      ...vpc,
      AssumeRoleRegion: p.inert('The other VPC.'),
      PeerOwnerId: p.inert('The other VPC.'),
      PeerRegion: p.inert('The other VPC.'),
      PeerRoleArn: p.inert('The other VPC.'),
      PeerVpcId: p.any('The other VPC.'),
    },
  }
}
