// Explanations of what can be wrong with an allowance: the words by which an author says that a lint is known and meant.
import type { Explanations } from '../explanation.ts'

export const allowances = {
  'unknown-lint': {
    severity: 'warning',
    title: 'an allowance of a lint that there is not',
    text: 'A comment `# hotshard: allow SLUG`, or the list under `Metadata.hotshard.allow`, names a lint that is not known. Nothing is allowed by it.',
    wrong: `# hotshard: allow sqs/no-dead-leters
Resources: { Jobs: { Type: AWS::SQS::Queue } }
`,
    right: `Resources: { Jobs: { Type: AWS::SQS::Queue } }
`,
  },
  'unused-allow': {
    severity: 'note',
    title: 'an allowance of what does not occur',
    text: 'A lint is allowed here and would not be told here anyway, because it was mended or the comment stands in the wrong place. An allowance covers its own line, or the next one when it stands alone, with all that is indented below; before the first line of a file it covers everything.',
    wrong: `Resources:
  # hotshard: allow sqs/dead-after-one-receive
  Jobs: { Type: AWS::SQS::Queue }
`,
    right: `Resources:
  Jobs: { Type: AWS::SQS::Queue }
`,
  },
} as const satisfies Explanations
