// Problems of the properties of resources: what CloudFormation or the service itself would refuse.
import type { Explanations } from '../explanation.ts'

export const properties = {
  'unknown-property': {
    severity: 'error',
    title: 'a property that the type does not have',
    text: 'The registry of AWS has no property of this name there, so CloudFormation would refuse the resource. A property that AWS has and the model passes over is no mistake: it goes on the ‘not simulated’ list. `hotshard explain TYPE` shows what the model of a type covers.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimout: 30 } }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 30 } }\n',
  },
  'missing-property': {
    severity: 'error',
    title: 'a property that the type cannot do without',
    text: 'CloudFormation would refuse the resource without it. Where a simulated type can do without, as a sketched function can do without its role, that is only a warning.',
    wrong: 'Resources:\n  Orders: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST } }\n',
    right:
      'Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      BillingMode: PAY_PER_REQUEST\n      KeySchema: [{ AttributeName: id, KeyType: HASH }]\n      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]\n',
  },
  'wrong-type': {
    severity: 'error',
    title: 'a value of another kind than the one that belongs here',
    text: 'A list stands where a text is expected, a text where a number is, a map where a list is, and so on. A list of one member still needs its brackets or its dash. CloudFormation reads numbers and truths from texts, and so does hotshard; a single map for a list of maps is taken by some types of AWS alone, so it is only a warning.',
    wrong: 'Simulation: { Faults: none }\n',
    right: 'Simulation: { Faults: [] }\n',
  },
  'out-of-range': {
    severity: 'error',
    title: 'a number or a time outside its limits',
    text: 'Limits come from AWS, and those that are quotas can be raised for a run as they can in an account: `Simulation: { Quotas: { name: value } }`. `hotshard explain TYPE` shows the figures of a type with their sources. In `Simulation`, times that divide the run must be longer than nothing and lie within it.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { ReceiveMessageWaitTimeSeconds: 21 } }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { ReceiveMessageWaitTimeSeconds: 20 } }\n',
  },
  'unknown-value': {
    severity: 'error',
    title: 'a word that is not one of those which may stand here',
    text: 'The setting takes one of a few words. They are written with their capitals. Where the words are known from the registry of AWS alone it is a warning, because AWS adds words faster than the registry comes out.',
    wrong: 'Simulation: { Quotas: notes-2021 }\n',
    right: 'Simulation: { Quotas: notes-2020 }\n',
  },
  contradiction: {
    severity: 'error',
    title: 'two settings that cannot both hold',
    text: 'One of the two leaves the other without a meaning, so it is not clear what was wanted. Take one out.',
    wrong: 'Simulation: { Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 5/s, Users: 3 } } }\n',
    right: 'Simulation: { Workloads: { Load: { Target: Origin, Operation: http:GET, Users: 3 } } }\n',
  },
  'unknown-resource': {
    severity: 'error',
    title: 'a name that is no simulated resource of this scenario',
    text: 'The name must be the logical id of a resource in `Resources` whose type is simulated, or where metrics are meant that of a workload. A resource on the ‘not simulated’ list cannot be a target.',
    wrong: 'Simulation: { Workloads: { Load: { Target: Orign, Operation: http:GET, Rate: 5/s } } }\n',
    right: 'Simulation: { Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 5/s } } }\n',
  },
  'wrong-resource': {
    severity: 'error',
    title: 'a resource of another type than the one that is needed',
    text: 'The name is right, but what it stands for cannot do this: a queue answers no `dynamodb:PutItem`, suffers no fault of a function and is no alarm.',
    wrong: 'Simulation: { Handlers: { Work: [dynamodb:GetItem: { TableName: !Ref Jobs, Key: { id: a } }] } }\n',
    right: 'Simulation: { Handlers: { Work: [dynamodb:GetItem: { TableName: !Ref Orders, Key: { id: a } }] } }\n',
  },
  'unknown-path': {
    severity: 'error',
    title: 'settings of a route that the API does not have',
    text: 'Settings of a stage are given per path and method, and this one belongs to no route. It has to be written as the route is, with its parameters in braces.',
  },
  'proxy-mapping': {
    severity: 'error',
    title: 'a mapping template in a proxy integration',
    text: 'A proxy integration passes the request on as it came, so a mapping template in it would never be used. Use the integration type `HTTP`, or leave the template out.',
    source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-integration-types.html',
  },
  'not-allowed': {
    severity: 'error',
    title: 'a dead-letter queue that does not take messages of this queue',
    text: 'The `RedriveAllowPolicy` of the dead-letter queue names the queues that may use it, and this one is not among them.',
    wrong:
      'Resources:\n  Dead: { Type: AWS::SQS::Queue, Properties: { RedriveAllowPolicy: { redrivePermission: denyAll } } }\n  Jobs: { Type: AWS::SQS::Queue, Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 } } }\n',
    right:
      'Resources:\n  Dead: { Type: AWS::SQS::Queue, Properties: { RedriveAllowPolicy: { redrivePermission: allowAll } } }\n  Jobs: { Type: AWS::SQS::Queue, Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 } } }\n',
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html',
  },
  'streaming-sql': {
    severity: 'error',
    title: 'code of an analytics application that is not simulated',
    text: 'An analytics application is simulated with the part of its SQL that makes streams and pumps: CREATE STREAM, CREATE PUMP and SELECT STREAM with WHERE, GROUP BY, HAVING, and tumbling, stagger and sliding windows. What is outside of it is refused with its line, because passed over it would give other results.',
    wrong:
      'Resources:\n  Clicks: { Type: AWS::Kinesis::Stream }\n  Count:\n    Type: AWS::KinesisAnalytics::Application\n    Properties:\n      Inputs: [{ NamePrefix: IN, InputSchema: { RecordColumns: [{ Name: PAGE, SqlType: VARCHAR(9) }], RecordFormat: { RecordFormatType: JSON } }, KinesisStreamsInput: { ResourceARN: !GetAtt Clicks.Arn, RoleARN: role } }]\n      ApplicationCode: CREATE STREAM N (n INTEGER); CREATE PUMP P AS INSERT INTO N SELECT STREAM COUNT(*) FROM IN_001;\n',
    right:
      'Resources:\n  Clicks: { Type: AWS::Kinesis::Stream }\n  Count:\n    Type: AWS::KinesisAnalytics::Application\n    Properties:\n      Inputs: [{ NamePrefix: IN, InputSchema: { RecordColumns: [{ Name: PAGE, SqlType: VARCHAR(9) }], RecordFormat: { RecordFormatType: JSON } }, KinesisStreamsInput: { ResourceARN: !GetAtt Clicks.Arn, RoleARN: role } }]\n      ApplicationCode: CREATE STREAM N (n INTEGER); CREATE PUMP P AS INSERT INTO N SELECT STREAM COUNT(*) FROM IN_001 GROUP BY FLOOR(ROWTIME TO MINUTE);\n',
    source: 'https://docs.aws.amazon.com/kinesisanalytics/latest/sqlref/analytics-sql-reference.html',
  },
  'filter-policy': {
    severity: 'error',
    title: 'a filter policy that SNS refuses',
    text: 'A filter policy maps attributes, or the keys of the body, to lists of values and conditions. It has at most five keys and 150 combinations of values; only a policy on the body may be nested.',
    wrong:
      'Resources:\n  News: { Type: AWS::SNS::Topic }\n  Feed: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: email, Endpoint: me@example.com, FilterPolicy: { kind: { of: [order] } } } }\n',
    right:
      'Resources:\n  News: { Type: AWS::SNS::Topic }\n  Feed: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: email, Endpoint: me@example.com, FilterPolicy: { kind: [order] } } }\n',
    source: 'https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html',
  },
  'log-filter': {
    severity: 'error',
    title: 'a filter of logs that cannot be read',
    text: 'A filter pattern is words of a line, a condition on JSON in braces, or the fields of a line in brackets. A metric filter has one metric, whose value is a number or a value that the pattern finds; only patterns of JSON or of fields can give it dimensions, and a metric with dimensions has no default value.',
    wrong:
      'Resources:\n  Lines: { Type: AWS::Logs::LogGroup }\n  Errors: { Type: AWS::Logs::MetricFilter, Properties: { LogGroupName: !Ref Lines, FilterPattern: "{ $.level = }", MetricTransformations: [{ MetricName: Errors, MetricNamespace: Shop, MetricValue: "1" }] } }\n',
    right:
      'Resources:\n  Lines: { Type: AWS::Logs::LogGroup }\n  Errors: { Type: AWS::Logs::MetricFilter, Properties: { LogGroupName: !Ref Lines, FilterPattern: "{ $.level = ERROR }", MetricTransformations: [{ MetricName: Errors, MetricNamespace: Shop, MetricValue: "1" }] } }\n',
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html',
  },
  'destination-not-allowed': {
    severity: 'error',
    title: 'a destination that does not let S3 in',
    text: 'When a notification is saved, S3 asks the queue, topic or function whether it may use it; where no policy lets it in, the bucket is refused: “Unable to validate the following destination configurations”.',
    wrong:
      'Resources:\n  Files: { Type: AWS::S3::Bucket, Properties: { NotificationConfiguration: { QueueConfigurations: [{ Event: "s3:ObjectCreated:*", Queue: !GetAtt Jobs.Arn }] } } }\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right:
      'Resources:\n  Files: { Type: AWS::S3::Bucket, Properties: { NotificationConfiguration: { QueueConfigurations: [{ Event: "s3:ObjectCreated:*", Queue: !GetAtt Jobs.Arn }] } } }\n  Jobs: { Type: AWS::SQS::Queue }\n  May: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Jobs], PolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: s3.amazonaws.com }, Action: "sqs:SendMessage", Resource: !GetAtt Jobs.Arn }] } } }\n',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html',
  },
  'configurations-overlap': {
    severity: 'error',
    title: 'two notifications of one event of the same keys',
    text: 'An event of a key goes to one destination. Two configurations of a bucket that name the same event need prefixes or suffixes that no key has in common; to tell several, let a topic or EventBridge pass the event on.',
    wrong:
      'Resources:\n  Files: { Type: AWS::S3::Bucket, Properties: { NotificationConfiguration: { TopicConfigurations: [{ Event: "s3:ObjectCreated:*", Topic: "arn:aws:sns:us-east-1:123456789012:a" }, { Event: "s3:ObjectCreated:Put", Topic: "arn:aws:sns:us-east-1:123456789012:b" }] } } }\n',
    right:
      'Resources:\n  Files: { Type: AWS::S3::Bucket, Properties: { NotificationConfiguration: { TopicConfigurations: [{ Event: "s3:ObjectCreated:*", Topic: "arn:aws:sns:us-east-1:123456789012:a" }, { Event: "s3:ObjectRemoved:*", Topic: "arn:aws:sns:us-east-1:123456789012:b" }] } } }\n',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html',
  },
  'filter-criteria': {
    severity: 'error',
    title: 'a filter of a mapping that Lambda refuses',
    text: 'Each `Pattern` of `FilterCriteria` is a text of JSON: an object that leads to lists of values and conditions, as an event pattern of EventBridge.',
    wrong:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\n  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Code: { ZipFile: x } } }\n  Feed: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: !Ref Work, EventSourceArn: !GetAtt Jobs.Arn, FilterCriteria: { Filters: [{ Pattern: \'{ "body": "order" }\' }] } } }\n',
    right:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\n  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Code: { ZipFile: x } } }\n  Feed: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: !Ref Work, EventSourceArn: !GetAtt Jobs.Arn, FilterCriteria: { Filters: [{ Pattern: \'{ "body": ["order"] }\' }] } } }\n',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html',
  },
  'event-pattern': {
    severity: 'error',
    title: 'an event pattern that EventBridge refuses',
    text: 'An event pattern maps fields of the event to lists of values and conditions, nested as the event is. A value stands in a list even when it is alone, and an operator has one key and an operand of its own kind.',
    wrong: 'Resources:\n  Placed: { Type: AWS::Events::Rule, Properties: { EventPattern: { source: shop } } }\n',
    right: 'Resources:\n  Placed: { Type: AWS::Events::Rule, Properties: { EventPattern: { source: [shop] } } }\n',
    source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html',
  },
  'target-input': {
    severity: 'error',
    title: 'an input that no target can be given',
    text: 'A target gets the event, what stands at a path of it, a constant in JSON, or what a template makes of variables: one of them, and what is written must be a path, JSON or a template.',
    wrong:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\n  Placed: { Type: AWS::Events::Rule, Properties: { EventPattern: { source: [shop] }, Targets: [{ Id: a, Arn: !GetAtt Jobs.Arn, InputPath: detail }] } }\n',
    right:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\n  Placed: { Type: AWS::Events::Rule, Properties: { EventPattern: { source: [shop] }, Targets: [{ Id: a, Arn: !GetAtt Jobs.Arn, InputPath: $.detail }] } }\n',
    source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html',
  },
  'visibility-below-timeout': {
    severity: 'error',
    title: 'a queue that hands out a message again while its function still works on it',
    text: 'Lambda refuses a mapping whose queue has a shorter visibility timeout than the function’s time-out: each slow batch would be processed twice. Six times the time-out is advised.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
  },
  'bad-schedule': {
    severity: 'error',
    title: 'a schedule that AWS would refuse',
    text: 'A schedule is `rate(5 minutes)` (`rate(1 hour)` in the singular), `cron(minutes hours day-of-month month day-of-week year)`, of whose two days exactly one is `?`, or, of EventBridge Scheduler alone, `at(2026-01-05T08:00:00)`. Time zones bear names of the IANA database.',
    wrong:
      'Resources:\n  Nightly: { Type: AWS::Scheduler::Schedule, Properties: { ScheduleExpression: cron(0 3 * * * *), FlexibleTimeWindow: { Mode: "OFF" }, Target: { Arn: !GetAtt Jobs.Arn, RoleArn: "arn:aws:iam::123456789012:role/clock" } } }\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right:
      'Resources:\n  Nightly: { Type: AWS::Scheduler::Schedule, Properties: { ScheduleExpression: cron(0 3 * * ? *), FlexibleTimeWindow: { Mode: "OFF" }, Target: { Arn: !GetAtt Jobs.Arn, RoleArn: "arn:aws:iam::123456789012:role/clock" } } }\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html',
  },
  'batch-size': {
    severity: 'error',
    title: 'a batch larger than its source allows',
    text: 'A batch from a standard queue holds at most 10,000 messages, one from a FIFO queue 10.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
  },
  'batch-without-window': {
    severity: 'error',
    title: 'a large batch that nobody waits for',
    text: 'One receive brings at most 10 messages, so Lambda insists on a `MaximumBatchingWindowInSeconds` of at least 1 where `BatchSize` is above 10.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
  },
  'memory-step': {
    severity: 'error',
    title: 'a memory size between two steps',
    text: 'Under these quotas a function’s memory grows in steps, 64 MB in the year 2020. Today any whole number of MB is allowed.',
    wrong:
      'Resources:\n  Work: { Type: AWS::Lambda::Function, Properties: { Role: "arn:aws:iam::123456789012:role/work", Runtime: python3.12, Handler: app.main, Code: { ZipFile: pass }, MemorySize: 200 } }\nSimulation: { Quotas: notes-2020 }\n',
    right:
      'Resources:\n  Work: { Type: AWS::Lambda::Function, Properties: { Role: "arn:aws:iam::123456789012:role/work", Runtime: python3.12, Handler: app.main, Code: { ZipFile: pass }, MemorySize: 192 } }\nSimulation: { Quotas: notes-2020 }\n',
  },
  'environment-too-large': {
    severity: 'error',
    title: 'environment variables that take too much room',
    text: 'The names and values of a function’s environment variables together take at most 4 KB.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
  },
  'inline-code-too-long': {
    severity: 'error',
    title: 'code in the template that is too long',
    text: 'Code written under `ZipFile` has a limit; longer code stands in a bucket.',
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html',
  },
  'wrong-destination': {
    severity: 'error',
    title: 'a destination that a mapping cannot have',
    text: 'An event source mapping tells where batches of a stream went that were given up, and nothing else: there is no destination for what succeeds, and messages of a queue that fail go where the queue’s own redrive policy says.',
    wrong:
      'Resources:\n  Feed: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: !Ref Work, EventSourceArn: !GetAtt Jobs.Arn, DestinationConfig: { OnFailure: { Destination: !GetAtt Dead.Arn } } } }\n  Jobs: { Type: AWS::SQS::Queue }\n  Dead: { Type: AWS::SQS::Queue }\n  Work: { Type: AWS::Lambda::Function, Properties: { Role: "arn:aws:iam::123456789012:role/work", Runtime: python3.12, Handler: app.main, Code: { ZipFile: pass } } }\n',
    right:
      'Resources:\n  Feed: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: !Ref Work, EventSourceArn: !GetAtt Jobs.Arn } }\n  Jobs: { Type: AWS::SQS::Queue, Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 } } }\n  Dead: { Type: AWS::SQS::Queue }\n  Work: { Type: AWS::Lambda::Function, Properties: { Role: "arn:aws:iam::123456789012:role/work", Runtime: python3.12, Handler: app.main, Code: { ZipFile: pass } } }\n',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html',
  },
  'package-too-large': {
    severity: 'error',
    title: 'code that is too large',
    text: 'Code and layers together have 250 MB at most when they are unzipped, a container image 10 GB. The template does not tell sizes; they are those that the scenario assumes: `Assumptions: { Work: { UnzippedSize: 200MB } }`. Larger files, such as models, are fetched into `/tmp`.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
  },
  'too-many-layers': {
    severity: 'error',
    title: 'a function with too many layers',
    text: 'A function takes five layers.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
  },
  'too-much-reserved': {
    severity: 'error',
    title: 'more reserved concurrency than the account has to give',
    text: 'Reservations of all functions together leave at least 100 of the account’s concurrent executions unreserved. Reserve less, or raise the account’s figure as AWS would on request: `Simulation: { Quotas: { lambda.ConcurrentExecutions: 3000 } }`.',
    wrong:
      'Resources:\n  Work: { Type: AWS::Lambda::Function, Properties: { Role: "arn:aws:iam::123456789012:role/work", Runtime: python3.12, Handler: app.main, Code: { ZipFile: pass }, ReservedConcurrentExecutions: 950 } }\n',
    right:
      'Resources:\n  Work: { Type: AWS::Lambda::Function, Properties: { Role: "arn:aws:iam::123456789012:role/work", Runtime: python3.12, Handler: app.main, Code: { ZipFile: pass }, ReservedConcurrentExecutions: 900 } }\n',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html',
  },
  'too-much-provisioned': {
    severity: 'error',
    title: 'more provisioned concurrency than there is',
    text: 'All versions and aliases of a function together provision at most what the function has reserved, or without a reservation what the account has unreserved.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html',
  },
  'provisioned-latest': {
    severity: 'error',
    title: 'provisioned concurrency of the unpublished version',
    text: '`$LATEST` can change at any moment, so environments are provisioned for published versions alone. Publish a version and let the alias stand for it.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html',
  },
  'alias-name': {
    severity: 'error',
    title: 'a name that no alias may have',
    text: 'An alias has 1 to 128 letters, digits, hyphens and underscores. Digits alone are refused, because they would look like a version.',
  },
  'alias-of-alias': {
    severity: 'error',
    title: 'an alias that stands for another alias',
    text: 'An alias stands for one version, or for two with weights.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html',
  },
  'alias-weights': {
    severity: 'error',
    title: 'weights that an alias cannot have',
    text: 'An alias stands for one published version, or for two different ones of which the second gets a share of the requests. `$LATEST` cannot be one of two.',
    wrong:
      "Resources:\n  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: python3.12, Handler: a.b, Role: r, Code: { ZipFile: x } } }\n  Live: { Type: AWS::Lambda::Alias, Properties: { FunctionName: !Ref Work, Name: live, FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: '1', FunctionWeight: 0.1 }] } } }\n",
    right:
      "Resources:\n  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: python3.12, Handler: a.b, Role: r, Code: { ZipFile: x } } }\n  Live: { Type: AWS::Lambda::Alias, Properties: { FunctionName: !Ref Work, Name: live, FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: '2', FunctionWeight: 0.1 }] } } }\n",
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html',
  },
  'missing-attribute': {
    severity: 'error',
    title: 'a key attribute without a definition',
    text: 'Every attribute in the key of a table or index stands under `AttributeDefinitions` with its type. Attributes that are no keys do not.',
    wrong:
      'Resources:\n  Orders: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: it, AttributeType: S }] } }\n',
    right:
      'Resources:\n  Orders: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }] } }\n',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html',
  },
  'wrong-key': {
    severity: 'error',
    title: 'a key that no table may have',
    text: 'The key of a table or index is one `HASH` attribute, and after it at most one other attribute as `RANGE`.',
    wrong:
      'Resources:\n  Orders: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: RANGE }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }] } }\n',
    right:
      'Resources:\n  Orders: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }] } }\n',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html',
  },
  'circular-expression': {
    severity: 'error',
    title: 'metric expressions that need each other',
    text: 'The entries of an alarm’s `Metrics` may build on one another by their `Id`, but not in a circle.',
  },
  'unreadable-rule': {
    severity: 'error',
    title: 'the rule of a composite alarm that makes no sense',
    text: 'A rule is made of `ALARM(name)`, `OK(name)`, `INSUFFICIENT_DATA(name)`, `TRUE`, `FALSE`, `AND`, `OR`, `NOT` and parentheses.',
    wrong: 'Resources:\n  All: { Type: AWS::CloudWatch::CompositeAlarm, Properties: { AlarmRule: TRUE WITH FALSE } }\n',
    right: 'Resources:\n  All: { Type: AWS::CloudWatch::CompositeAlarm, Properties: { AlarmRule: TRUE OR FALSE } }\n',
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html',
  },
} as const satisfies Explanations
