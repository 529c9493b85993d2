// SAM's policy templates: which actions each allows, and on what (SAM-R40).
//
// Resources are shortened ARNs: `:r:a:` stands for region and account, `<Name>` for the template's parameter `Name`.

export interface TemplateStatement {
  readonly actions: string | readonly string[]
  readonly on: string | readonly string[]
  /** The function that a secret must name as its rotation function. */
  readonly allowedFor?: string
}

/** `of('sqs', 'A B')` is `['sqs:A', 'sqs:B']`. */
const of = (service: string, names: string): readonly string[] => names.split(' ').map((name) => `${service}:${name}`)
const allow = (service: string, names: string, on: string | readonly string[]): TemplateStatement => ({
  actions: of(service, names),
  on,
})

const table = 'dynamodb:r:a:table/<TableName>'
const tableAndIndexes = [table, `${table}/index/*`]
const bucket = 's3:::<BucketName>'
const bucketAndObjects = [bucket, `${bucket}/*`]
const collection = 'rekognition:r:a:collection/<CollectionId>'
const identity = 'ses:r:a:identity/<IdentityName>'
const stream = 'kinesis:r:a:stream/<StreamName>'
const delivery = 'firehose:r:a:deliverystream/<DeliveryStreamName>'
const repository = 'codecommit:r:a:<RepositoryName>'

const codeCommitReads =
  'GetBranch ListBranches BatchDescribeMergeConflicts DescribeMergeConflicts GetMergeCommit GetMergeOptions'

export const policyTemplates: ReadonlyMap<string, readonly TemplateStatement[]> = new Map([
  [
    'SQSPollerPolicy',
    [
      allow(
        'sqs',
        'ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage DeleteMessageBatch GetQueueAttributes ReceiveMessage',
        'sqs:r:a:<QueueName>',
      ),
    ],
  ],
  ['SQSSendMessagePolicy', [allow('sqs', 'SendMessage*', 'sqs:r:a:<QueueName>')]],
  ['LambdaInvokePolicy', [allow('lambda', 'InvokeFunction', 'lambda:r:a:function:<FunctionName>*')]],
  ['CloudWatchDescribeAlarmHistoryPolicy', [allow('cloudwatch', 'DescribeAlarmHistory', '*')]],
  ['CloudWatchPutMetricPolicy', [allow('cloudwatch', 'PutMetricData', '*')]],
  ['CloudWatchDashboardPolicy', [allow('cloudwatch', 'GetDashboard ListDashboards PutDashboard ListMetrics', '*')]],
  ['EC2DescribePolicy', [allow('ec2', 'DescribeRegions DescribeInstances', '*')]],
  ['EC2CopyImagePolicy', [allow('ec2', 'CopyImage', 'ec2:r:a:image/<ImageId>')]],
  ['AMIDescribePolicy', [allow('ec2', 'DescribeImages', 'ec2:r:a:image/*')]],
  [
    'VPCAccessPolicy',
    [
      allow(
        'ec2',
        'CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces DetachNetworkInterface',
        '*',
      ),
    ],
  ],
  [
    'DynamoDBCrudPolicy',
    [
      allow(
        'dynamodb',
        'GetItem DeleteItem PutItem Scan Query UpdateItem BatchWriteItem BatchGetItem DescribeTable ConditionCheckItem',
        tableAndIndexes,
      ),
    ],
  ],
  ['DynamoDBReadPolicy', [allow('dynamodb', 'GetItem Scan Query BatchGetItem DescribeTable', tableAndIndexes)]],
  ['DynamoDBWritePolicy', [allow('dynamodb', 'PutItem UpdateItem BatchWriteItem', tableAndIndexes)]],
  ['DynamoDBReconfigurePolicy', [allow('dynamodb', 'UpdateTable', table)]],
  [
    'DynamoDBStreamReadPolicy',
    [
      allow('dynamodb', 'DescribeStream GetRecords GetShardIterator', `${table}/stream/<StreamName>`),
      allow('dynamodb', 'ListStreams', `${table}/stream/*`),
    ],
  ],
  [
    'DynamoDBBackupFullAccessPolicy',
    [
      allow('dynamodb', 'CreateBackup DescribeContinuousBackups', table),
      allow('dynamodb', 'DeleteBackup DescribeBackup ListBackups', `${table}/backup/*`),
    ],
  ],
  [
    'DynamoDBRestoreFromBackupPolicy',
    [
      allow('dynamodb', 'RestoreTableFromBackup', `${table}/backup/*`),
      allow('dynamodb', 'PutItem UpdateItem DeleteItem GetItem Query Scan BatchWriteItem', table),
    ],
  ],
  ['SESSendBouncePolicy', [allow('ses', 'SendBounce', identity)]],
  [
    'SESCrudPolicy',
    [allow('ses', 'GetIdentityVerificationAttributes SendEmail SendRawEmail VerifyEmailIdentity', identity)],
  ],
  [
    'SESBulkTemplatedCrudPolicy',
    [
      allow(
        'ses',
        'GetIdentityVerificationAttributes SendEmail SendRawEmail SendTemplatedEmail SendBulkTemplatedEmail VerifyEmailIdentity',
        identity,
      ),
    ],
  ],
  [
    'SESEmailTemplateCrudPolicy',
    [allow('ses', 'CreateTemplate GetTemplate ListTemplates UpdateTemplate DeleteTemplate TestRenderTemplate', '*')],
  ],
  ['ElasticsearchHttpPostPolicy', [allow('es', 'ESHttpPost ESHttpPut', 'es:r:a:domain/<DomainName>/*')]],
  [
    'S3ReadPolicy',
    [
      allow(
        's3',
        'GetObject ListBucket GetBucketLocation GetObjectVersion GetLifecycleConfiguration',
        bucketAndObjects,
      ),
    ],
  ],
  ['S3WritePolicy', [allow('s3', 'PutObject PutObjectAcl PutLifecycleConfiguration', bucketAndObjects)]],
  [
    'S3CrudPolicy',
    [
      allow(
        's3',
        'GetObject ListBucket GetBucketLocation GetObjectVersion PutObject PutObjectAcl GetLifecycleConfiguration PutLifecycleConfiguration DeleteObject',
        bucketAndObjects,
      ),
    ],
  ],
  [
    'S3FullAccessPolicy',
    [
      allow(
        's3',
        'GetObject GetObjectAcl GetObjectVersion PutObject PutObjectAcl DeleteObject DeleteObjectTagging DeleteObjectVersionTagging GetObjectTagging GetObjectVersionTagging PutObjectTagging PutObjectVersionTagging',
        [`${bucket}/*`],
      ),
      allow('s3', 'ListBucket GetBucketLocation GetLifecycleConfiguration PutLifecycleConfiguration', [bucket]),
    ],
  ],
  ['CloudFormationDescribeStacksPolicy', [allow('cloudformation', 'DescribeStacks', 'cloudformation:r:a:stack/*')]],
  [
    'RekognitionDetectOnlyPolicy',
    [allow('rekognition', 'DetectFaces DetectLabels DetectModerationLabels DetectText', '*')],
  ],
  [
    'RekognitionNoDataAccessPolicy',
    [allow('rekognition', 'CompareFaces DetectFaces DetectLabels DetectModerationLabels', collection)],
  ],
  [
    'RekognitionReadPolicy',
    [allow('rekognition', 'ListCollections ListFaces SearchFaces SearchFacesByImage', collection)],
  ],
  ['RekognitionWriteOnlyAccessPolicy', [allow('rekognition', 'CreateCollection IndexFaces', collection)]],
  [
    'RekognitionFacesManagementPolicy',
    [allow('rekognition', 'IndexFaces DeleteFaces SearchFaces SearchFacesByImage ListFaces', collection)],
  ],
  ['RekognitionFacesPolicy', [allow('rekognition', 'CompareFaces DetectFaces', '*')]],
  ['RekognitionLabelsPolicy', [allow('rekognition', 'DetectLabels DetectModerationLabels', '*')]],
  ['SNSPublishMessagePolicy', [allow('sns', 'Publish', 'sns:r:a:<TopicName>')]],
  [
    'SNSCrudPolicy',
    [allow('sns', 'ListSubscriptionsByTopic CreateTopic SetTopicAttributes Subscribe Publish', 'sns:r:a:<TopicName>*')],
  ],
  [
    'KinesisStreamReadPolicy',
    [
      allow('kinesis', 'ListStreams DescribeLimits', 'kinesis:r:a:stream/*'),
      allow('kinesis', 'DescribeStream DescribeStreamSummary GetRecords GetShardIterator', stream),
    ],
  ],
  [
    'KinesisCrudPolicy',
    [
      allow(
        'kinesis',
        'AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream DescribeStream DescribeStreamSummary GetShardIterator IncreaseStreamRetentionPeriod ListTagsForStream MergeShards PutRecord PutRecords SplitShard RemoveTagsFromStream',
        stream,
      ),
    ],
  ],
  ['KMSDecryptPolicy', [{ actions: 'kms:Decrypt', on: 'kms:r:a:key/<KeyId>' }]],
  ['KMSEncryptPolicy', [{ actions: 'kms:Encrypt', on: 'kms:r:a:key/<KeyId>' }]],
  [
    'PollyFullAccessPolicy',
    [
      allow('polly', 'GetLexicon DeleteLexicon', ['polly:r:a:lexicon/<LexiconName>']),
      allow('polly', 'DescribeVoices ListLexicons PutLexicon SynthesizeSpeech', ['polly:r:a:lexicon/*']),
    ],
  ],
  ['CodePipelineLambdaExecutionPolicy', [allow('codepipeline', 'PutJobSuccessResult PutJobFailureResult', '*')]],
  ['CodePipelineReadOnlyPolicy', [allow('codepipeline', 'ListPipelineExecutions', 'codepipeline:r:a:<PipelineName>')]],
  [
    'ServerlessRepoReadWriteAccessPolicy',
    [
      allow(
        'serverlessrepo',
        'CreateApplication CreateApplicationVersion UpdateApplication GetApplication ListApplications ListApplicationVersions ListApplicationDependencies',
        ['serverlessrepo:r:a:applications/*'],
      ),
    ],
  ],
  [
    'ComprehendBasicAccessPolicy',
    [
      allow(
        'comprehend',
        'BatchDetectKeyPhrases DetectDominantLanguage DetectEntities BatchDetectEntities DetectKeyPhrases DetectSentiment BatchDetectDominantLanguage BatchDetectSentiment',
        '*',
      ),
    ],
  ],
  [
    'AWSSecretsManagerRotationPolicy',
    [
      {
        ...allow(
          'secretsmanager',
          'DescribeSecret GetSecretValue PutSecretValue UpdateSecretVersionStage',
          'secretsmanager:r:a:secret:*',
        ),
        allowedFor: 'lambda:r:a:function:<FunctionName>',
      },
      allow('secretsmanager', 'GetRandomPassword', '*'),
    ],
  ],
  ['AWSSecretsManagerGetSecretValuePolicy', [allow('secretsmanager', 'GetSecretValue', '<SecretArn>')]],
  ['MobileAnalyticsWriteOnlyAccessPolicy', [allow('mobileanalytics', 'PutEvents', '*')]],
  [
    'PinpointEndpointAccessPolicy',
    [
      allow(
        'mobiletargeting',
        'GetEndpoint UpdateEndpoint UpdateEndpointsBatch',
        'mobiletargeting:r:a:apps/<PinpointApplicationId>/endpoints/*',
      ),
    ],
  ],
  ['FirehoseWritePolicy', [allow('firehose', 'PutRecord PutRecordBatch', delivery)]],
  [
    'FirehoseCrudPolicy',
    [
      allow(
        'firehose',
        'CreateDeliveryStream DeleteDeliveryStream DescribeDeliveryStream PutRecord PutRecordBatch UpdateDestination',
        delivery,
      ),
    ],
  ],
  ['EKSDescribePolicy', [allow('eks', 'DescribeCluster ListClusters', '*')]],
  [
    'CostExplorerReadOnlyPolicy',
    [
      allow(
        'ce',
        'GetCostAndUsage GetDimensionValues GetReservationCoverage GetReservationPurchaseRecommendation GetReservationUtilization GetTags',
        '*',
      ),
    ],
  ],
  ['OrganizationsListAccountsPolicy', [allow('organizations', 'ListAccounts', '*')]],
  ['FilterLogEventsPolicy', [allow('logs', 'FilterLogEvents', 'logs:r:a:log-group:<LogGroupName>:log-stream:*')]],
  [
    'SSMParameterReadPolicy',
    [
      allow('ssm', 'DescribeParameters', '*'),
      allow('ssm', 'GetParameters GetParameter GetParametersByPath', 'ssm:r:a:parameter/<ParameterName>'),
    ],
  ],
  [
    'SSMParameterWithSlashPrefixReadPolicy',
    [
      allow('ssm', 'DescribeParameters', '*'),
      allow('ssm', 'GetParameters GetParameter GetParametersByPath', 'ssm:r:a:parameter<ParameterName>'),
    ],
  ],
  ['StepFunctionsExecutionPolicy', [allow('states', 'StartExecution', 'states:r:a:stateMachine:<StateMachineName>')]],
  ['CodeCommitReadPolicy', [allow('codecommit', `GitPull ${codeCommitReads}`, repository)]],
  ['CodeCommitCrudPolicy', [allow('codecommit', `GitPull GitPush ${codeCommitReads}`, repository)]],
  [
    'AthenaQueryPolicy',
    [
      allow(
        'athena',
        'ListWorkGroups GetExecutionEngine GetExecutionEngines GetNamespace GetCatalogs GetNamespaces GetTables GetTable',
        '*',
      ),
      allow(
        'athena',
        'StartQueryExecution GetQueryResults DeleteNamedQuery GetNamedQuery ListQueryExecutions StopQueryExecution GetQueryResultsStream ListNamedQueries CreateNamedQuery GetQueryExecution BatchGetNamedQuery BatchGetQueryExecution GetWorkGroup',
        'athena:r:a:workgroup/<WorkGroupName>',
      ),
    ],
  ],
  ['TextractPolicy', [allow('textract', '*', '*')]],
  [
    'TextractDetectAnalyzePolicy',
    [allow('textract', 'DetectDocumentText StartDocumentTextDetection StartDocumentAnalysis AnalyzeDocument', '*')],
  ],
  ['TextractGetResultPolicy', [allow('textract', 'GetDocumentTextDetection GetDocumentAnalysis', '*')]],
  ['EventBridgePutEventsPolicy', [{ actions: 'events:PutEvents', on: 'events:r:a:event-bus/<EventBusName>' }]],
  [
    'ElasticMapReduceAddJobFlowStepsPolicy',
    [allow('elasticmapreduce', 'AddJobFlowSteps', 'elasticmapreduce:r:a:cluster/<ClusterId>')],
  ],
  [
    'ElasticMapReduceCancelStepsPolicy',
    [allow('elasticmapreduce', 'CancelSteps', 'elasticmapreduce:r:a:cluster/<ClusterId>')],
  ],
  [
    'ElasticMapReduceTerminateJobFlowsPolicy',
    [allow('elasticmapreduce', 'TerminateJobFlows', 'elasticmapreduce:r:a:cluster/<ClusterId>')],
  ],
  [
    'Route53ChangeResourceRecordSetsPolicy',
    [allow('route53', 'ChangeResourceRecordSets', 'route53:::hostedzone/<HostedZoneId>')],
  ],
  ['AcmGetCertificatePolicy', [allow('acm', 'GetCertificate', '<CertificateArn>')]],
  [
    'EFSWriteAccessPolicy',
    [allow('elasticfilesystem', 'ClientMount ClientWrite', 'elasticfilesystem:r:a:file-system/<FileSystem>')],
  ],
])
