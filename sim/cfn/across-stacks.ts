// What the functions of a `Simulation` section can see: the scenario's own template, and by their prefixed names all other stacks.
import type { Span } from '../diag/span.ts'
import type { Deployment } from './deployment.ts'
import type { Scope } from './intrinsics.ts'
import type { Node } from './node.ts'
import type { Stack } from './stack.ts'
import type { TemplateScope } from './scope.ts'
import { textOf } from './node.ts'

export class AcrossStacks implements Scope {
  private readonly own: Stack
  private readonly deployment: Deployment
  readonly region: string
  readonly isBare: boolean
  readonly hasExtensions = true

  constructor(own: Stack, deployment: Deployment) {
    this.own = own
    this.deployment = deployment
    this.region = own.scope.region
    this.isBare = own.scope.isBare
  }

  /** The stack that a prefixed name lies in, and what is left of the name; the longest prefix counts. */
  private find(name: string): { readonly stack: Stack; readonly scope: TemplateScope; readonly rest: string } {
    let found = { stack: this.own, scope: this.own.scope, rest: name }
    let longest = 0
    for (const stack of this.deployment.stacks()) {
      const { prefix } = stack.standing
      if (prefix.length <= longest || !name.startsWith(prefix)) continue
      found = { stack, scope: stack.scope, rest: name.slice(prefix.length) }
      longest = prefix.length
    }
    return found
  }

  parameter(name: string): Node | null | undefined {
    const { scope, rest } = this.find(name)
    return scope.parameter(rest)
  }

  ref(name: string, from: Span): string | undefined {
    const { scope, rest } = this.find(name)
    return scope.ref(rest, from)
  }

  /** `Network.Queue.Arn` comes as `Network` and `Queue.Arn`; `${Network.Queue}` as an attribute that is a resource or parameter. */
  attribute(first: string, attribute: string, from: Span): string | undefined {
    const { stack, scope, rest } = this.find(`${first}.${attribute}`)
    if (stack === this.own) return scope.attribute(first, attribute, from)
    if (rest.startsWith('Outputs.')) return stack.outputText(rest.slice('Outputs.'.length))
    const dot = rest.indexOf('.')
    if (dot >= 0) return scope.attribute(rest.slice(0, dot), rest.slice(dot + 1), from)
    const parameter = scope.parameter(rest)
    return parameter === undefined || parameter === null ? scope.ref(rest, from) : textOf(parameter)
  }

  condition(name: string): boolean | undefined {
    const { scope, rest } = this.find(name)
    return scope.condition(rest)
  }

  mapping(name: string): Node | undefined {
    const { scope, rest } = this.find(name)
    return scope.mapping(rest)
  }

  beforeResources<T>(what: string, compute: () => T): T {
    return this.own.scope.beforeResources(what, compute)
  }

  stackOutput(stack: string, output: string, from: Span): string {
    return this.own.scope.stackOutput(stack, output, from)
  }

  imported(name: string, from: Span): string {
    return this.own.scope.imported(name, from)
  }

  dynamic(service: string, reference: string, from: Span): string | undefined {
    return this.own.scope.dynamic(service, reference, from)
  }

  isStandIn(text: string): boolean {
    return this.own.scope.isStandIn(text)
  }

  names(kind: 'referable' | 'resource' | 'condition' | 'mapping'): readonly string[] {
    const names: string[] = []
    for (const { scope, standing } of this.deployment.stacks())
      names.push(...scope.names(kind).map((name) => standing.prefix + name))
    return names
  }
}
