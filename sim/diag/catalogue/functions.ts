// Problems of CloudFormation's functions, conditions and loops.
import type { Explanations } from '../explanation.ts'

export const functions = {
  'unresolved-reference': {
    severity: 'error',
    title: 'a reference to something that is not in the template',
    text: '`Ref`, `GetAtt` and `${…}` in `Sub` name a parameter, a resource of the same template or a pseudo parameter such as `AWS::Region`. A literal `${…}` in `Sub` is written `${!…}`.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Name } }\n',
    right:
      'Parameters: { Name: { Type: String, Default: jobs } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Name } }\n',
    source: 'CFN-R10',
  },
  'unknown-attribute': {
    severity: 'error',
    title: 'an attribute that the resource does not return',
    text: '`GetAtt` takes what CloudFormation lists as the return values of the type, which are few and are not its properties.',
    wrong:
      'Resources:\n  Dead: { Type: AWS::SQS::Queue }\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !GetAtt Dead.Name } }\n',
    right:
      'Resources:\n  Dead: { Type: AWS::SQS::Queue }\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub "${Dead.QueueName}-2" } }\n',
    source: 'CFN-R11',
  },
  'unknown-function': {
    severity: 'error',
    title: 'a function that CloudFormation does not have, or not here',
    text: 'The name after `Fn::` is not one of a function, or the function needs a transform that the template does not name: `Fn::Length`, `Fn::ToJsonString` and `Fn::ForEach` need `Transform: AWS::LanguageExtensions`.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: { "Fn::Jion": ["-", [a, b]] } } }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: { "Fn::Join": ["-", [a, b]] } } }\n',
    source: 'CFN-R24',
  },
  'function-among-keys': {
    severity: 'error',
    title: 'a function in a map that has other members',
    text: 'A map that calls a function has the function as its only member; what would the others mean once it is replaced by its value?',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: { "Fn::Sub": jobs, Other: 1 } } }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: { "Fn::Sub": jobs } } }\n',
  },
  'function-shape': {
    severity: 'error',
    title: 'a function with arguments of another shape',
    text: 'Each function takes its arguments in one shape, which the message shows: a list of so many values, a literal text, a list of texts.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Join ["-", jobs] } }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Join ["-", [jobs, one]] } }\n',
    source: 'CFN-R13',
  },
  'index-out-of-range': {
    severity: 'error',
    title: '`Select` of an item that the list does not have',
    text: '`Fn::Select` counts from 0: a list of three items has 0, 1 and 2.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Select [2, [a, b]] } }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Select [1, [a, b]] } }\n',
    source: 'CFN-R15',
  },
  'empty-text-selected': {
    severity: 'warning',
    title: 'a part of an empty text is asked for',
    text: '`Fn::Select` over `Fn::Split` of a text that is empty, because nobody gave the value that stands there. CloudFormation would refuse it; here the empty text stands in so that the rest can run. Give the parameter a value.',
    wrong:
      'Parameters: { Zones: { Type: String, Default: "" } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Select [1, !Split [",", !Ref Zones]] } }\n',
    right:
      'Parameters: { Zones: { Type: String, Default: "a,b" } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Select [1, !Split [",", !Ref Zones]] } }\n',
  },
  'cidr-does-not-fit': {
    severity: 'error',
    title: 'blocks of addresses that do not fit',
    text: '`Fn::Cidr` cuts a block of addresses into 1 to 256 smaller ones of so many host bits. The block must be written like `10.0.0.0/16` and have room for all of them.',
    wrong:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Select [0, !Cidr [10.0.0.0/24, 2, 8]] } }\n',
    right:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Select [0, !Cidr [10.0.0.0/16, 2, 8]] } }\n',
    source: 'CFN-R21',
  },
  'mapping-not-found': {
    severity: 'error',
    title: 'a mapping without this entry',
    text: '`Fn::FindInMap` takes the name of a mapping, a key of its first level and one of its second. One of the three is not there. With `Transform: AWS::LanguageExtensions` a `DefaultValue` may be given as the fourth.',
    wrong:
      'Mappings: { Sizes: { Dev: { Name: dev } } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !FindInMap [Sizes, Prod, Name] } }\n',
    right:
      'Mappings: { Sizes: { Dev: { Name: dev } } }\nResources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !FindInMap [Sizes, Dev, Name] } }\n',
    source: 'CFN-R16',
  },
  'functions-too-large': {
    severity: 'error',
    title: 'functions that make too much',
    text: 'Functions inside functions can multiply a short text or list without end, so what all functions of a template make is bounded: 300,000 values and 16 million characters. No real template comes near this.',
  },
  'functions-too-deep': {
    severity: 'error',
    title: 'functions and references that stand in each other too deeply',
    text: 'A value may refer to a resource whose name refers to another one, and so on; at most 200 such steps and levels of maps, lists and functions stand in each other.',
  },
  'macro-not-run': {
    severity: 'note',
    title: 'a macro that is not run',
    text: 'A macro is code in somebody’s account. hotshard runs no code of a scenario, so what the macro would put here is missing. `AWS::Include` of a local file, `AWS::LanguageExtensions` and SAM are done.',
    wrong:
      'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: { "Fn::Transform": { Name: Mine } } } }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: jobs } }\n',
    source: 'CFN-R23',
  },
  'text-too-long': {
    severity: 'error',
    title: 'a text that functions blow up',
    text: 'Functions inside functions can double a text again and again. What they make is bounded, far above what any template needs.',
  },
  'unknown-condition': {
    severity: 'error',
    title: 'a condition that is not defined',
    text: 'The name must stand under `Conditions` of the template, written with the same capitals.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Condition: IsProd }\n',
    right:
      'Conditions: { IsProd: !Equals [!Ref AWS::Region, us-east-1] }\nResources:\n  Jobs: { Type: AWS::SQS::Queue, Condition: IsProd }\n',
    source: 'CFN-R17',
  },
  'not-a-condition': {
    severity: 'error',
    title: 'something that is neither true nor false',
    text: 'A condition is made of `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` and `Condition: Name`. To ask whether a parameter is the text true, write `!Equals [!Ref Name, "true"]`.',
    wrong: 'Conditions: { IsProd: !Ref AWS::Region }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right:
      'Conditions: { IsProd: !Equals [!Ref AWS::Region, us-east-1] }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R18',
  },
  'circular-condition': {
    severity: 'error',
    title: 'conditions that need each other',
    text: 'A condition may build on others, but not on itself, also not by way of others. The message shows the circle.',
    wrong:
      'Conditions: { A: !Not [Condition: B], B: !Not [Condition: A] }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right: 'Conditions: { A: !Not [Condition: B], B: !Equals [a, b] }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R18',
  },
  'condition-too-deep': {
    severity: 'error',
    title: 'conditions that build on each other too deeply',
    text: 'A chain of conditions is bounded, far above what any template needs, so that a made-up one cannot exhaust the reader.',
  },
  'resource-in-condition': {
    severity: 'error',
    title: 'a condition that asks for a resource',
    text: 'Conditions decide which resources exist, so they are decided before any of them: from parameters, mappings and pseudo parameters alone.',
    wrong: 'Conditions: { IsProd: !Equals [!Ref Jobs, x] }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    right:
      'Parameters: { Stage: { Type: String, Default: prod } }\nConditions: { IsProd: !Equals [!Ref Stage, prod] }\nResources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
    source: 'CFN-R18',
  },
  'loop-shape': {
    severity: 'error',
    title: 'a loop that cannot be unrolled',
    text: '`Fn::ForEach::Name` takes `[Identifier, [members], { Key with ${Identifier}: value }]`. Its members must be known before any resource: a list, or a parameter that is one.',
    wrong:
      'Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Queues: [Name, { "Jobs${Name}": { Type: AWS::SQS::Queue } }]\n',
    right:
      'Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Queues: [Name, [A, B], { "Jobs${Name}": { Type: AWS::SQS::Queue } }]\n',
    source: 'CFN-R24',
  },
  'loop-too-deep': {
    severity: 'error',
    title: 'loops inside loops inside loops',
    text: 'CloudFormation nests `Fn::ForEach` at most five levels deep.',
    source: 'CFN-R24',
  },
  'loop-too-large': {
    severity: 'error',
    title: 'loops that make too much',
    text: 'The loops of a template multiply, and what they make together is bounded. Shorten their lists of members.',
  },
} as const satisfies Explanations
