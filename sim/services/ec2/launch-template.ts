// AWS::EC2::LaunchTemplate as CloudFormation knows it: what instances and groups take from it.
import type { Config, Near, Props, ResourceView } from '../../model/contract.ts'
import * as p from '../../model/p.ts'

export const LAUNCH_TEMPLATE = 'AWS::EC2::LaunchTemplate'

const PLACE = 'of the network of an instance only its subnet and groups count; it has no disk'
const FIXED = 'the price and the hardware of an instance are not simulated'

export const launchTemplateProps: Props = {
  LaunchTemplateData: p.record('What instances are launched with.', {
    BlockDeviceMappings: p.unused(PLACE),
    CapacityReservationSpecification: p.unused(FIXED),
    CpuOptions: p.unused('vCPUs follow from the type'),
    CreditSpecification: p.unused('CPU credits are not counted'),
    DisableApiStop: p.bool('Whether StopInstances is refused.', { default: false }),
    DisableApiTermination: p.bool('Whether TerminateInstances is refused.', { default: false }),
    EbsOptimized: p.inert('Throughput of disks; there are none.'),
    ElasticGpuSpecifications: p.unused(FIXED),
    ElasticInferenceAccelerators: p.unused(FIXED),
    EnclaveOptions: p.inert('Enclaves.'),
    HibernationOptions: p.unused('a stopped instance boots as a new one does'),
    IamInstanceProfile: p.inert('The role; permissions are not checked.'),
    ImageId: p.inert('The image; programs on instances are not simulated.'),
    InstanceInitiatedShutdownBehavior: p.inert('Instances do not end themselves.'),
    InstanceMarketOptions: p.unused('Spot instances are launched as On-Demand ones'),
    InstanceRequirements: p.unused('the type is not chosen by attributes'),
    InstanceType: p.string('The type, for its vCPUs.'),
    KernelId: p.inert('The kernel.'),
    KeyName: p.inert('The key for SSH.'),
    LicenseSpecifications: p.inert('Licences.'),
    MaintenanceOptions: p.unused('impaired instances are not recovered'),
    MetadataOptions: p.unused('there is no metadata service'),
    Monitoring: p.record('Detailed monitoring.', { Enabled: p.bool('Every minute.', { default: false }) }),
    NetworkInterfaces: p.unused(PLACE),
    NetworkPerformanceOptions: p.unused(PLACE),
    Placement: p.unused(PLACE),
    PrivateDnsNameOptions: p.inert('Names in the network.'),
    RamDiskId: p.inert('The RAM disk.'),
    SecondaryInterfaces: p.unused(PLACE),
    SecurityGroupIds: p.any('Security groups.'),
    SecurityGroups: p.inert('Security groups; there is no network.'),
    TagSpecifications: p.inert('Tags.'),
    UserData: p.unused('what instances run at boot is not simulated'),
  }),
  LaunchTemplateName: p.inert('Its name.'),
  TagSpecifications: p.inert('Tags.'),
  VersionDescription: p.inert('A description.'),
}

/** How a property names a launch template; the newest version is taken, whatever `Version` says. */
export const launchTemplateSpecification: Props = {
  LaunchTemplateId: p.any('Its id.'),
  LaunchTemplateName: p.any('Its name.'),
  Version: p.inert('The version; a template of this scenario has one.'),
}

/** The data of the launch template that a specification names; undefined when it is not in this scenario. */
export function launchTemplateData(near: Near, specification: Config | undefined): Config | undefined {
  if (specification === undefined) return undefined
  const found =
    near.resourceAt(specification['LaunchTemplateId']) ?? near.resourceAt(specification['LaunchTemplateName'])
  return isTemplate(found) ? (found.config['LaunchTemplateData'] as Config | undefined) : undefined
}

function isTemplate(view: ResourceView | undefined): view is ResourceView {
  return view?.type === LAUNCH_TEMPLATE
}
