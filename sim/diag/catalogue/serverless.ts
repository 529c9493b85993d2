// Problems of serverless resources, which the SAM transform would refuse too.
import type { Explanations } from '../explanation.ts'

export const serverless = {
  'sam-specification': {
    severity: 'error',
    title: 'a serverless resource that the SAM transform refuses',
    text: 'The transform would refuse the whole document, with this resource or event as the reason. The message says what it expects.',
    wrong:
      'Transform: AWS::Serverless-2016-10-31\nResources:\n  Api: { Type: AWS::Serverless::Api, Properties: { Name: shop } }\n',
    right:
      'Transform: AWS::Serverless-2016-10-31\nResources:\n  Api: { Type: AWS::Serverless::Api, Properties: { Name: shop, StageName: prod } }\n',
    source: 'SAM-R5',
  },
  'sam-unknown-property': {
    severity: 'error',
    title: 'a property that the serverless type does not have',
    text: 'Serverless types have their own properties, which often differ from those of the type that the transform makes of them. The transform refuses one that it does not know.',
    wrong:
      'Transform: AWS::Serverless-2016-10-31\nResources:\n  Items: { Type: AWS::Serverless::SimpleTable, Properties: { PrimryKey: { Name: id, Type: String } } }\n',
    right:
      'Transform: AWS::Serverless-2016-10-31\nResources:\n  Items: { Type: AWS::Serverless::SimpleTable, Properties: { PrimaryKey: { Name: id, Type: String } } }\n',
    source: 'SAM-R5',
  },
  'sam-unknown-type': {
    severity: 'error',
    title: 'a serverless type that does not exist',
    text: 'A type that begins with `AWS::Serverless::` must be one that the transform knows; unlike a plain type it cannot be passed over.',
    wrong: 'Transform: AWS::Serverless-2016-10-31\nResources:\n  Items: { Type: AWS::Serverless::SimpelTable }\n',
    right: 'Transform: AWS::Serverless-2016-10-31\nResources:\n  Items: { Type: AWS::Serverless::SimpleTable }\n',
    source: 'SAM-R5',
  },
  'sam-globals': {
    severity: 'error',
    title: 'a global setting that cannot be global',
    text: '`Globals` has a section for some serverless types (`Function`, `Api`, `HttpApi`, …), and in each only some of the properties. The others stand at each resource.',
    wrong:
      'Transform: AWS::Serverless-2016-10-31\nGlobals: { Function: { FunctionName: x } }\nResources:\n  Items: { Type: AWS::Serverless::SimpleTable }\n',
    right:
      'Transform: AWS::Serverless-2016-10-31\nGlobals: { Function: { Timeout: 5 } }\nResources:\n  Items: { Type: AWS::Serverless::SimpleTable }\n',
    source: 'SAM-R2',
  },
} as const satisfies Explanations
