// The CloudFormation properties of RDS: of instances, clusters and what only configures them.
import type { Props } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { propertyList } from './property-list.ts'

const TAGS = p.inert('Tags.')

export const instanceProps: Props = {
  ...propertyList(
    'inert',
    `AllowMajorVersionUpgrade ApplyImmediately AssociatedRoles AutoMinorVersionUpgrade AutomaticBackupReplicationKmsKeyId
    AutomaticBackupReplicationRegion AutomaticBackupReplicationRetentionPeriod AvailabilityZone BackupRetentionPeriod BackupTarget
    CACertificateIdentifier CertificateRotationRestart CharacterSetName CopyTagsToSnapshot CustomIAMInstanceProfile
    DatabaseInsightsMode DBInstanceIdentifier DBName DBSystemId DeleteAutomatedBackups Domain DomainAuthSecretArn DomainDnsIps
    DomainFqdn DomainIAMRoleName DomainOu EnableCloudwatchLogsExports EnableIAMDatabaseAuthentication EnablePerformanceInsights
    EngineLifecycleSupport EngineVersion KmsKeyId LicenseModel ManageMasterUserPassword MasterUserAuthenticationType
    MasterUserPassword MasterUserSecret MasterUsername MonitoringInterval MonitoringRoleArn NcharCharacterSetName NetworkType
    OptionGroupName PerformanceInsightsKMSKeyId PerformanceInsightsRetentionPeriod PreferredBackupWindow
    PreferredMaintenanceWindow ReplicaMode SourceDbiResourceId SourceRegion StorageEncrypted Tags TdeCredentialArn
    TdeCredentialPassword Timezone`,
  ),
  ...propertyList(
    'unused',
    `AdditionalStorageVolumes DBClusterSnapshotIdentifier DBSecurityGroups DBSnapshotIdentifier DedicatedLogVolume
    MaxAllocatedStorage ProcessorFeatures RestoreTime SourceDBClusterIdentifier SourceDBInstanceAutomatedBackupsArn
    StorageThroughput UseDefaultProcessorFeatures UseLatestRestorableTime`,
  ),
  AllocatedStorage: p.int('Storage.', [1, 65_536], { default: 20, unit: 'GB' }),
  DBClusterIdentifier: p.any('The Aurora cluster that it is a member of.'),
  DBInstanceClass: p.string('The class: its vCPUs and memory.', { default: 'db.m5.large' }),
  DBParameterGroupName: p.any('The parameter group; `max_connections` counts.'),
  DBSubnetGroupName: p.any('Where it stands.'),
  DeletionProtection: p.bool('Whether DeleteDBInstance is refused.', { default: false }),
  Engine: p.string('The engine: the formula of its connections, its port.', { default: 'mysql' }),
  Iops: p.int('Operations per second of the storage.', [0, 256_000]),
  MultiAZ: p.bool('Whether a standby takes over.', { default: false }),
  Port: p.int('The port.', [1, 65_535]),
  PromotionTier: p.int('Who of a cluster takes over first.', [0, 15], { default: 1 }),
  PubliclyAccessible: p.bool('Whether it has a public address.', { default: false }),
  SourceDBInstanceIdentifier: p.any('The instance that it is a read replica of.'),
  StorageType: p.oneOf('The storage.', ['gp2', 'gp3', 'io1', 'io2', 'standard', 'aurora', 'aurora-iopt1']),
  VPCSecurityGroups: p.any('Security groups.'),
}

export const instanceParts: Readonly<Record<string, Props>> = {
  'AWS::RDS::DBParameterGroup': {
    DBParameterGroupName: p.inert('Its name.'),
    Description: p.inert('A text.'),
    Family: p.inert('The engine and its version.'),
    Parameters: p.any('Parameters; `max_connections` counts.'),
    Tags: TAGS,
  },
  'AWS::RDS::DBSubnetGroup': {
    DBSubnetGroupDescription: p.inert('A text.'),
    DBSubnetGroupName: p.inert('Its name.'),
    SubnetIds: p.any('Its subnets.', { required: true }),
    Tags: TAGS,
  },
}

export const clusterProps: Props = {
  ...propertyList(
    'inert',
    `AllocatedStorage AssociatedRoles AutoMinorVersionUpgrade AvailabilityZones BacktrackWindow BackupRetentionPeriod
    CopyTagsToSnapshot DBClusterIdentifier DBInstanceParameterGroupName DBSystemId DatabaseInsightsMode DatabaseName
    DeleteAutomatedBackups Domain DomainIAMRoleName EnableCloudwatchLogsExports EnableHttpEndpoint EnableIAMDatabaseAuthentication
    EngineLifecycleSupport EngineMode EngineVersion GlobalClusterIdentifier Iops KmsKeyId ManageMasterUserPassword
    MasterUserAuthenticationType MasterUserPassword MasterUserSecret MasterUsername MonitoringInterval MonitoringRoleArn NetworkType
    PerformanceInsightsEnabled PerformanceInsightsKmsKeyId PerformanceInsightsRetentionPeriod PreferredBackupWindow
    PreferredMaintenanceWindow SourceRegion StorageEncrypted StorageType Tags`,
  ),
  ...propertyList(
    'unused',
    `ClusterScalabilityType DBClusterInstanceClass EnableGlobalWriteForwarding EnableLocalWriteForwarding
    ReplicationSourceIdentifier RestoreToTime RestoreType ScalingConfiguration ServerlessV2ScalingConfiguration SnapshotIdentifier
    SourceDBClusterIdentifier SourceDbClusterResourceId UseLatestRestorableTime`,
  ),
  DBClusterParameterGroupName: p.any('The parameter group.'),
  DBSubnetGroupName: p.any('Where its members stand.'),
  DeletionProtection: p.bool('Whether it may not be deleted.', { default: false }),
  Engine: p.string('The engine.', { default: 'aurora-mysql' }),
  Port: p.int('The port.', [1, 65_535]),
  PubliclyAccessible: p.bool('Whether it has a public address.', { default: false }),
  VpcSecurityGroupIds: p.any('Security groups.'),
}

export const clusterParts: Readonly<Record<string, Props>> = {
  'AWS::RDS::DBClusterParameterGroup': {
    DBClusterParameterGroupName: p.inert('Its name.'),
    Description: p.inert('A text.'),
    Family: p.inert('The engine and its version.'),
    Parameters: p.any('Parameters; `max_connections` counts.'),
    Tags: TAGS,
  },
}

export const proxyProps: Props = {
  ...propertyList(
    'inert',
    'Auth DBProxyName DebugLogging DefaultAuthScheme EndpointNetworkType RequireTLS RoleArn Tags TargetConnectionNetworkType',
  ),
  EngineFamily: p.string('The engine of what is behind it.'),
  IdleClientTimeout: p.inert('When idle clients are cut off; they connect again.'),
  VpcSecurityGroupIds: p.any('Security groups.'),
  VpcSubnetIds: p.any('Where it stands.'),
}

export const proxyParts: Readonly<Record<string, Props>> = {
  'AWS::RDS::DBProxyTargetGroup': {
    ConnectionPoolConfigurationInfo: p.record('The pool.', {
      ConnectionBorrowTimeout: p.int('How long a query waits for a connection.', [0, 3_600], {
        default: 120,
        unit: 's',
      }),
      InitQuery: p.inert('What every connection begins with.'),
      MaxConnectionsPercent: p.int('The share of the database’s connections that it may take.', [1, 100], {
        default: 100,
        unit: '%',
      }),
      MaxIdleConnectionsPercent: p.inert('The share of idle connections that it keeps.'),
      SessionPinningFilters: p.inert('What does not bind a client to a connection.'),
    }),
    DBClusterIdentifiers: p.any('The cluster behind it.'),
    DBInstanceIdentifiers: p.any('The instance behind it.'),
    DBProxyName: p.any('The proxy.', { required: true }),
    TargetGroupName: p.inert('Its name.'),
  },
}
