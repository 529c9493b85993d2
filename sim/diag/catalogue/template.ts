// Problems of a template as a whole: its sections, parameters, resources, outputs.
import type { Explanations } from '../explanation.ts'

export const template = {
  'unknown-section': {
    severity: 'error',
    title: 'a section that no template has',
    text: 'At the top of a template stand CloudFormation’s own sections, `Globals` of SAM, and `Simulation`. In a file whose `Simulation` names its `Template`, only `Description` may stand beside it, because everything else is in that template.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\nSimulaton: { Duration: 5m }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\nSimulation: { Duration: 5m }\n',
    source: 'CFN-R1',
  },
  'no-resources': {
    severity: 'error',
    title: 'a template without resources',
    text: '`Resources` is the one section that CloudFormation insists on. If the resources stand in another file, name it: `Simulation: { Template: ../app/template.yaml }`.',
    wrong: 'Description: nothing here\n',
    right: 'Description: one queue\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R1',
  },
  'too-many-resources': {
    severity: 'error',
    title: 'more resources than a template may have',
    text: 'CloudFormation takes at most 500 resources in one template; those that loops and the SAM transform make are counted too. Split the template into stacks.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html',
  },
  'two-simulations': {
    severity: 'error',
    title: 'a simulation in two places of one file',
    text: '`Simulation` and `Metadata.Simulation` mean the same, so only one of them may be written. The one in `Metadata` keeps the file deployable; keep whichever you need.',
    wrong:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\nMetadata: { Simulation: { Duration: 5m } }\nSimulation: { Duration: 10m }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\nMetadata: { Simulation: { Duration: 10m } }\n',
  },
  'second-simulation': {
    severity: 'warning',
    title: 'a template that brings a simulation of its own',
    text: 'The scenario names a `Template` which has a `Simulation` itself. The one of the scenario counts and the other is left out whole; they are never mixed.',
  },
  'logical-id': {
    severity: 'error',
    title: 'a name that no resource may have',
    text: 'The logical id of a resource has letters and digits alone, at most 255 of them: no hyphen, no underscore, no dot.',
    wrong: 'Resources:\n  my-jobs: { Type: AWS::SQS::Queue }\n',
    right: 'Resources:\n  MyJobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R2',
  },
  'resource-without-type': {
    severity: 'error',
    title: 'a resource that does not say what it is',
    text: 'Every resource has a `Type`, such as `AWS::SQS::Queue`.',
    wrong: 'Resources:\n  Jobs: { Properties: { VisibilityTimeout: 30 } }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 30 } }\n',
    source: 'CFN-R5',
  },
  'resource-type': {
    severity: 'error',
    title: 'a type that is not written like one',
    text: 'A type is written `AWS::Service::Thing`, or `Custom::Name` for a custom resource. A type of the right form that is not simulated is no mistake: it goes on the ‘not simulated’ list.',
    wrong: 'Resources:\n  Jobs: { Type: SQS::Queue }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
  },
  'unknown-type': {
    severity: 'error',
    title: 'a type that AWS does not have',
    text: 'CloudFormation knows no resource type of this name, as far as the registry that comes with hotshard tells. Types of other publishers, modules and `Custom::` types pass; a type of AWS that is newer than the registry needs a newer hotshard.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queues }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
  },
  'unknown-resource-attribute': {
    severity: 'error',
    title: 'an attribute that no resource has',
    text: 'Beside `Type` stand `Properties`, `DependsOn`, `Condition`, `Metadata` and the policies. Settings of the resource itself belong one level deeper, under `Properties`. On a serverless resource it is a warning, because the SAM transform passes over what it does not know.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Propertis: { VisibilityTimeout: 30 } }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 30 } }\n',
    source: 'CFN-R5',
  },
  'unknown-dependency': {
    severity: 'error',
    title: 'a `DependsOn` that names no resource',
    text: '`DependsOn` holds the logical id of a resource of the same template, or a list of them.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, DependsOn: Daed }\n  Dead: { Type: AWS::SQS::Queue }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, DependsOn: Dead }\n  Dead: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R30',
  },
  'circular-dependency': {
    severity: 'error',
    title: 'resources that need each other before they can exist',
    text: 'CloudFormation creates a resource after those that it names by `Ref`, `GetAtt`, `Sub` or `DependsOn`. In the circle that is shown each waits for the next. Break it at one place: write out a name instead of a reference, or move one setting into a resource of its own, such as a policy or a permission.',
    wrong:
      'Resources:\n  One: { Type: AWS::SQS::Queue, DependsOn: Two }\n  Two: { Type: AWS::SQS::Queue, DependsOn: One }\n',
    right: 'Resources:\n  One: { Type: AWS::SQS::Queue, DependsOn: Two }\n  Two: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R30',
  },
  'reference-to-absent': {
    severity: 'error',
    title: 'a reference to a resource whose condition is false',
    text: 'The resource that is named does not exist under these parameters, so nothing can be taken from it. Give this resource the same condition, or choose with `!If`. While parameters have made-up values it is only a warning, because the conditions over them say nothing about a real deployment.',
    wrong:
      'Conditions: { Never: !Equals [a, b] }\nResources:\n  Dead: { Type: AWS::SQS::Queue, Condition: Never }\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !GetAtt Dead.QueueName } }\n',
    right:
      'Conditions: { Never: !Equals [a, b] }\nResources:\n  Dead: { Type: AWS::SQS::Queue, Condition: Never }\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !If [Never, !GetAtt Dead.QueueName, jobs] } }\n',
    source: 'CFN-R30',
  },
  'output-without-value': {
    severity: 'error',
    title: 'an output that gives nothing',
    text: 'Every output has a `Value`.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\nOutputs: { Url: { Description: where jobs go } }\n',
    right:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\nOutputs: { Url: { Description: where jobs go, Value: !Ref Jobs } }\n',
  },
  'transform-missing': {
    severity: 'error',
    title: 'a serverless resource in a template without the SAM transform',
    text: 'Types that begin with `AWS::Serverless::` exist only for the transform that turns them into plain resources, and the template must name it at its top.',
    wrong: 'Resources:\n  Items: { Type: AWS::Serverless::SimpleTable }\n',
    right: 'Transform: AWS::Serverless-2016-10-31\nResources:\n  Items: { Type: AWS::Serverless::SimpleTable }\n',
    source:
      'https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy.html',
  },
  'rule-broken': {
    severity: 'error',
    title: 'a rule of the template that does not hold',
    text: 'The template’s own `Rules` section refuses this combination of parameters, as CloudFormation would before it creates anything. Give other values with `--set`.',
    wrong:
      'Parameters: { Size: { Type: String, Default: huge } }\nRules:\n  Sizes: { Assertions: [{ Assert: !Equals [!Ref Size, small] }] }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right:
      'Parameters: { Size: { Type: String, Default: small } }\nRules:\n  Sizes: { Assertions: [{ Assert: !Equals [!Ref Size, small] }] }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
  },
  'parameter-type': {
    severity: 'error',
    title: 'a parameter of a type that does not exist',
    text: 'Parameters are `String`, `Number`, `List<Number>`, `CommaDelimitedList`, a stored parameter (`AWS::SSM::Parameter::Value<String>`) or the id of something that exists (`AWS::EC2::Subnet::Id`, `List<AWS::EC2::Subnet::Id>`).',
    wrong: 'Parameters: { Size: { Type: Integer, Default: 5 } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right: 'Parameters: { Size: { Type: Number, Default: 5 } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R3',
  },
  'unknown-parameter-attribute': {
    severity: 'error',
    title: 'an attribute that no parameter has',
    text: 'A parameter has `Type`, `Default`, `Description`, `AllowedValues`, `AllowedPattern`, `ConstraintDescription`, `MinLength`, `MaxLength`, `MinValue`, `MaxValue` and `NoEcho`.',
    wrong:
      'Parameters: { Size: { Type: Number, Default: 5, Minimum: 1 } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right:
      'Parameters: { Size: { Type: Number, Default: 5, MinValue: 1 } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R3',
  },
  'parameter-value': {
    severity: 'error',
    title: 'a value that a parameter does not allow',
    text: 'The parameter’s own constraints (`AllowedValues`, `AllowedPattern`, lengths, `MinValue`, `MaxValue`) or its type refuse the value. They hold for `--set` and for the `Default` alike.',
    wrong:
      'Parameters: { Size: { Type: Number, Default: 50, MaxValue: 10 } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right:
      'Parameters: { Size: { Type: Number, Default: 5, MaxValue: 10 } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R3',
  },
  'parameter-without-value': {
    severity: 'error',
    title: 'a parameter that nobody gave a value',
    text: 'A parameter without a `Default` needs a value: `--set Name=Value`, or `Simulation: { Parameters: { Name: Value } }`.',
    source: 'CFN-R3',
  },
  'parameter-not-declared': {
    severity: 'error',
    title: 'a value for a parameter that the template does not have',
    text: 'What `--set` or `Simulation.Parameters` gives must stand under `Parameters` of the template. Names are read with their capitals.',
    wrong: 'Simulation: { Parameters: { Size: 5 } }\n',
    right:
      'Parameters: { Size: { Type: Number } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\nSimulation: { Parameters: { Size: 5 } }\n',
  },
  'parameter-made-up': {
    severity: 'note',
    title: 'a parameter whose value was made up',
    text: 'So that any template runs as it is, a parameter without a value gets one of its type: the first allowed value, the smallest number, a made-up name. Where the value matters, give your own with `--set Name=Value` or a `Default`.',
    wrong: 'Parameters: { Size: { Type: Number } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right: 'Parameters: { Size: { Type: Number, Default: 5 } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
  },
  'ssm-parameter-made-up': {
    severity: 'note',
    title: 'a stored parameter whose value is not known',
    text: 'The template reads a parameter from the Parameter Store, which a simulation cannot reach. A made-up value stands in. Where the value matters, give it under `Simulation: { SsmParameters: { /name: value } }`.',
    wrong:
      'Parameters: { Image: { Type: "AWS::SSM::Parameter::Value<String>", Default: /image } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right:
      'Parameters: { Image: { Type: "AWS::SSM::Parameter::Value<String>", Default: /image } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\nSimulation: { SsmParameters: { /image: ami-1 } }\n',
  },
  'export-made-up': {
    severity: 'note',
    title: 'an import from a stack that is not here',
    text: '`Fn::ImportValue` takes what another stack exports, and no stack of this scenario exports that name. A made-up value stands in.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !ImportValue JobsName } }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: jobs } }\n',
    source: 'CFN-R19',
  },
  'unknown-export': {
    severity: 'error',
    title: 'an import of something that no stack exports',
    text: '`Fn::ImportValue` takes the `Export.Name` of another stack’s output. No stack here exports this name.',
    source: 'CFN-R19',
  },
  'pattern-not-checked': {
    severity: 'note',
    title: 'an `AllowedPattern` that is not checked',
    text: 'Patterns of strangers are run by a matcher that cannot be made to hang. It does without look-ahead, look-behind and back references; a pattern that uses them, or that would take millions of steps, is passed over and every value is taken.',
    wrong:
      'Parameters: { Code: { Type: String, Default: abab, AllowedPattern: (ab)\\1 } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right:
      'Parameters: { Code: { Type: String, Default: abab, AllowedPattern: (ab)+ } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
  },
  'mapping-value': {
    severity: 'error',
    title: 'a mapping that holds more than texts and lists',
    text: 'A mapping has two levels of keys, and under them a text or a list of texts. It is fixed before anything is computed, so functions have no place in it.',
    wrong: 'Mappings: { Sizes: { Dev: { Name: !Ref AWS::Region } } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right: 'Mappings: { Sizes: { Dev: { Name: dev } } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
  },
  'name-taken': {
    severity: 'error',
    title: 'a name that is in use already',
    text: 'Resources, the resources under `Simulation.Resources` and workloads share their names, because metrics and expectations address them by name. Choose another one.',
    wrong: 'Simulation: { Workloads: { Jobs: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1/s } } }\n',
    right: 'Simulation: { Workloads: { Senders: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1/s } } }\n',
  },
  'not-simulated': {
    severity: 'note',
    title: 'a part that is left out of the simulation',
    text: 'Nothing is dropped in silence: this is known, has no effect on the model, and the rest runs without it. `hotshard explain TYPE` shows what a type’s model covers.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\n  Old: { Type: [AWS::SQS::Queue] }\n',
  },
  'not-simulated-yet': {
    severity: 'error',
    title: 'a part that cannot be left out and is not simulated yet',
    text: 'The scenario asks for something whose absence would make its answers wrong, so the run is refused rather than made without it. The message says what can be written instead, where there is something.',
    wrong:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\nSimulation:\n  Workloads: { Load: { Target: Jobs, Rate: 1/s } }\n  Actions: [{ Schedule: rate(1 minute), sqs:PurgeQueue: { QueueUrl: Jobs } }]\n',
    right:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\nSimulation:\n  Workloads: { Load: { Target: Jobs, Rate: 1/s } }\n  Expect: [conserved(Jobs)]\n',
  },
} as const satisfies Explanations
