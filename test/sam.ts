// The SAM transform of a few lines, as plain values for tests.
import { at, entries, get, toJs } from '../sim/cfn/node.ts'
import { transformText } from '../sim/cfn/sam/whole.ts'
import { Problems } from '../sim/diag/problem.ts'

export interface Made {
  readonly sections: readonly string[]
  readonly ids: readonly string[]
  readonly slugs: readonly string[]
  readonly messages: readonly string[]
  /** The value at a path below `Resources`. */
  value(...path: readonly string[]): any
  readonly conditions: any
}

/** Transforms resources, and what stands before them in the template. */
export function transform(resources: string, sections = ''): Made {
  const problems = new Problems()
  const text = `Transform: AWS::Serverless-2016-10-31\n${sections}\nResources:\n${resources}`
  const made = transformText({ name: 'test.yaml', text }, { parameters: new Map() }, problems)
  const plain = (node: Parameters<typeof toJs>[0] | undefined): any =>
    node === undefined ? undefined : JSON.parse(JSON.stringify(toJs(node)))
  return {
    sections: entries(made).map((entry) => entry.key),
    ids: entries(get(made, 'Resources')).map((entry) => entry.key),
    slugs: problems.list.map((problem) => problem.slug),
    messages: problems.list.map((problem) => problem.message),
    value: (...path) => plain(at(made, 'Resources', ...path)),
    conditions: plain(get(made, 'Conditions')),
  }
}

/** A function in one line, with more properties behind a comma. */
export const fn = (name: string, more = ''): string =>
  `  ${name}: { Type: AWS::Serverless::Function, Properties: { CodeUri: 's3://sam-demo-bucket/hello.zip', Handler: a.b, Runtime: python3.12${more} } }\n`
