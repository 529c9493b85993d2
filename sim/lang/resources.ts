// The resources of a template as components: properties checked, neighbours consulted, the rest put on the 'not simulated' list.
import type { Slug } from '../diag/catalogue.ts'
import type { Problem, Problems } from '../diag/problem.ts'
import type { Span } from '../diag/span.ts'
import { instead } from '../diag/suggest.ts'
import { build, get, placeOf, toJs, textOf, type CfnResource, type Template } from '../cfn/index.ts'
import { readConfig, type Path, type ReadContext } from '../derive/config.ts'
import { meanOfAssumption } from '../derive/assumption.ts'
import type { Config, Near, ResourceView, ServiceDef } from '../model/contract.ts'
import { propertiesOf } from '../registry/index.ts'
import type { Definitions } from './definitions.ts'
import { Findings } from './findings.ts'
import type { Registry } from './registry.ts'
import type { SimulationSection } from './simulation.ts'

/** Something of a scenario that changes no number, with the first place where it stands. */
export interface NotSimulated {
  readonly message: string
  readonly span: Span | undefined
  /** What has no effect: a resource of a type that is not simulated, a property of a type, or something about one resource. */
  readonly subject?: { readonly type?: string; readonly resource?: string; readonly property?: string }
}

export interface Component {
  readonly name: string
  readonly def: ServiceDef
  readonly config: Config
  /** Whether the config holds what the neighbours add; not so once a property of any resource is wrong. */
  readonly complete: boolean
  readonly dimensionValue: string | undefined
  readonly span: Span | undefined
  /** The component beside which the room made this one (`ServiceDef.copies`). */
  readonly copyOf?: string
}

export interface Resources {
  readonly components: readonly Component[]
  /** The component that a resolved text or a logical id stands for. */
  component(text: string): Component | undefined
}

/** A quota's figure for a service under the scenario's profile and overrides. */
export function quotaReader(section: SimulationSection, registry: Registry): (def: ServiceDef, name: string) => number {
  const overrides = new Map(section.quotas.map((quota) => [quota.name, quota.value]))
  return (def, name) => {
    const own = overrides.get(`${prefixOf(def.type)}.${name}`)
    if (own !== undefined) return own
    const quota =
      def.quotas[name] ??
      registry.defs.find((other) => prefixOf(other.type) === prefixOf(def.type) && other.quotas[name] !== undefined)!
        .quotas[name]!
    return section.profile === 'notes-2020' ? (quota.notes2020 ?? quota.current) : quota.current
  }
}

/** The same by a quota's full name: `lambda.ConcurrentExecutions`; NaN when there is none of that name. */
export function quotaByName(section: SimulationSection, registry: Registry): (name: string) => number {
  const quota = quotaReader(section, registry)
  return (full) => {
    const [prefix, name = ''] = full.split('.')
    const def = registry.defs.find((other) => prefixOf(other.type) === prefix && other.quotas[name] !== undefined)
    return def === undefined ? Number.NaN : quota(def, name)
  }
}

export function prefixOf(type: string): string {
  return type.split('::')[1]!.toLowerCase()
}

/** Makes the components of a template. `notSimulated` receives what has no effect. */
export function readResources(
  template: Template,
  section: SimulationSection,
  registry: Registry,
  problems: Problems,
  notSimulated: (line: NotSimulated) => void,
  definitions: Definitions,
): Resources {
  const quota = quotaReader(section, registry)
  const views = new Map<string, { view: ResourceView; resource: CfnResource }>()
  /** Resources with a mistake: what they would say about their neighbours, or be asked for, is not worth a second message. */
  const faulty = new Set<string>()
  const seen = new Set<string>()
  const note = (line: NotSimulated): void => {
    const { subject } = line
    const key =
      subject?.property === undefined ? `${line.message} ${line.span?.start}` : `${subject.type}.${subject.property}`
    if (!seen.has(key)) notSimulated(line)
    seen.add(key)
  }
  /** A resource without a room cannot be called: a reference to it leads nowhere. */
  const simulated = (logicalId: string | undefined): string | undefined => {
    const type = template.resources.get(logicalId ?? '')?.type ?? ''
    return registry.byType.has(type) || registry.parts.has(type) ? logicalId : undefined
  }
  for (const resource of template.resources.values()) {
    const { type, logicalId } = resource
    const def = registry.byType.get(type)
    const props = def?.props ?? registry.parts.get(type)
    const told = toldOf(resource, problems)
    const findings = new Findings(template, resource, props, told)
    if (props === undefined) {
      for (const problem of findings.left()) problems.add(problem)
      // What SAM made of a resource (its role, its permission) was not written by anybody.
      if (resource.origin !== undefined && resource.origin !== logicalId) continue
      // A nested stack is simulated by its resources.
      if (template.stacks.has(logicalId) || findings.isUnknownType) continue
      const message = `${type} \`${logicalId}\` is not simulated`
      note({ message, span: resource.keySpan, subject: { type, resource: logicalId } })
      continue
    }
    const owner = def ?? registry.defs.find((other) => other.parts?.[type] !== undefined)!
    const error = (path: Path, slug: Slug, message: string, help?: string): void => {
      faulty.add(logicalId)
      if (!findings.giveWay(path, slug)) return
      // A property whose function could not be resolved is missing for that reason, which has been told.
      if (slug === 'missing-property' && toldOf(resource, problems).some(isError)) return
      const place = placeOf(resource, path, slug === 'unknown-property')
      problems.error(slug, message, place, help === undefined ? {} : { label: help })
    }
    const leaveOut = (path: Path, message: string): void => {
      if (isMade(resource, path)) return
      const property = path.filter((step) => typeof step === 'string').join('.')
      note({ message, span: placeOf(resource, path, true), subject: { type, property } })
    }
    const context: ReadContext = {
      quota: (name) => quota(owner, name),
      resolve: (text) => simulated(typeof text === 'string' ? template.resourceAt(text)?.logicalId : undefined),
      isMadeUp: template.isMadeUp,
      error,
      unknown: (path, what, names) => {
        if (propertiesOf(type) !== undefined) leaveOut(path, `\`${path.at(-1)}\` of ${what} has no effect on the model`)
        else unknownProperty(path, what, names, error)
      },
      notSimulated: leaveOut,
    }
    const config = readConfig(type, props, toJs(resource.properties) as Record<string, unknown>, context)
    const left = findings.left()
    for (const problem of left) problems.add(problem)
    // Rooms read some properties as they are, and expect no null in the middle of them.
    if (left.some(isError) || told.some(({ slug }) => slug === 'null-value')) faulty.add(logicalId)
    const view: ResourceView = {
      logicalId,
      type,
      config,
      ...(resource.updatePolicy === undefined ? {} : { updatePolicy: toJs(resource.updatePolicy) as Config }),
      error,
      notSimulated: (path, message) =>
        note({ message, span: placeOf(resource, path, true), subject: { resource: logicalId } }),
      assumed: (name) => assumedMean(section, owner, logicalId, config, name),
    }
    views.set(logicalId, { view, resource })
  }

  const components: Component[] = []
  // Mistakes of properties; what is found from here on leaves the configs as they are.
  const broken = new Set(faulty)
  const sound = (found: readonly ResourceView[]): readonly ResourceView[] => {
    if (found.some((other) => broken.has(other.logicalId))) throw NEIGHBOUR_BROKEN
    return found
  }
  const region = regionOf(template)
  const nearOf = (self: ResourceView, def: ServiceDef): Near => ({
    self,
    all: (type) =>
      sound(
        [...views.values()]
          .map((other) => other.view)
          .filter((other) => other.type === type)
          .sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1)),
      ),
    resourceAt: (text) => {
      const found = typeof text === 'string' ? views.get(template.resourceAt(text)?.logicalId ?? '')?.view : undefined
      return found === undefined ? undefined : sound([found])[0]
    },
    quota: (name) => quota(def, name),
    region,
    defined: (action) => definitions.of(self.logicalId, action),
  })
  for (const { view, resource } of views.values()) {
    const def = registry.byType.get(resource.type)
    if (def === undefined) continue
    const near = nearOf(view, def)
    const gathered = broken.has(view.logicalId) ? undefined : gather(def, near)
    const complete = gathered !== undefined
    const config = complete ? Object.freeze({ ...view.config, ...gathered }) : view.config
    const own = {
      name: resource.logicalId,
      def,
      config,
      complete,
      dimensionValue: complete ? dimensionValue(template, resource, def, config) : undefined,
      span: resource.keySpan,
    }
    components.push(own)
    for (const copy of complete ? (def.copies?.(config) ?? []) : [])
      components.push({
        ...own,
        name: `${own.name}.${copy.name}`,
        copyOf: own.name,
        config: Object.freeze(copy.config),
        dimensionValue: `${own.dimensionValue}.${copy.name}`,
      })
  }
  for (const def of registry.defs) {
    if (def.singleton !== true || components.some((component) => component.def === def)) continue
    const config = readConfig(
      def.type,
      def.props,
      {},
      {
        quota: (name) => quota(def, name),
        resolve: () => undefined,
        isMadeUp: () => false,
        error: () => undefined,
        unknown: () => undefined,
        notSimulated: () => undefined,
      },
    )
    const self: ResourceView = {
      ...{ logicalId: def.type, type: def.type, config },
      error: () => undefined,
      notSimulated: () => undefined,
      assumed: (name) => assumedMean(section, def, def.type, config, name),
    }
    const gathered = gather(def, nearOf(self, def))
    components.push({
      ...{ name: def.type, def, config: Object.freeze({ ...config, ...gathered }) },
      ...{ complete: gathered !== undefined, dimensionValue: undefined, span: undefined },
    })
  }
  const byName = new Map(components.map((component) => [component.name, component]))
  return {
    components,
    component: (text) => {
      const at = byName.has(text) ? text : template.resourceAt(text)?.logicalId
      return at === undefined ? undefined : byName.get(at)
    },
  }
}

/** The mean of an assumption: as set for the resource, else for its type, else by default. A text that cannot be read is told elsewhere. */
function assumedMean(
  section: SimulationSection,
  def: ServiceDef,
  logicalId: string,
  config: Config,
  name: string,
): number {
  for (const owner of [logicalId, def.type]) {
    const set = section.assumptions.find((each) => each.name === owner)?.node
    const text = set === undefined ? undefined : textOf(get(set, name))
    const mean = text === undefined ? undefined : meanOfAssumption(def, name, config, text)
    if (mean !== undefined) return mean
  }
  return meanOfAssumption(def, name, config) ?? 0
}

/** A property that a type of ours has not. */
function unknownProperty(path: Path, what: string, names: readonly string[], error: ResourceView['error']): void {
  const name = String(path.at(-1))
  error(path, 'unknown-property', `\`${name}\` is not a property of ${what}`, instead(name, names, 'properties'))
}

function isError({ severity }: Problem): boolean {
  return severity === 'error'
}

/** What has been told about places within a resource. */
function toldOf(resource: CfnResource, problems: Problems): readonly Problem[] {
  return problems.list.filter(({ span }) => isWithin(span, resource.span))
}

/** Whether the SAM transform wrote a property: then its name and its value stand at one place, the resource's. */
function isMade(resource: CfnResource, path: Path): boolean {
  const entry = resource.properties.pairs.get(String(path[0]))
  return entry !== undefined && isWithin(entry.keySpan, entry.value.span) && isWithin(entry.value.span, entry.keySpan)
}

/** Thrown where a room asks for a neighbour whose properties are wrong: what it would say of it could be wrong too. */
const NEIGHBOUR_BROKEN = Symbol('a neighbour is broken')

/** What a room adds to a config; undefined when it cannot be known, because a neighbour is broken. */
function gather(def: ServiceDef, near: Near): Readonly<Record<string, unknown>> | undefined {
  try {
    return def.gather?.(near) ?? {}
  } catch (thrown) {
    if (thrown === NEIGHBOUR_BROKEN) return undefined
    throw thrown
  }
}

function regionOf(template: Template): string {
  const span = { source: template.source, start: 0, end: 0 }
  return textOf(template.resolve(build({ Ref: 'AWS::Region' }, span))) ?? ''
}

/** The name that CloudWatch's dimension carries: a room may say so, else the physical name. */
function dimensionValue(template: Template, resource: CfnResource, def: ServiceDef, config: Config): string {
  const ref = textOf(template.resolve(build({ Ref: resource.logicalId }, resource.span))) ?? resource.logicalId
  if (def.dimensionValue !== undefined) return def.dimensionValue(config, ref)
  return ref.slice(Math.max(ref.lastIndexOf('/'), ref.lastIndexOf(':')) + 1)
}

function isWithin(span: Span | undefined, whole: Span): boolean {
  return span !== undefined && span.source === whole.source && span.start >= whole.start && span.end <= whole.end
}
