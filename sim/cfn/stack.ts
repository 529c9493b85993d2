// One stack: a template with the values of its parameters, and the stacks nested in it.
//
// The one idea: the order is AWS's own. Includes, language extensions and the SAM transform rewrite the tree first, conditions then
// decide which resources exist, and only then are the functions of the remaining ones resolved against made-up physical ids.
import type { Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'
import type { Deployment } from './deployment.ts'
import { folderOf, isRemote, joinPath } from './files.ts'
import { expandIncludes } from './includes.ts'
import { expandLoops } from './language-extensions.ts'
import { at, Dict, entries, get, has, isMap, stringOf, textOf } from './node.ts'
import type { Entry, Node } from './node.ts'
import { readParameters } from './parameters.ts'
import type { Given, Parameter } from './parameters.ts'
import { checkRules } from './rules.ts'
import { transformServerless } from './sam/transform.ts'
import type { Transformed } from './sam/transform.ts'
import { known, readDependsOn } from './resource-parts.ts'
import { checkOutput, conditionCall } from './outputs.ts'
import { TemplateScope } from './scope.ts'
import {
  checkMappings,
  checkNames,
  checkNulls,
  checkResources,
  checkSections,
  readPolicy,
  readTransforms,
  refuseServerless,
} from './sections.ts'
import type { CfnResource, Output } from './template.ts'

/** Where a stack stands: what it is called, which file it is, and whose part. */
export interface Standing {
  /** What its resources' names begin with: empty, or `Nested.`. */
  readonly prefix: string
  readonly stackName: string
  readonly stackId?: string
  /** The template's file, as seen from the scenario's folder. */
  readonly path: string
  /** The files of the stacks around it. */
  readonly chain: readonly string[]
  readonly root?: Stack
  /** Whether it is only there to hold other stacks. */
  readonly mayBeEmpty?: boolean
  /** The place that names the stack, where its own file is not the reason. */
  readonly span: Span
}

export interface Export {
  readonly name: string
  readonly output: string
  readonly stack: Stack
  readonly span: Span
}

/** A stack's name in the scenario and its template. */
export interface StackInfo {
  /** As resources are prefixed: `Network`, `App.Cache`. */
  readonly name: string
  readonly stackName: string
  /** The template's file, as seen from the scenario's folder. */
  readonly path: string
}

const nestedType = 'AWS::CloudFormation::Stack'

export class Stack {
  readonly standing: Standing
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly scope: TemplateScope
  /** Stacks whose exports this one imports. */
  readonly needs = new Set<Stack>()
  private readonly deployment: Deployment
  private readonly tree: Dict
  private readonly made: Transformed
  /** A macro of the template that is not run. */
  private readonly macro: string | undefined
  /** The resources that are stacks. */
  private readonly nestedIds: readonly string[]
  private readonly nested = new Map<string, Stack | undefined>()
  private readonly opening = new Set<string>()
  private readonly outputTexts = new Map<string, string | undefined>()
  private exported: Map<string, Export> | undefined

  private constructor(
    standing: Standing,
    tree: Dict,
    parameters: ReadonlyMap<string, Parameter>,
    made: Transformed,
    transforms: readonly string[],
    deployment: Deployment,
  ) {
    this.standing = standing
    this.tree = tree
    this.parameters = parameters
    this.made = made
    this.nestedIds = entries(made.resources)
      .filter(({ value }) => stringOf(get(value, 'Type')) === nestedType)
      .map(({ key }) => key)
    this.macro = transforms.find((name) => !name.startsWith('AWS::'))
    this.deployment = deployment
    const { settings, problems } = deployment
    this.scope = new TemplateScope(
      { ...settings, ...standing },
      {
        parameters,
        mappings: get(tree, 'Mappings'),
        conditions: made.conditions,
        resources: made.resources,
        hasExtensions: transforms.includes('AWS::LanguageExtensions'),
      },
      {
        ...{ room: deployment.room, texts: deployment.texts, standIns: deployment.standIns, prefix: standing.prefix },
        ...{ ssm: settings.ssm, dummies: settings.dummies },
        imported: (name, from) => deployment.imported(name, this, from),
        stackOutput: (stackName, output, from) => deployment.stackOutput(stackName, output, this, from),
        output: (logicalId, name, from) => this.nestedOutput(logicalId, name, from),
      },
      problems,
    )
  }

  /** Reads a template's tree up to where its functions can be asked. Undefined when there is nothing to go on with. */
  static read(
    root: Dict,
    given: ReadonlyMap<string, Given>,
    standing: Standing,
    deployment: Deployment,
  ): Stack | undefined {
    const { settings, problems, patternSteps } = deployment
    const { quotas } = settings
    const { path, stackName } = standing
    const included = expandIncludes(root, { folder: folderOf(path), given, stackName }, deployment)
    if (!checkSections(included, quotas, problems)) return undefined
    const transforms = readTransforms(included, problems)
    checkMappings(get(included, 'Mappings'), quotas, problems)
    const letters = { name: /^[A-Za-z0-9]+$/, of: 'letters and digits only' }
    const declared = get(included, 'Parameters')
    checkNames(declared, { one: 'parameter', most: quotas.Parameters, ...letters }, quotas, problems)
    const parameters = readParameters(declared, { given, ...settings, patternSteps }, problems)
    const around = { parameters, transforms, stack: { ...settings, stackName }, room: deployment.room }
    const tree = expandLoops(included, around, problems)
    const outputs = get(tree, 'Outputs')
    checkNames(outputs, { one: 'output', most: quotas.Outputs, ...letters }, quotas, problems)
    const written = {
      resources: get(tree, 'Resources') as Dict,
      ...{ conditions: get(tree, 'Conditions'), outputs, globals: get(tree, 'Globals') },
    }
    checkResources(written.resources, declared, problems)
    if (!transforms.includes('AWS::Serverless-2016-10-31')) refuseServerless(written.resources, included, problems)
    checkNulls(tree, problems)
    const samSettings = { parameters, standIns: settings.dummies, ...settings }
    const made = transformServerless(written, samSettings, problems)
    const count = made.resources.pairs.size
    if (count === 0 && standing.mayBeEmpty !== true)
      problems.warning('no-resources', 'CloudFormation asks for at least one resource', written.resources.span)
    if (count > quotas.Resources) {
      const message = `a template has at most ${quotas.Resources} resources, not ${count}`
      problems.error('too-many-resources', message, written.resources.span)
      return undefined
    }
    if (!deployment.book(count, standing.span)) return undefined
    return new Stack(standing, tree, parameters, made, transforms, deployment)
  }

  /** The stack's name in the scenario; for the scenario's own template that of its file. */
  get label(): string {
    return this.standing.prefix === '' ? this.standing.path : this.standing.prefix.slice(0, -1)
  }

  get span(): Span {
    return this.standing.span
  }

  /** The stack that this one is a part of, or itself. */
  get root(): Stack {
    return this.standing.root ?? this
  }

  get info(): StackInfo {
    const { stackName, path } = this.standing
    return { name: this.label, stackName, path }
  }

  section(name: string): Node | undefined {
    return get(this.tree, name)
  }

  /** This stack and all nested in it. */
  withNested(): readonly Stack[] {
    const all: Stack[] = [this]
    for (const logicalId of this.nestedIds) all.push(...(this.child(logicalId)?.withNested() ?? []))
    return all
  }

  /** The nested stack of a resource, read at its first use; undefined for other resources and templates that are not at hand. */
  child(logicalId: string): Stack | undefined {
    if (this.nested.has(logicalId)) return this.nested.get(logicalId)
    const resource = get(this.made.resources, logicalId)
    if (stringOf(get(resource, 'Type')) !== nestedType || this.opening.has(logicalId)) return undefined
    if (!this.scope.exists(logicalId)) return undefined
    this.opening.add(logicalId)
    const opened = this.deployment.attempt(() => this.open(logicalId, resource))
    this.opening.delete(logicalId)
    if (opened !== undefined) this.nested.set(logicalId, opened.stack)
    return opened?.stack
  }

  private open(logicalId: string, resource: Node | undefined): Stack | undefined {
    const { problems } = this.deployment
    const located = this.location(logicalId, resource)
    const place = resource?.span ?? this.span
    if (located === undefined) return undefined
    const location = textOf(located)
    if (location === undefined || isRemote(location) || this.deployment.standIns.has(location)) {
      const where = location === undefined ? 'an application of the repository' : `\`${location}\``
      const message = `the nested stack \`${logicalId}\` is not simulated: its template is ${where}`
      problems.note('nested-template-elsewhere', message, located.span)
      return undefined
    }
    const { path, chain, prefix } = this.standing
    const file = joinPath(folderOf(path), location)
    const around = [...chain, path]
    const root = this.deployment.templateAt(file, around, located.span)
    if (root === undefined) return undefined
    if (!isMap(root)) {
      problems.error('wrong-type', `the template of \`${logicalId}\` is no map of sections`, root.span)
      return undefined
    }
    const physical = this.scope.physicalOf(logicalId)
    const standing: Standing = {
      prefix: `${prefix}${logicalId}.`,
      stackName: physical?.name ?? logicalId,
      ...known('stackId', physical?.ref),
      ...{ path: file, chain: around, root: this.root, span: place },
    }
    return Stack.read(root, this.parametersOf(logicalId, resource), standing, this.deployment)
  }

  /** `TemplateURL`; for a SAM application its `Location`, which the transform would have packaged into a bucket. */
  private location(logicalId: string, resource: Node | undefined): Node | undefined {
    const origin = at(this.tree, 'Resources', this.made.origins.get(logicalId) ?? logicalId)
    const isApplication = stringOf(get(origin, 'Type')) === 'AWS::Serverless::Application'
    const written = at(isApplication ? origin : resource, 'Properties', isApplication ? 'Location' : 'TemplateURL')
    return written === undefined ? undefined : this.scope.resolveFor(logicalId, written)
  }

  private parametersOf(logicalId: string, resource: Node | undefined): Map<string, Given> {
    const given = new Map<string, Given>()
    const written = at(resource, 'Properties', 'Parameters')
    const resolved = written === undefined ? undefined : this.scope.resolveFor(logicalId, written)
    for (const { key, keySpan, value } of entries(resolved)) {
      const text = textOf(value)
      if (text !== undefined) given.set(key, { text, span: value.span, keySpan })
      else
        this.deployment.problems.error(
          'wrong-type',
          `the parameter \`${key}\` of a nested stack is a text`,
          value.span,
          {
            help: 'join a list: `!Join [",", …]`',
          },
        )
    }
    return given
  }

  /** What `Fn::GetAtt` of `Outputs.Name` gives; undefined when the nested stack is not at hand. */
  private nestedOutput(logicalId: string, name: string, from: Span): string | undefined {
    if (this.opening.has(logicalId)) this.deployment.wait()
    const child = this.child(logicalId)
    if (child === undefined) return undefined
    const known = entries(child.made.outputs).map((entry) => entry.key)
    if (known.includes(name)) return child.outputText(name)
    const near = nearest(name, known)
    const help =
      near === undefined
        ? `it outputs ${known.length === 0 ? 'nothing' : known.map((each) => `\`${each}\``).join(', ')}`
        : `did you mean \`${near}\`?`
    this.deployment.problems.error('unknown-output', `the stack \`${logicalId}\` has no output \`${name}\``, from, {
      help,
    })
    return undefined
  }

  hasOutputNamed(name: string): boolean {
    return has(this.made.outputs, name)
  }

  /** The text of an output's value, resolved at its first use. */
  outputText(name: string): string | undefined {
    if (this.outputTexts.has(name)) return this.outputTexts.get(name)
    this.outputTexts.set(name, undefined)
    const written = get(get(this.made.outputs, name), 'Value')
    const text = written === undefined ? undefined : textOf(this.scope.resolveAside(written))
    this.outputTexts.set(name, text)
    return text
  }

  /** What this stack itself exports, by the names under which other stacks import it. */
  exports(): ReadonlyMap<string, Export> {
    if (this.exported !== undefined) return this.exported
    this.exported = new Map()
    for (const { key: output, value } of entries(this.made.outputs)) {
      const written = at(value, 'Export', 'Name')
      if (written === undefined || !this.hasOutput(value)) continue
      const name = textOf(
        this.scope.beforeResources(`the export of \`${output}\``, () => this.scope.intrinsics.resolve(written)),
      )
      if (name !== undefined) this.exported.set(name, { name, output, stack: this, span: written.span })
    }
    return this.exported
  }

  private hasOutput(node: Node): boolean {
    const condition = get(node, 'Condition')
    return condition === undefined || this.scope.intrinsics.isTrue(conditionCall(condition))
  }

  /** Puts the resources of this stack and of those nested in it into `into`, each nested one's behind its own resource. */
  deploy(into: Map<string, CfnResource>): void {
    checkRules(get(this.tree, 'Rules'), this.scope, this.deployment.problems)
    for (const entry of entries(this.made.resources)) {
      const resource = this.readResource(entry)
      if (resource === undefined) continue
      into.set(resource.logicalId, resource)
      this.child(entry.key)?.deploy(into)
    }
    this.scope.rememberAll()
    this.scope.checkDynamicReferences(this.deployment.settings.quotas.DynamicReferences, this.tree.span)
  }

  private readResource(entry: Entry): CfnResource | undefined {
    const { key, keySpan, value: node } = entry
    const { scope } = this
    const { prefix } = this.standing
    const { problems } = this.deployment
    const typeNode = get(node, 'Type')
    const type = stringOf(typeNode)
    if (typeNode === undefined || type === undefined || !scope.exists(key)) return undefined
    const attribute = (name: string): Node | undefined => {
      const written = get(node, name)
      return written === undefined ? undefined : scope.resolveFor(key, written)
    }
    const properties = attribute('Properties')
    const written = entries(get(node, 'Properties')).map((each) => each.key)
    const dependsOn = readDependsOn(get(node, 'DependsOn'), key, scope, problems)
    const origin = this.made.origins.get(key)
    const policy = (name: 'DeletionPolicy' | 'UpdateReplacePolicy'): string | undefined => {
      const value = attribute(name)
      return scope.isStandIn(textOf(value) ?? '') ? undefined : readPolicy(name, type, value, problems)
    }
    return {
      ...{ logicalId: prefix + key, type, typeSpan: typeNode.span, span: node.span, keySpan },
      dependsOn: dependsOn.map((each) => prefix + each),
      properties: isMap(properties) ? properties : new Dict(new Map(), node.span),
      references: [...new Set([...scope.referencesOf(key), ...dependsOn])].map((each) => prefix + each),
      ...known('written', written.some((name) => name.startsWith('Fn::')) ? undefined : written),
      ...known('macro', this.macro),
      ...known('condition', stringOf(get(node, 'Condition'))),
      ...known('origin', origin === undefined ? undefined : prefix + origin),
      ...known('metadata', get(node, 'Metadata')),
      ...known('creationPolicy', attribute('CreationPolicy')),
      ...known('updatePolicy', attribute('UpdatePolicy')),
      ...known('deletionPolicy', policy('DeletionPolicy')),
      ...known('updateReplacePolicy', policy('UpdateReplacePolicy')),
    }
  }

  /** Every output whose condition holds (CFN-R50). */
  outputs(): Map<string, Output> {
    const outputs = new Map<string, Output>()
    const { problems } = this.deployment
    for (const { key: name, keySpan, value: node } of entries(this.made.outputs)) {
      if (!isMap(node)) {
        problems.error('wrong-type', `the output \`${name}\` is not a map with at least a \`Value\``, node.span)
        continue
      }
      checkOutput(node, name, problems)
      if (!this.hasOutput(node)) continue
      const written = get(node, 'Value')
      if (written === undefined) {
        problems.error('output-without-value', `the output \`${name}\` has no \`Value\``, keySpan)
        continue
      }
      const value = this.scope.resolveAside(written)
      if (value === undefined) continue
      if (textOf(value) === undefined && !this.scope.isUncertain) {
        const help = 'join a list: `!Join [",", …]`'
        problems.error('wrong-type', `the value of the output \`${name}\` is a text`, written.span, { help })
      }
      const exported = [...this.exports().values()].find((each) => each.output === name)
      outputs.set(name, {
        ...{ name, value, span: node.span },
        ...known('description', textOf(get(node, 'Description'))),
        ...known('exportName', exported?.name),
      })
    }
    return outputs
  }
}
