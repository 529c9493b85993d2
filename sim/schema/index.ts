// The JSON Schema (draft-07) of a scenario, for completion, hover and first checks in editors: VS Code's YAML extension, Monaco.
//
// It is made from what the program itself reads and knows, and refuses less than the program does: `hotshard check` has the last word.
import { registrySource } from '../registry/index.ts'
import { described, ref, type Schema } from './json.ts'
import { resourceDefinitions } from './resources.ts'
import { simulationDefinitions } from './simulation.ts'

/** The schema, a megabyte or two of plain data; made anew at each call. */
export function scenarioSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: `Made by hotshard from its own definitions and ${registrySource}.`,
    description: 'A CloudFormation or SAM template with a Simulation, or a Simulation that names its Template.',
    type: 'object',
    properties: {
      AWSTemplateFormatVersion: { description: 'The version of the template language.', examples: ['2010-09-09'] },
      Description: { type: 'string', description: 'What the scenario shows.' },
      Transform: {
        description: 'Transforms that are applied first.',
        examples: ['AWS::Serverless-2016-10-31', 'AWS::LanguageExtensions'],
      },
      Globals: { type: 'object', description: 'SAM: properties that several serverless resources have in common.' },
      Parameters: {
        type: 'object',
        description: 'What-if knobs: each is set with --set Name=Value.',
        additionalProperties: PARAMETER,
      },
      Mappings: { type: 'object', description: 'Tables of fixed values for Fn::FindInMap.' },
      Conditions: { type: 'object', description: 'Names for what is true or false of the parameters.' },
      Rules: { type: 'object', description: 'Which combinations of parameters are allowed.' },
      Metadata: {
        type: 'object',
        description:
          'Data about the template, for other programs; a Simulation may stand here, so that the file still deploys.',
        properties: { Simulation: ref('Simulation') },
      },
      Resources: {
        type: 'object',
        description: 'The system.',
        patternProperties: { '^Fn::': {} },
        additionalProperties: ref('Resource'),
      },
      Outputs: { type: 'object', description: 'What the stack gives to others.' },
      Hooks: { type: 'object', description: 'Blue/green deployments of ECS by CodeDeploy.' },
      Simulation: described(ref('Simulation'), 'What is simulated: load, handlers, faults, actions, expectations.'),
    },
    additionalProperties: false,
    definitions: { ...simulationDefinitions(), ...resourceDefinitions() },
  }
}

const PARAMETER: Schema = {
  type: 'object',
  required: ['Type'],
  properties: {
    Type: {
      type: 'string',
      description: 'The type.',
      examples: ['String', 'Number', 'List<Number>', 'CommaDelimitedList', 'AWS::SSM::Parameter::Value<String>'],
    },
    Default: { description: 'The value when nobody gives one.' },
    Description: { type: 'string', description: 'What it is for.' },
    AllowedValues: { type: 'array', description: 'All values that may be given.' },
    AllowedPattern: { type: 'string', description: 'A regular expression that the whole value matches.' },
    ConstraintDescription: { type: 'string', description: 'What is said when a value is refused.' },
    MinValue: { description: 'The least number.' },
    MaxValue: { description: 'The greatest number.' },
    MinLength: { description: 'The fewest characters.' },
    MaxLength: { description: 'The most characters.' },
    NoEcho: { description: 'Whether the value is never shown.', examples: [true, false] },
  },
  additionalProperties: false,
}
