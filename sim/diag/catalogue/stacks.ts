// Problems between stacks and files, and of what a template may hold: nesting, exports, includes, transforms, names and sizes.
import type { Explanations } from '../explanation.ts'

const quotas = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html'

export const stacks = {
  'circular-nesting': {
    severity: 'error',
    title: 'a template that nests itself',
    text: 'The `TemplateURL` of a nested stack leads back to a template around it, so that the stacks would never end. The message shows the way round; take one of the nested stacks out.',
    source: 'CFN-R51',
  },
  'nested-too-deep': {
    severity: 'error',
    title: 'stacks nested deeper than is followed',
    text: 'Nested stacks are followed twenty levels deep. More than that comes from files that link to each other.',
  },
  'nested-template-missing': {
    severity: 'warning',
    title: 'a nested template that cannot be read',
    text: 'The `TemplateURL` (of a SAM application: the `Location`) is a path, read as seen from the template that holds it, and no file is there. The stack is not simulated, and what it outputs is made up.',
    wrong:
      'Resources:\n  Child: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: nowhere.yaml } }\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R51',
  },
  'nested-template-elsewhere': {
    severity: 'note',
    title: 'a nested template in a bucket',
    text: 'The template of the nested stack lies behind a URL, and nothing is fetched from the network. Its resources are not simulated, and what it outputs is made up. Put the file beside the template and name its path to have it simulated.',
    wrong:
      'Resources:\n  Child: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: "https://s3.amazonaws.com/bucket/child.yaml" } }\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R51',
  },
  'unknown-output': {
    severity: 'error',
    title: 'an output that the other stack does not have',
    text: '`GetAtt` of `Outputs.Name` and `GetStackOutput` read an output of another stack by its logical id under `Outputs`. That stack has none of this name.',
    source: 'CFN-R51',
  },
  'duplicate-export': {
    severity: 'error',
    title: 'an export that two stacks have',
    text: 'The name of an export is unique in an account and region: the second stack would fail to deploy. Put the name of the stack into it: `!Sub "${AWS::StackName}-Url"`.',
    source: 'CFN-R50',
  },
  'duplicate-name': {
    severity: 'error',
    title: 'two resources of one type with the same name',
    text: 'Names of queues, topics, tables, functions, roles and the like are unique in an account and region: the second one would fail with ‘already exists’. In a template that is used twice, leave the name out or put the name of the stack into it.',
    wrong:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: jobs } }\n  More: { Type: AWS::SQS::Queue, Properties: { QueueName: jobs } }\n',
    right:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: jobs } }\n  More: { Type: AWS::SQS::Queue, Properties: { QueueName: more } }\n',
    source: 'CFN-R38',
  },
  'circular-import': {
    severity: 'error',
    title: 'stacks that import from each other',
    text: 'A stack is deployed after those whose exports it imports. Stacks that import from each other can never be deployed; move what both need into a third one.',
    source: 'CFN-R19',
  },
  'include-shape': {
    severity: 'error',
    title: 'an include that names no file',
    text: '`AWS::Include` has one parameter, the `Location` of a file.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { "Fn::Transform": { Name: AWS::Include } } }\n',
    source: 'CFN-R23',
  },
  'include-elsewhere': {
    severity: 'note',
    title: 'an included file in a bucket',
    text: 'The `Location` of `AWS::Include` is not a local file, and nothing is fetched from the network. What it would bring is missing; put the file beside the template and name its path to have it read.',
    wrong:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { "Fn::Transform": { Name: AWS::Include, Parameters: { Location: "s3://bucket/x.yaml" } } } }\n',
    source: 'CFN-R23',
  },
  'include-missing': {
    severity: 'warning',
    title: 'an included file that cannot be read',
    text: 'The `Location` of `AWS::Include` is read as seen from the template, and as data: it lies in the folder of the scenario, or below `--root`. No such file can be read, and what it would bring is missing.',
    wrong:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { "Fn::Transform": { Name: AWS::Include, Parameters: { Location: nowhere.yaml } } } }\n',
    source: 'CFN-R23',
  },
  'include-too-deep': {
    severity: 'error',
    title: 'files that include files without end',
    text: 'Included files may include others, five levels deep. More than that comes from files that include each other.',
  },
  'transform-shape': {
    severity: 'error',
    title: 'a transform that is neither a name nor a call',
    text: 'Under `Transform` stand names, or maps with a `Name` and its `Parameters`.',
    wrong: 'Transform: [[AWS::LanguageExtensions]]\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right: 'Transform: [AWS::LanguageExtensions]\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R23',
  },
  'unknown-transform': {
    severity: 'error',
    title: 'a transform that AWS does not have',
    text: 'A name that begins with `AWS::` is one of AWS’s own transforms. Macros of one’s own have other names; they are not run here, and that is said.',
    wrong: 'Transform: AWS::Serverless-2016\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right: 'Transform: AWS::Serverless-2016-10-31\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R23',
  },
  'function-not-here': {
    severity: 'error',
    title: 'a function where CloudFormation takes none, or not this one',
    text: 'Each function takes certain others among its arguments: a delimiter is written out, the keys of `FindInMap` come from parameters and other mappings, a condition never depends on a resource. Some places take more with `Transform: AWS::LanguageExtensions`.',
    wrong:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Join [!Ref AWS::Region, [a, b]] } }\n',
    right:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Join ["-", [a, !Ref AWS::Region]] } }\n',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html',
  },
  'mapping-key-made-up': {
    severity: 'note',
    title: 'a key of a mapping that nobody gave',
    text: 'The key comes from a parameter without a value, so the first one that leads to a value stands in. Give the parameter a value.',
    wrong:
      'Parameters: { Env: { Type: String } }\nMappings: { Delays: { dev: { Seconds: 5 } } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, !Ref Env, Seconds] } }\n',
    right:
      'Parameters: { Env: { Type: String, Default: dev } }\nMappings: { Delays: { dev: { Seconds: 5 } } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, !Ref Env, Seconds] } }\n',
    source: 'CFN-R16',
  },
  'rule-shape': {
    severity: 'error',
    title: 'a rule without assertions',
    text: 'A rule has a list of `Assertions`, each with an `Assert` and perhaps an `AssertDescription`, and perhaps a `RuleCondition`.',
    wrong:
      'Rules: { Always: { Assertions: [{ AssertDescription: what? }] } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right:
      'Rules: { Always: { Assertions: [{ Assert: !Equals [a, a] }] } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R1',
  },
  'rule-not-checked': {
    severity: 'note',
    title: 'a rule about what an account holds',
    text: '`Fn::RefAll`, `Fn::ValueOf` and `Fn::ValueOfAll` ask about the networks and keys of the account, which are not known here.',
    wrong:
      'Rules: { Known: { Assertions: [{ Assert: !Contains [!RefAll AWS::EC2::VPC::Id, vpc-1] }] } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
  },
  'quota-exceeded': {
    severity: 'error',
    title: 'more of something than a template may hold',
    text: 'CloudFormation bounds how many parameters, mappings, outputs and dynamic references a template has, and how long its description is. `Quotas: notes-2020` has the bounds of before October 2020, and each can be set by its name (`cloudformation.Parameters`).',
    source: quotas,
  },
  'bad-name': {
    severity: 'error',
    title: 'a name of other characters, or too long',
    text: 'Names of parameters, mappings and outputs have letters and digits alone; keys within a mapping may have `-`, `_` and `.` too, and names of stacks `-`. None has more than 255 characters.',
    wrong: 'Parameters: { my-size: { Type: Number, Default: 1 } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right: 'Parameters: { MySize: { Type: Number, Default: 1 } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R2',
  },
  'null-value': {
    severity: 'error',
    title: 'a key without a value',
    text: 'A key with nothing behind it (or with `null`) is null, and CloudFormation takes no null anywhere in a template. Give it a value or leave it out; `!Ref AWS::NoValue` leaves a property out by a condition.',
    wrong: 'Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties:\n',
    right: 'Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n',
    source: 'CFN-R1',
  },
  'parameter-constraint': {
    severity: 'error',
    title: 'a constraint that says nothing about this type',
    text: '`MinLength` and `MaxLength` bound a `String`, `MinValue` and `MaxValue` a `Number`, and `AllowedPattern` is for texts. Bounds leave room for at least one value.',
    wrong:
      'Parameters: { Size: { Type: Number, Default: 1, MaxLength: 3 } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right:
      'Parameters: { Size: { Type: Number, Default: 1, MaxValue: 999 } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R3',
  },
  'format-version': {
    severity: 'error',
    title: 'a version of the format that does not exist',
    text: '`AWSTemplateFormatVersion` names the format of templates, not yours: it is `2010-09-09`, or left out.',
    wrong: 'AWSTemplateFormatVersion: 2026-01-01\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right: 'AWSTemplateFormatVersion: 2010-09-09\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R1',
  },
  'policy-value': {
    severity: 'error',
    title: 'a `DeletionPolicy` or `UpdateReplacePolicy` that does not exist',
    text: 'A resource is deleted, retained, or kept as a snapshot where its type has snapshots; a deletion policy may also be `RetainExceptOnCreate`.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, DeletionPolicy: Keep }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, DeletionPolicy: Retain }\n',
    source: 'CFN-R41',
  },
  'output-export': {
    severity: 'error',
    title: 'an export without a name',
    text: 'An output is exported under a name of its own: `Export: { Name: … }`.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\nOutputs: { Url: { Value: !Ref Jobs, Export: JobsUrl } }\n',
    right:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\nOutputs: { Url: { Value: !Ref Jobs, Export: { Name: JobsUrl } } }\n',
    source: 'CFN-R50',
  },
} as const satisfies Explanations
