// What lints look at, made from a scenario that has been read without a mistake.
import { isList, isMap, isScalar, placeOf, stringOf, textOf, toJs } from '../cfn/index.ts'
import type { CfnResource, Node, Parameter, Template } from '../cfn/index.ts'
import type { Span } from '../diag/span.ts'
import type { InferredCall } from '../infer/index.ts'
import type { Profile } from '../model/contract.ts'
import type { HandlerView, PropertyPath, Scene, WorkloadView, Written } from './contract.ts'
import type { ComponentPlan } from '../model/plan.ts'
import type { Instruction, Program, Template as Value } from '../parts/program.ts'
import type { Backend } from '../parts/gateway-routes.ts'
import type { RatePoint } from '../parts/rate-curve.ts'
import type { RetrySettings } from '../parts/retry.ts'
import { OPEN_WAY, wayOf } from '../parts/reachability.ts'
import { flowsOf } from './flows.ts'

/** What the language hands over. */
export interface SceneSource {
  readonly template: Template
  readonly profile: Profile
  /** The template's components and the workloads, as the world gets them. */
  readonly components: readonly ComponentPlan[]
  readonly workloads: readonly ComponentPlan[]
  /** Places of the workloads' names and of the handlers' steps; a workload without one was inferred and is not looked at. */
  readonly workloadSpans: ReadonlyMap<string, Span>
  readonly stepSpans: ReadonlyMap<Instruction, Span>
  /** The functions whose handlers somebody wrote. */
  readonly handlers: ReadonlySet<string>
  /** Calls that were read out of permissions and names. */
  readonly calls: readonly InferredCall[]
  quota(name: string): number
}

export function sceneOf(source: SceneSource): Scene {
  const { template } = source
  const plans = new Map(source.components.map((component) => [component.name, component]))
  const guesses = guessesOf(template)
  const written = new Map<string, Written>()
  for (const resource of template.resources.values())
    written.set(resource.logicalId, writtenOf(resource, plans.get(resource.logicalId), guesses))
  const at = (text: unknown): Written | undefined => {
    let found: Written | undefined
    // An alias of a version of a function is the longest way.
    for (let next = text, hops = 0; typeof next === 'string' && hops < 4; hops++) {
      found = written.get(next) ?? written.get(template.resourceAt(next)?.logicalId ?? '')
      if (found?.type !== 'AWS::Lambda::Alias' && found?.type !== 'AWS::Lambda::Version') break
      next = found.value('FunctionName')
    }
    return found
  }
  const all = [...written.values()]
  const handlers = [...plans.values()].flatMap(({ name, config }) => {
    const program = config['Handler'] as Program | undefined
    const of = written.get(name)
    return of === undefined || !Array.isArray(program?.code) ? [] : [handlerOf(of, program!, source)]
  })
  const account = source.components.find(({ def }) => def.network !== undefined)
  const graph = account?.def.network!(account.config)
  const standing = (name: string) => ({ name, place: plans.get(name)?.def.place?.(plans.get(name)!.config) })
  const scene: Omit<Scene, 'flows'> = {
    profile: source.profile,
    all: (...types) => (types.length === 0 ? all : all.filter((resource) => types.includes(resource.type))),
    at,
    quota: (name) => source.quota(name),
    handlers,
    workloads: source.workloads.flatMap((plan) => workloadOf(plan, at, source.workloadSpans)),
    wayOf: (from, to, action) => (graph === undefined ? OPEN_WAY : wayOf(graph, standing(from), standing(to), action)),
  }
  return { ...scene, flows: flowsOf(scene, source.calls) }
}

/** The names of the parameters whose values are made up, or stored where nobody looked. */
function guessesOf(template: Template): ReadonlySet<string> {
  const isGuess = ({ origin, type, isStored }: Parameter): boolean =>
    origin === 'dummy' || (type.startsWith('AWS::SSM::') && !isStored)
  return new Set([...template.parameters.values()].filter(isGuess).map(({ name }) => name))
}

/** A longer text is no reference but a resource that SAM wrote. */
const LONGEST_REFERENCE = 300

/** Whether a value comes from one of these parameters: it keeps the place of the function that names it. */
function namesOne(names: ReadonlySet<string>, { source, start, end }: Span): boolean {
  if (names.size === 0 || end - start > LONGEST_REFERENCE) return false
  return source.text
    .slice(start, end)
    .split(/[^A-Za-z0-9]+/)
    .some((word) => names.has(word))
}

function writtenOf(resource: CfnResource, plan: ComponentPlan | undefined, guesses: ReadonlySet<string>): Written {
  const find = (path: PropertyPath): Node | undefined => {
    let node: Node | undefined = resource.properties
    for (const step of path)
      node = isMap(node)
        ? node.pairs.get(String(step))?.value
        : isList(node) && typeof step === 'number'
          ? node.items[step]
          : undefined
    return isScalar(node) && node.value === null ? undefined : node
  }
  const known = (node: Node | undefined): node is Node => node !== undefined && !namesOne(guesses, node.span)
  return {
    logicalId: resource.logicalId,
    type: resource.type,
    config: plan?.config,
    dimensionValue: plan?.dimensionValue,
    deletionPolicy: resource.deletionPolicy,
    origin: resource.origin ?? resource.logicalId,
    value(...path) {
      const node = find(path)
      return node === undefined ? undefined : toJs(node)
    },
    number(absent, ...path) {
      const node = find(path)
      if (node === undefined) return absent
      const text = known(node) ? textOf(node) : undefined
      return text === undefined || !/^[-+]?[0-9]{1,15}(\.[0-9]{1,9})?$/.test(text) ? Number.NaN : Number(text)
    },
    text(...path) {
      const node = find(path)
      return known(node) ? textOf(node) : undefined
    },
    list(...path) {
      const node = find(path)
      return isList(node) ? node.items.map(toJs) : node === undefined ? [] : [toJs(node)]
    },
    isLiteral(...path) {
      const node = find(path)
      if (node === undefined) return false
      const { source, start, end } = node.span
      const shown = source.text.slice(start, end)
      const text = stringOf(node)
      return text !== undefined && (shown === text || (/^["']/.test(shown) && shown.slice(1, -1) === text))
    },
    place: (...path) => placeOf(resource, path),
  }
}

function handlerOf(of: Written, program: Program, source: SceneSource): HandlerView {
  return {
    of,
    program,
    isWritten: source.handlers.has(of.logicalId),
    place: (instruction) => source.stepSpans.get(instruction) ?? of.place(),
  }
}

function workloadOf(plan: ComponentPlan, at: Scene['at'], spans: ReadonlyMap<string, Span>): WorkloadView[] {
  const { config } = plan
  const target = at(config['Target'])
  const span = spans.get(plan.name)
  if (target === undefined || span === undefined) return []
  const client = config['Client'] as { readonly Retries: RetrySettings; readonly Timeout: number | null }
  const rate = (config['Rate'] ?? []) as readonly RatePoint[]
  return [
    {
      name: plan.name,
      span,
      target,
      action: String(config['Action']),
      reaches: behind(target, Number(config['Arg']), at),
      body: config['Body'] as Value,
      peak: rate.length === 0 ? Number.NaN : Math.max(...rate.map((point) => point.perSecond)),
      attempts: client.Retries.maxAttempts,
      timeout: client.Timeout ?? Infinity,
    },
  ]
}

/** What a request to `target` reaches; of an API, the backend of its route in the first stage. */
function behind(target: Written, route: number, at: Scene['at']): Written | undefined {
  const stages = target.config?.['Stages'] as readonly { readonly backends?: readonly Backend[] }[] | undefined
  // A pipeline has stages of another kind.
  if (stages === undefined || (stages.length > 0 && stages[0]!.backends === undefined)) return target
  return at(stages[0]?.backends?.[route]?.to)
}
