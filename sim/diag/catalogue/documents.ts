// Problems of a text as YAML or JSON, before anybody asks what it means.
import type { Explanations } from '../explanation.ts'

export const documents = {
  'yaml-syntax': {
    severity: 'error',
    title: 'a text that is not YAML',
    text: 'The text breaks a rule of YAML, so nothing can be read from it. Often the true place is a little before the one that is shown: a bracket or a quotation mark that was never closed, a tab in the indentation, a `: ` inside a plain text. Several messages about one place have one cause; mend the first and look again.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\n',
  },
  'several-documents': {
    severity: 'error',
    title: 'more than one document in a file',
    text: 'A line of three dashes begins a second document, and CloudFormation reads one. Take the line out, or move the rest into a file of its own.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\n---\nSimulation: { Duration: 5m }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\nSimulation: { Duration: 5m }\n',
  },
  'empty-document': {
    severity: 'error',
    title: 'a file with nothing in it',
    text: 'The file is empty or has comments alone. A scenario has at least `Resources`, or a `Simulation` that names its `Template`.',
  },
  'document-too-large': {
    severity: 'error',
    title: 'a text beyond the limit of what is read',
    text: 'A scenario may come from a stranger, so its size is bounded before it is read: 1 MB, which is what CloudFormation takes from a bucket, 100,000 lines, and 100,000 values after every alias has been followed. A short text that grows enormous through aliases of aliases stops here too.',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html',
  },
  'too-many-problems': {
    severity: 'error',
    title: 'more problems than anybody reads',
    text: 'Five hundred errors end the reading, and five hundred warnings or notes are kept. Often one mistake stands behind most of them: mend the first ones and look again.',
  },
  'document-too-deep': {
    severity: 'error',
    title: 'a text that is nested too deeply',
    text: 'Maps and lists lie in each other at most 100 levels deep. No real template comes near this; a text that does was made to hurt its reader.',
  },
  'duplicate-key': {
    severity: 'error',
    title: 'the same name twice in one map',
    text: 'Of two equal keys only one can count. Inside `Simulation` this is an error; in the rest of a template the last one counts, as in CloudFormation, and a warning says so. Rename one or take it out.',
    wrong: 'Simulation: { Duration: 5m, Duration: 10m }\n',
    right: 'Simulation: { Duration: 10m }\n',
  },
  'refused-key': {
    severity: 'error',
    title: 'a key that could hurt the reader',
    text: '`__proto__`, `prototype`, `constructor`, `toString`, `valueOf` and `toJSON` mean something to JavaScript and are refused as keys everywhere. Choose another name.',
    wrong: 'Simulation: { Handlers: { Work: [Return: { __proto__: 1 }] } }\n',
    right: 'Simulation: { Handlers: { Work: [Return: { proto: 1 }] } }\n',
  },
  'key-not-text': {
    severity: 'error',
    title: 'a key that is a list, a map or an alias',
    text: 'YAML allows any value as a key; CloudFormation and JSON allow texts alone. Write the key as a text.',
    wrong: 'Simulation: { [Duration]: 5m }\n',
    right: 'Simulation: { Duration: 5m }\n',
  },
  'merge-not-a-map': {
    severity: 'error',
    title: 'a merge of something that has no members',
    text: '`<<` takes over the members of another map, or of several maps in a list. Anything else has no members to take over.',
    wrong: 'Simulation:\n  <<: text\n  Duration: 5m\n',
    right: 'Simulation:\n  <<: { Seed: 7 }\n  Duration: 5m\n',
  },
  'unknown-alias': {
    severity: 'error',
    title: 'an alias without an anchor',
    text: '`*name` repeats what `&name` marked before it, and nothing before it bears this mark. A plain text that begins with `*` must be quoted, as in `"*"`.',
    wrong: 'Simulation: { Duration: *long }\n',
    right:
      'Simulation: { WarmUp: &short 1m, Duration: 5m, Workloads: { W: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1/s, Client: { Timeout: *short } } } }\n',
  },
  'unknown-tag': {
    severity: 'error',
    title: 'a tag that is no function of CloudFormation',
    text: 'A word that begins with `!` calls a function, and CloudFormation has none of this name. A plain text that begins with `!` must be quoted.',
    wrong: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sib "${AWS::StackName}-jobs" } }\n',
    right: 'Resources:\n  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub "${AWS::StackName}-jobs" } }\n',
    source: 'CFN-R1',
  },
} as const satisfies Explanations
