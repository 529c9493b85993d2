// Several stacks: nested ones, stacks beside each other, exports and imports, included files.
import { expect, test } from 'vitest'
import { Problems } from '../diag/problem.ts'
import type { FileReader } from './files.ts'
import { joinPath } from './files.ts'
import { parseDocument, templateLimits } from './document.ts'
import { at, textOf, toJs } from './node.ts'
import type { Node } from './node.ts'
import { templateOf } from './template.ts'
import type { Template, TemplateOptions } from './template.ts'

type Files = Readonly<Record<string, string>>

function reader(files: Files): FileReader {
  const known = new Map(Object.entries(files))
  return {
    read(path) {
      const value = known.get(path)
      return value === undefined
        ? { ok: false, message: `\`${path}\` cannot be read`, help: 'there is no such file' }
        : { ok: true, value }
    },
  }
}

function parsed(name: string, text: string, problems: Problems): Node {
  return parseDocument({ name, text }, problems, templateLimits) as Node
}

interface Loaded {
  readonly template: Template
  readonly problems: Problems
  readonly slugs: readonly string[]
  property(logicalId: string, name: string): string | undefined
}

function loaded(template: Template | undefined, problems: Problems): Loaded {
  return {
    template: template as Template,
    problems,
    slugs: problems.list.map((problem) => problem.slug),
    property: (logicalId, name) => textOf(at(template?.resources.get(logicalId)?.properties, name)),
  }
}

/** The template `main.yaml` of some files. */
function load(files: Files, options: Partial<TemplateOptions> = {}): Loaded {
  const problems = new Problems()
  const root = parsed('main.yaml', files['main.yaml']!, problems)
  return loaded(templateOf(root, { parameters: new Map(), files: reader(files), ...options }, problems), problems)
}

/** Stacks beside each other: every file is one, called as the file without its ending. */
function loadBeside(files: Files, parameters: Readonly<Record<string, string>> = {}): Loaded {
  const problems = new Problems()
  const stacks = Object.entries(files).map(([path, text]) => {
    const root = parsed(path, text, problems)
    return { name: path.replace('.yaml', ''), root, path, parameters: new Map(), span: root.span }
  })
  const root = parsed('scenario.yaml', 'Resources: {}', problems)
  const given = new Map(Object.entries(parameters))
  return loaded(templateOf(root, { parameters: given, stacks, dummies: true }, problems), problems)
}

const worker = `
Parameters:
  Delay: { Type: Number, MaxValue: 900 }
  Names: { Type: CommaDelimitedList, Default: "a,b" }
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !Ref Delay, Note: !Select [1, !Ref Names] } }
  Copy: { Type: AWS::SQS::Queue, DependsOn: Jobs, Properties: { Note: !GetAtt Jobs.Arn } }
Outputs:
  Url: { Value: !Ref Jobs }
  Arn: { Value: !GetAtt Jobs.Arn }
`
const nestedTwice = `
Resources:
  Slow: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ./worker.yaml, Parameters: { Delay: 60, Names: "x, y" } } }
  Fast: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: worker.yaml, Parameters: { Delay: !FindInMap [M, fast, delay] } } }
  Fan: { Type: AWS::SNS::Topic, Properties: { First: !GetAtt Slow.Outputs.Url, Second: !GetAtt Fast.Outputs.Url } }
Mappings: { M: { fast: { delay: 0 } } }
`

test('a template nested twice makes two copies with prefixed names and their own parameters [CFN-R51]', () => {
  const { template, problems, property } = load({ 'main.yaml': nestedTwice, 'worker.yaml': worker })
  expect(problems.list).toEqual([])
  expect([...template.resources.keys()]).toEqual([
    ...['Slow', 'Slow.Jobs', 'Slow.Copy'],
    ...['Fast', 'Fast.Jobs', 'Fast.Copy', 'Fan'],
  ])
  expect(property('Slow.Jobs', 'DelaySeconds')).toBe('60')
  expect(property('Slow.Jobs', 'Note')).toBe('y')
  expect(property('Fast.Jobs', 'DelaySeconds')).toBe('0')
  expect(template.resources.get('Slow.Copy')?.references).toEqual(['Slow.Jobs'])
  expect(template.resources.get('Slow.Copy')?.dependsOn).toEqual(['Slow.Jobs'])
  expect(template.resources.get('Fan')?.references).toEqual(['Slow', 'Fast'])
  const urls = ['First', 'Second'].map((name) => property('Fan', name) as string)
  expect(urls[0]).not.toBe(urls[1])
  expect(urls.map((url) => template.resourceAt(url)?.logicalId)).toEqual(['Slow.Jobs', 'Fast.Jobs'])
  expect([...template.stacks.values()].map(({ name, path }) => [name, path])).toEqual([
    ['Slow', 'worker.yaml'],
    ['Fast', 'worker.yaml'],
  ])
})

test('a nested stack has its own name and the id that its resource refers to [CFN-R51, CFN-R4]', () => {
  const child =
    'Resources: { Q: { Type: AWS::X::Y, Properties: { Name: !Ref AWS::StackName, Id: !Ref AWS::StackId } } }'
  const main = `Resources:
  Child: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: child.yaml } }
  Q: { Type: AWS::X::Y, Properties: { Id: !Ref Child } }`
  const { property } = load({ 'main.yaml': main, 'child.yaml': child }, { stackName: 'shop' })
  expect(property('Child.Q', 'Name')).toMatch(/^shop-Child-[A-Z0-9]{12}$/)
  expect(property('Child.Q', 'Id')).toBe(property('Q', 'Id'))
})

test('mistakes about a nested stack are told at the place of whoever makes them', () => {
  const of = (properties: string, more = ''): Loaded =>
    load({
      'main.yaml': `Resources:\n  Child: { Type: AWS::CloudFormation::Stack, Properties: ${properties} }\n${more}`,
      'worker.yaml': worker,
    })
  expect(of('{ TemplateURL: worker.yaml }').slugs).toEqual(['parameter-without-value'])
  const tooMuch = of('{ TemplateURL: worker.yaml, Parameters: { Delay: 901 } }').problems.list[0]!
  expect(tooMuch).toMatchObject({ slug: 'parameter-value', span: { source: { name: 'main.yaml' } } })
  const unknown = of('{ TemplateURL: worker.yaml, Parameters: { Delay: 1, Dealy: 1 } }').problems.list[0]!
  expect(unknown).toMatchObject({
    slug: 'parameter-not-declared',
    help: 'did you mean `Delay`?',
    span: { source: { name: 'main.yaml' } },
  })
  const given = '{ TemplateURL: worker.yaml, Parameters: { Delay: 1 } }'
  const output = of(given, '  Q: { Type: AWS::X::Y, Properties: { V: !GetAtt Child.Outputs.Uri } }').problems.list
  expect(output).toMatchObject([{ slug: 'unknown-output', help: 'did you mean `Url`?' }])
  expect(of('{ TemplateURL: worker.yaml, Parameters: { Delay: [1, 2] } }').slugs).toContain('wrong-type')
})

test('a template that is not at hand leaves its stack out, and says so', () => {
  const of = (url: string): Loaded =>
    load({
      'main.yaml': `Resources:
  Child: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ${url} } }
  Q: { Type: AWS::X::Y, Properties: { V: !GetAtt Child.Outputs.Url } }`,
    })
  const far = of('https://s3.amazonaws.com/bucket/child.yaml')
  expect(far.problems.list).toMatchObject([{ slug: 'nested-template-elsewhere', severity: 'note' }])
  expect(far.property('Q', 'V')).toContain('Outputs-Url')
  expect(of('chld.yaml').problems.list).toMatchObject([{ slug: 'nested-template-missing', severity: 'warning' }])
})

test('templates that nest themselves are refused with their path', () => {
  const stack = (file: string): string =>
    `Resources: { N: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ${file} } } }`
  const { problems } = load({
    'main.yaml': stack('sub/a.yaml'),
    'sub/a.yaml': stack('b.yaml'),
    'sub/b.yaml': stack('../sub/./a.yaml'),
  })
  expect(problems.list).toMatchObject([
    { slug: 'circular-nesting', message: 'the template nests itself: `sub/a.yaml` → `sub/b.yaml` → `sub/a.yaml`' },
  ])
  expect(joinPath('a/b', '../../../c.yaml')).toBe('../c.yaml')
})

test('nested stacks have at most 2,500 resources together [CFN-R51]', () => {
  const many = `Resources: { ${Array.from({ length: 450 }, (_, i) => `Q${i}: { Type: AWS::X::Y }`).join(', ')} }`
  const main = (copies: number): string =>
    `Resources: { ${Array.from({ length: copies }, (_, i) => `N${i}: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: many.yaml } }`).join(', ')} }`
  expect(load({ 'main.yaml': main(5), 'many.yaml': many }).slugs).toEqual([])
  expect(load({ 'main.yaml': main(6), 'many.yaml': many }).slugs).toEqual(['too-many-resources'])
})

test('a circle through a nested stack is a circle', () => {
  const main = `Resources:
  Child: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: worker.yaml, Parameters: { Delay: !Ref Q } } }
  Q: { Type: AWS::X::Y, Properties: { V: !GetAtt Child.Outputs.Url } }`
  const { problems } = load({
    'main.yaml': main,
    'worker.yaml': worker.replace('Type: Number, MaxValue: 900', 'Type: String'),
  })
  expect(problems.list).toMatchObject([{ message: 'circular dependency between resources: `Child` → `Q` → `Child`' }])
})

test('a SAM application with a local location is a nested stack [SAM-R35]', () => {
  const main = `
Transform: AWS::Serverless-2016-10-31
Resources:
  App: { Type: AWS::Serverless::Application, Properties: { Location: worker.yaml, Parameters: { Delay: 7 } } }
  Far: { Type: AWS::Serverless::Application, Properties: { Location: { ApplicationId: "arn:aws:serverlessrepo:us-east-1:1:applications/x", SemanticVersion: 1.0.0 } } }
Outputs: { Url: { Value: !GetAtt App.Outputs.Url } }`
  const { template, property, problems } = load({ 'main.yaml': main, 'worker.yaml': worker })
  expect(property('App.Jobs', 'DelaySeconds')).toBe('7')
  expect(template.resourceAt(textOf(template.outputs.get('Url')?.value) ?? '')?.logicalId).toBe('App.Jobs')
  expect(problems.list).toMatchObject([{ slug: 'nested-template-elsewhere' }])
})

const network = `
Parameters: { Size: { Type: Number, Default: 1 } }
Resources: { Subnet: { Type: AWS::EC2::Subnet } }
Outputs: { Subnet: { Value: !Ref Subnet, Export: { Name: !Sub "\${AWS::StackName}-Subnet" } } }`
const data = `
Parameters: { Size: { Type: Number, Default: 1 } }
Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { Note: !ImportValue network-Subnet, Size: !Ref Size } } }
Outputs: { Url: { Value: !Ref Queue, Export: { Name: QueueUrl } } }`
const app = `
Resources:
  Work: { Type: AWS::X::Y, Properties: { Url: !ImportValue QueueUrl, Subnet: { "Fn::ImportValue": !Sub "network-\${What}" }, Other: { "Fn::GetStackOutput": { StackName: data, OutputName: Url } } } }
Parameters: { What: { Type: String, Default: Subnet } }`

test('stacks beside each other share their exports, in whatever order they are written [CFN-R50, N.CLOUDFORMATION-05, N.CLOUDFORMATION-22]', () => {
  for (const names of [
    ['network', 'data', 'app'],
    ['app', 'data', 'network'],
  ] as const) {
    const all: Files = { network, data, app }
    const { template, problems, property } = loadBeside(
      Object.fromEntries(names.map((name) => [`${name}.yaml`, all[name]!])),
    )
    expect(problems.list).toEqual([])
    expect(template.resourceAt(property('app.Work', 'Url')!)?.logicalId).toBe('data.Queue')
    expect(property('app.Work', 'Other')).toBe(property('app.Work', 'Url'))
    expect(template.resourceAt(property('app.Work', 'Subnet')!)?.logicalId).toBe('network.Subnet')
    expect([...template.stacks.keys()], 'in the order of deployment').toEqual(['network', 'data', 'app'])
    expect(textOf(template.outputs.get('data.Url')?.value)).toBe(property('app.Work', 'Url'))
  }
})

test('where all stacks are known an unknown export is refused, and so are two of one name and circles [CFN-R19, CFN-R50, N.CLOUDFORMATION-22]', () => {
  const { problems } = loadBeside({ 'data.yaml': data.replace('network-Subnet', 'QueuUrl') })
  expect(problems.list).toMatchObject([
    { slug: 'unknown-export', message: 'no export named `QueuUrl` found', help: 'did you mean `QueueUrl`?' },
  ])
  expect(loadBeside({ 'network.yaml': network, 'data.yaml': data, 'copy.yaml': data }).slugs).toEqual([
    'duplicate-export',
  ])
  const from = (own: string, other: string): string =>
    `Resources: { Q: { Type: AWS::X::Y, Properties: { V: !ImportValue ${other} } } }\nOutputs: { O: { Value: !Ref Q, Export: { Name: ${own} } } }`
  expect(loadBeside({ 'a.yaml': from('A', 'B'), 'b.yaml': from('B', 'A') }).problems.list).toMatchObject([
    { slug: 'circular-import', message: 'stacks import from each other: `a` → `b` → `a`' },
  ])
  const through = (own: string, other: string): string =>
    `Resources: { Q: { Type: AWS::X::Y } }\nOutputs: { O: { Value: !ImportValue ${other}, Export: { Name: ${own} } } }`
  expect(
    loadBeside({ 'a.yaml': through('A', 'B'), 'b.yaml': through('B', 'A') }).problems.list.map(
      ({ message }) => message,
    ),
  ).toEqual(['exports depend on each other: `B` → `A` → `B`', 'stacks import from each other: `a` → `b` → `a`'])
  expect(loadBeside({ 'a.yaml': network.replace('!Sub "${AWS::StackName}-Subnet"', '!Ref Subnet') }).slugs).toContain(
    'resource-in-condition',
  )
})

test('a value from outside goes to the stack it names, or to every stack that has the parameter', () => {
  const sizes = (parameters: Readonly<Record<string, string>>): Loaded =>
    loadBeside({ 'network.yaml': network, 'data.yaml': data }, parameters)
  const all = sizes({ Size: '3' })
  expect(all.property('data.Queue', 'Size')).toBe('3')
  expect(all.template.parameters.get('network.Size')?.text).toBe('3')
  const one = sizes({ 'data.Size': '4' })
  expect(one.property('data.Queue', 'Size')).toBe('4')
  expect(one.template.parameters.get('network.Size')?.text).toBe('1')
  expect(sizes({ 'data.Siez': '4' }).problems.list).toMatchObject([
    { slug: 'parameter-not-declared', help: 'did you mean `Size`?' },
  ])
})

test('a simulation names the resources of other stacks by their prefixed names', () => {
  const { template, problems } = loadBeside({ 'network.yaml': network, 'data.yaml': data })
  const written = parsed(
    's.yaml',
    '[!Ref data.Queue, !GetAtt data.Queue.QueueName, !Sub "${data.Queue} ${data.Size} ${network.Subnet}", !Ref data.Size]',
    problems,
  )
  const [url, name, both, size] = toJs(template.resolve(written)) as string[]
  expect(problems.list).toEqual([])
  expect(template.resourceAt(url!)?.logicalId).toBe('data.Queue')
  expect(template.resourceAt(name!)?.logicalId).toBe('data.Queue')
  expect(both).toMatch(/^https:\S+ 1 subnet-\w+$/)
  expect(String(size)).toBe('1')
  template.resolve(parsed('s.yaml', '!Ref data.Queu', problems))
  expect(problems.list).toMatchObject([{ slug: 'unresolved-reference', help: 'did you mean `data.Queue`?' }])
})

test('AWS::Include puts a file where it is asked for, alone or beside other keys [CFN-R23]', () => {
  const main = `
Parameters: { File: { Type: String, Default: queue.yaml } }
Transform: { Name: AWS::Include, Parameters: { Location: mappings.yaml } }
Resources:
  "Fn::Transform": { Name: AWS::Include, Parameters: { Location: ./more.yaml } }
  Jobs: { Type: AWS::SQS::Queue, Properties: { "Fn::Transform": { Name: AWS::Include, Parameters: { Location: !Ref File } } } }
`
  const files = {
    'app/main.yaml': main,
    'app/mappings.yaml': 'Mappings: { M: { a: { b: 30 } } }',
    'app/more.yaml': 'More: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [M, a, b] } }',
    'app/queue.yaml': 'DelaySeconds: 5\nVisibilityTimeout: 7',
  }
  const problems = new Problems()
  const root = parsed('app/main.yaml', main, problems)
  const options = { parameters: new Map<string, string>(), files: reader(files), path: 'app/main.yaml' }
  const { property, template } = loaded(templateOf(root, options, problems), problems)
  expect(problems.list).toEqual([])
  expect([...template.resources.keys()]).toEqual(['Jobs', 'More'])
  expect(property('Jobs', 'VisibilityTimeout')).toBe('7')
  expect(property('More', 'DelaySeconds')).toBe('30')
})

test('an include that brings nothing is told, and one that brings too much is stopped', () => {
  const including = (location: string, files: Files = {}): readonly string[] =>
    load({
      'main.yaml': `Resources: { Q: { Type: AWS::X::Y, Properties: { V: 1, "Fn::Transform": { Name: AWS::Include, Parameters: ${location} } } } }`,
      ...files,
    }).slugs
  expect(including('{ Location: s3://bucket/x.yaml }')).toEqual(['include-elsewhere'])
  expect(including('{ Location: x.yaml }')).toEqual(['include-missing'])
  expect(including('{}')).toEqual(['include-shape'])
  expect(including('{ Location: x.yaml }', { 'x.yaml': 'V: 2' })).toEqual(['duplicate-key'])
  expect(including('{ Location: x.yaml }', { 'x.yaml': '[1]' })).toEqual(['wrong-type'])
  const self = '{ W: { "Fn::Transform": { Name: AWS::Include, Parameters: { Location: x.yaml } } } }'
  expect(including('{ Location: x.yaml }', { 'x.yaml': self })).toContain('include-too-deep')
  const wide = `[${Array.from({ length: 60_000 }, () => 1).join(',')}]`
  const four = Array.from(
    { length: 4 },
    (_, i) => `K${i}: { "Fn::Transform": { Name: AWS::Include, Parameters: { Location: w.yaml } } }`,
  ).join('\n')
  expect(including('{ Location: x.yaml }', { 'x.yaml': four, 'w.yaml': wide })).toContain('document-too-large')
})

test('a macro is not run, and what stands around it stays', () => {
  const { template, problems } = load({
    'main.yaml': `
Transform: [Mine, AWS::LanguageExtensions]
Resources:
  Fn::Transform: { Name: More }
  Q: { Type: AWS::X::Y, Properties: { V: { Fn::Transform: { Name: Less } }, W: 1 } }`,
  })
  expect(problems.list.map(({ slug, severity }) => `${severity} ${slug}`)).toEqual(
    Array.from({ length: 3 }, () => 'note macro-not-run'),
  )
  expect(toJs(template.resources.get('Q')!.properties)).toEqual({ W: 1 })
  expect(
    load({ 'main.yaml': 'Transform: AWS::Serverless-2016-10-30\nResources: { Q: { Type: AWS::X::Y } }' }).problems.list,
  ).toMatchObject([{ slug: 'unknown-transform', help: 'did you mean `AWS::Serverless-2016-10-31`?' }])
})

test('a nested stack that waits for another is opened when that one is', () => {
  // `First` imports what `Third` exports; on the way `Second` is asked, which waits for `First`.
  const main = `Resources:
  First: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: take.yaml, Parameters: { V: !ImportValue Found } } }
  Second: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: take.yaml, Parameters: { V: !GetAtt First.Outputs.V } } }
  Third: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: give.yaml } }`
  const take = `Parameters: { V: { Type: String } }
Resources: { Q: { Type: AWS::X::Y, Properties: { V: !Ref V } } }
Outputs: { V: { Value: !Sub "\${V}!" } }`
  const give = `Resources: { Q: { Type: AWS::X::Y } }\nOutputs: { V: { Value: seven, Export: { Name: Found } } }`
  const { property, problems } = load({ 'main.yaml': main, 'take.yaml': take, 'give.yaml': give })
  expect(problems.list).toEqual([])
  expect(property('First.Q', 'V')).toBe('seven')
  expect(property('Second.Q', 'V')).toBe('seven!')
})

test('a template with a name of its own for a resource cannot be nested twice', () => {
  const stack = '{ Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: queue.yaml } }'
  const named = (name: string): Loaded =>
    load({
      'main.yaml': `Resources: { A: ${stack}, B: ${stack} }`,
      'queue.yaml': `Resources: { Q: { Type: AWS::SQS::Queue, Properties: { QueueName: ${name} } } }`,
    })
  expect(named('jobs').problems.list).toMatchObject([
    { slug: 'duplicate-name', severity: 'error', message: '`B.Q` is called `jobs`, as `A.Q` is already' },
  ])
  expect(named('!Sub "${AWS::StackName}-jobs"').slugs).toEqual([])
})

test('a costly pattern is paid once for all includes that name its parameter, and together for all nested stacks', () => {
  const costly = `Parameters: { P: { Type: String, AllowedPattern: "(((a{0,99}){0,99})*)*b", Default: ${'a'.repeat(4000)} } }`
  const include = '{ Fn::Transform: { Name: AWS::Include, Parameters: { Location: !Ref P } } }'
  const child = '{ Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: child.yaml } }'
  const many = (one: string): string => Array.from({ length: 100 }, (_, i) => `N${i}: ${one}`).join(', ')
  const files = { 'child.yaml': `${costly}\nResources: { Q: { Type: AWS::SQS::Queue } }` }
  for (const resources of [many(child), `R: { Type: AWS::X::Y, Properties: { ${many(include)} } }`]) {
    const before = performance.now()
    const { slugs } = load({ ...files, 'main.yaml': `${costly}\nResources: { ${resources} }` })
    expect(slugs).toContain('pattern-not-checked')
    // Half a minute when each began anew.
    expect(performance.now() - before).toBeLessThan(5000)
  }
})
