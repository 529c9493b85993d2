// What all stacks of one scenario share: its files, the values that one exports and another imports, and the texts of their resources.
//
// The one idea: stacks are read lazily, like everything in them. An import asks the exporting stack for the one value it needs,
// so the order in which stacks are written means nothing; the order in which they would be deployed follows from who asked whom.
import type { Problems } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import { parseDocument, templateLimits } from './document.ts'
import type { FileReader } from './files.ts'
import type { Node } from './node.ts'
import { PatternSteps } from './pattern.ts'
import type { ResourceAt } from './physical.ts'
import type { TemplateQuotas } from './quotas.ts'
import { Room } from './room.ts'
import type { Export, Stack } from './stack.ts'

/** Stacks in stacks in …; AWS names no limit, files that link to themselves have one here. */
const deepestNesting = 20

export interface Settings {
  readonly region: string
  readonly account: string
  readonly partition: string
  readonly urlSuffix: string
  readonly ssm: ReadonlyMap<string, string>
  /** Values that stacks elsewhere export. */
  readonly imports: ReadonlyMap<string, string>
  readonly dummies: boolean
  readonly files: FileReader
  readonly quotas: TemplateQuotas
}

export class Deployment {
  readonly settings: Settings
  readonly problems: Problems
  /** The stacks that are nobody's part, in the order in which the scenario has them. */
  readonly top: Stack[] = []
  /** How much the functions of all stacks may make. */
  readonly room: Room
  /** What the patterns of all stacks' parameters may cost. */
  readonly patternSteps = new PatternSteps()
  /** Texts of all resources by what they name. */
  readonly texts = new Map<string, readonly (ResourceAt & { type: string })[]>()
  /** Texts that were made up because nobody gave them. */
  readonly standIns = new Set<string>()
  private readonly parsed = new Map<string, Node | undefined>()
  private readonly computing: Export[] = []
  private readonly told = new Set<string>()
  private made = 0
  private waiting = false

  constructor(settings: Settings, problems: Problems) {
    this.settings = settings
    this.problems = problems
    this.room = new Room(problems)
  }

  /** The tree of a template file, or undefined with the reason told. One that cannot be read leaves its stack out. */
  templateAt(path: string, chain: readonly string[], from: Span): Node | undefined {
    if (chain.includes(path)) {
      const shown = [...chain.slice(chain.indexOf(path)), path].map((each) => `\`${each}\``).join(' → ')
      this.problems.error('circular-nesting', `the template nests itself: ${shown}`, from)
      return undefined
    }
    if (chain.length > deepestNesting) {
      this.problems.error('nested-too-deep', `stacks are nested at most ${deepestNesting} levels deep`, from)
      return undefined
    }
    if (!this.parsed.has(path)) {
      const file = this.settings.files.read(path, 'template')
      if (!file.ok) {
        const help = `${file.help}; the stack is not simulated, and what it outputs is made up`
        this.problems.warning('nested-template-missing', file.message, from, { help })
      }
      const source = { name: (file.ok ? file.name : undefined) ?? path, text: file.ok ? file.value : '' }
      this.parsed.set(path, file.ok ? parseDocument(source, this.problems, templateLimits) : undefined)
    }
    return this.parsed.get(path)
  }

  /** Books the resources of a stack; false when all stacks together have too many (CFN-R51). */
  book(resources: number, from: Span): boolean {
    const most = this.settings.quotas.NestedResources
    const before = this.made
    this.made += resources
    if (this.made <= most || this.top.length === 0) return true
    if (before <= most)
      this.problems.error('too-many-resources', `nested stacks have at most ${most} resources together`, from)
    return false
  }

  /** Says that a stack asked for an output of one that is being opened: it has to be opened later. */
  wait(): void {
    this.waiting = true
  }

  /** What `open` makes, or undefined when it had to wait; what was booked on the way is given back. */
  attempt(open: () => Stack | undefined): { readonly stack: Stack | undefined } | undefined {
    const { made, waiting } = this
    this.waiting = false
    const stack = open()
    const mustWait = this.waiting
    this.waiting = waiting
    if (!mustWait) return { stack }
    this.made = made
    return undefined
  }

  /** Every stack that there is, nested ones behind the one they belong to. */
  stacks(): readonly Stack[] {
    return this.top.flatMap((stack) => stack.withNested())
  }

  /** The value that `importer` imports; a text that stands in where no stack exports it (CFN-R19). */
  imported(name: string, importer: Stack, from: Span): string {
    const given = this.settings.imports.get(name)
    if (given !== undefined) return given
    const found = this.exportNamed(name)
    if (found === undefined) return this.unknownExport(name, from)
    importer.needs.add(found.stack)
    if (this.computing.includes(found)) {
      const path = [...this.computing.slice(this.computing.indexOf(found)), found]
      const shown = path.map((each) => `\`${each.name}\``).join(' → ')
      this.problems.error('circular-import', `exports depend on each other: ${shown}`, from)
      return this.standIn(name)
    }
    this.computing.push(found)
    const value = found.stack.outputText(found.output)
    this.computing.pop()
    return value ?? this.standIn(name)
  }

  /** What another stack outputs, exported or not. A stack that is not here is somebody else's: its output is made up. */
  stackOutput(stackName: string, output: string, reader: Stack, from: Span): string {
    for (const stack of this.stacks()) {
      if (stack.standing.stackName !== stackName || stack === reader) continue
      reader.needs.add(stack)
      if (stack.hasOutputNamed(output)) return stack.outputText(output) ?? this.standIn(output)
      this.problems.error('unknown-output', `the stack \`${stackName}\` has no output \`${output}\``, from)
      return this.standIn(output)
    }
    const message = `the stack \`${stackName}\` is not part of the scenario; its output \`${output}\` is made up`
    this.problems.note('export-made-up', message, from)
    return this.standIn(`${stackName}-${output}`)
  }

  /** Stacks on top first: to look into a nested one means to open it. */
  private exportNamed(name: string): Export | undefined {
    for (const stack of [...this.top, ...this.stacks()]) {
      const found = stack.exports().get(name)
      if (found !== undefined) return found
    }
    return undefined
  }

  private unknownExport(name: string, from: Span): string {
    const standIn = this.standIn(name)
    if (this.told.has(name)) return standIn
    this.told.add(name)
    // A template alone says nothing about its neighbours; where the scenario names them, they are all that there is.
    if (this.settings.dummies && this.top.length <= 1) {
      this.problems.note('export-made-up', `no stack here exports \`${name}\`; \`${standIn}\` stands in`, from)
      return standIn
    }
    const known = [...this.settings.imports.keys()]
    for (const stack of this.stacks()) known.push(...stack.exports().keys())
    const near = nearest(name, known)
    const help = near === undefined ? undefined : { help: `did you mean \`${near}\`?` }
    this.problems.error('unknown-export', `no export named \`${name}\` found`, from, help)
    return standIn
  }

  private standIn(name: string): string {
    const standIn = `import-${name.replace(/[^A-Za-z0-9]+/g, '-')}`
    this.standIns.add(standIn)
    return standIn
  }

  /** Refuses a name that two stacks export (CFN-R50) and stacks that import from each other. */
  checkExports(): void {
    const seen = new Map<string, Export>()
    for (const stack of this.stacks()) {
      for (const each of stack.exports().values()) {
        const first = seen.get(each.name)
        if (first === undefined) seen.set(each.name, each)
        else {
          const also = [{ span: first.span, label: 'first here' }]
          const message = `the export \`${each.name}\` exists already; a name is exported once in an account and region`
          this.problems.error('duplicate-export', message, each.span, { also })
        }
      }
    }
  }

  /** The top stacks, each behind those whose exports it imports; a circle among them is an error. */
  inOrder(): readonly Stack[] {
    const done = new Set<Stack>()
    const path: Stack[] = []
    const visit = (stack: Stack): void => {
      if (path.includes(stack)) {
        const cycle = [...path.slice(path.indexOf(stack)), stack].map((each) => `\`${each.label}\``).join(' → ')
        this.problems.error('circular-import', `stacks import from each other: ${cycle}`, stack.span)
        return
      }
      if (done.has(stack)) return
      path.push(stack)
      for (const nested of stack.withNested()) {
        for (const needed of nested.needs) if (needed.root !== stack) visit(needed.root)
      }
      path.pop()
      done.add(stack)
    }
    for (const stack of this.top) visit(stack)
    return [...done]
  }
}
