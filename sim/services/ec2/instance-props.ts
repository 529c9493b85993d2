// The CloudFormation properties of AWS::EC2::Instance.
import type { Props } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { launchTemplateSpecification } from './launch-template.ts'

const PLACE = 'of the network of an instance only its subnet and groups count; it has no disk'
const HARDWARE = 'the hardware of an instance is not simulated'

export const instanceProps: Props = {
  AdditionalInfo: p.inert('Reserved.'),
  Affinity: p.unused(PLACE),
  AvailabilityZone: p.unused('Availability Zones do not fail'),
  BlockDeviceMappings: p.unused(PLACE),
  CpuOptions: p.unused('vCPUs follow from the type'),
  CreditSpecification: p.unused('CPU credits are not counted'),
  DisableApiTermination: p.bool('Whether TerminateInstances is refused.'),
  EbsOptimized: p.inert('Throughput of disks; there are none.'),
  ElasticGpuSpecifications: p.unused(HARDWARE),
  ElasticInferenceAccelerators: p.unused(HARDWARE),
  EnclaveOptions: p.inert('Enclaves.'),
  HibernationOptions: p.unused('a stopped instance boots as a new one does'),
  HostId: p.unused(PLACE),
  HostResourceGroupArn: p.unused(PLACE),
  IamInstanceProfile: p.inert('The role; permissions are not checked.'),
  ImageId: p.inert('The image; programs on instances are not simulated.'),
  InstanceInitiatedShutdownBehavior: p.inert('Instances do not end themselves.'),
  InstanceType: p.string('The type, for its vCPUs.'),
  Ipv6AddressCount: p.inert('Addresses.'),
  Ipv6Addresses: p.inert('Addresses.'),
  KernelId: p.inert('The kernel.'),
  KeyName: p.inert('The key for SSH.'),
  LaunchTemplate: p.record('Where properties come from that are not written here.', launchTemplateSpecification),
  LicenseSpecifications: p.inert('Licences.'),
  MetadataOptions: p.unused('there is no metadata service'),
  Monitoring: p.bool('Detailed monitoring: a data point every minute instead of every five.'),
  NetworkInterfaces: p.unused(PLACE),
  PlacementGroupName: p.unused(PLACE),
  PrivateDnsNameOptions: p.inert('Names in the network.'),
  PrivateIpAddress: p.inert('The address.'),
  PropagateTagsToVolumeOnCreation: p.inert('Tags.'),
  RamdiskId: p.inert('The RAM disk.'),
  SecurityGroupIds: p.any('Security groups.'),
  SecurityGroups: p.inert('Security groups; there is no network.'),
  SourceDestCheck: p.any('Whether it takes only what is meant for it; a NAT instance does not.'),
  SsmAssociations: p.unused('documents of Systems Manager are not run'),
  SubnetId: p.any('The subnet.'),
  Tags: p.inert('Tags.'),
  Tenancy: p.unused(HARDWARE),
  UserData: p.unused('what instances run at boot is not simulated'),
  Volumes: p.unused(PLACE),
}
