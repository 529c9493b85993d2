// What functions can see before there are resources: parameters, pseudo parameters and mappings. Loops and includes need no more.
import { Intrinsics } from './intrinsics.ts'
import type { Scope } from './intrinsics.ts'
import { entries, get } from './node.ts'
import type { Dict, Node } from './node.ts'
import type { Parameter } from './parameters.ts'
import type { Surroundings } from './physical.ts'
import { Problems } from '../diag/problem.ts'
import { pseudoParameter } from './pseudo.ts'
import type { Room } from './room.ts'

/** A template's values that do not depend on any resource. */
export class ParameterScope implements Scope {
  readonly region: string
  readonly isBare: boolean
  readonly hasExtensions = true
  private readonly root: Dict
  private readonly parameters: ReadonlyMap<string, Parameter>
  private readonly stack: Surroundings
  private readonly room: Room
  private readonly extra: ReadonlyMap<string, Node>

  /** `room` is what all functions of a scenario share; `extra` are names of loops around, with their present members. */
  constructor(
    root: Dict,
    parameters: ReadonlyMap<string, Parameter>,
    stack: Surroundings,
    room: Room,
    extra: ReadonlyMap<string, Node> = new Map(),
  ) {
    this.root = root
    this.parameters = parameters
    this.stack = stack
    this.room = room
    this.extra = extra
    this.region = stack.region
    this.isBare = [...parameters.values()].some((parameter) => parameter.origin === 'dummy')
  }

  /** The node without functions, or undefined when it cannot be known yet; nothing is reported but that there is no room left. */
  known(node: Node): Node | undefined {
    const problems = new Problems()
    const value = new Intrinsics(this, problems, this.room).resolve(node)
    return problems.hasErrors ? undefined : value
  }

  parameter(name: string): Node | null | undefined {
    const own = this.extra.get(name) ?? this.parameters.get(name)?.value
    return own ?? pseudoParameter(name, this.stack, this.root.span)
  }

  mapping(name: string): Node | undefined {
    return get(get(this.root, 'Mappings'), name)
  }

  ref(): undefined {
    return undefined
  }

  attribute(): undefined {
    return undefined
  }

  condition(): undefined {
    return undefined
  }

  beforeResources<T>(_what: string, compute: () => T): T {
    return compute()
  }

  stackOutput(): undefined {
    return undefined
  }

  imported(): undefined {
    return undefined
  }

  dynamic(): undefined {
    return undefined
  }

  isStandIn(text: string): boolean {
    return [...this.parameters.values()].some(({ origin, text: own }) => origin === 'dummy' && own === text)
  }

  names(kind: 'referable' | 'resource' | 'condition' | 'mapping'): readonly string[] {
    if (kind === 'mapping') return entries(get(this.root, 'Mappings')).map((entry) => entry.key)
    return kind === 'referable' ? [...this.parameters.keys()] : []
  }
}
