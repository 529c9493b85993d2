// The deployments of an API: what it was when each was made, and which one every stage shows.
//
// The one idea: all methods and backends that the API may ever have are known before the run, in the template and in the documents
// that the scenario puts in its place. A backend behind a method is a *variant* of that route; a deployment says which variant each
// route has, or that it has none. What is changed is seen when it is deployed, and a stage moves back by showing an older deployment.

/** What an API may become. Plain data. */
export interface DeploymentPlan {
  /** The route of each variant; those of the template come first, in their order. */
  readonly variants: readonly number[]
  readonly ofTemplate: number
  /** The variants of each document that may take its place. */
  readonly documents: readonly (readonly number[])[]
  /** By stage, what the deployment of the template is called. */
  readonly names: readonly string[]
}

export interface Deployment {
  readonly id: string
  /** µs. */
  readonly createdAt: number
  /** By route, its variant; −1 = there is no such method. */
  readonly variants: Int32Array
}

/** What a stage shows, and its canary, which shows the same unless it was given a deployment of its own. */
interface Showing {
  deployment: Deployment
  canary: Deployment | null
}

const DEPLOYMENTS_MAX = 1_000

export class Deployments {
  /** By id, in the order in which they were made. */
  readonly all = new Map<string, Deployment>()
  private readonly plan: DeploymentPlan
  private readonly stages: Showing[]
  /** What the API is now, deployed or not. */
  private current: Int32Array
  private made = 0
  /** Whether any stage may show something else than the template's routes, each with its own backend. */
  readonly isMoved: boolean

  /** `routes`: how many there are, with those of the documents. */
  constructor(plan: DeploymentPlan, routes: number) {
    this.plan = plan
    this.isMoved = plan.documents.length > 0
    this.current = new Int32Array(routes).fill(-1)
    for (let variant = 0; variant < plan.ofTemplate; variant++) this.current[plan.variants[variant]] = variant
    this.stages = plan.names.map((id) => ({ deployment: this.all.get(id) ?? this.add(id, 0), canary: null }))
  }

  /** The variant of a route that a stage shows, or its canary; −1 = it has no such method. */
  variant(stage: number, route: number, isCanary: boolean): number {
    const { deployment, canary } = this.stages[stage]
    return ((isCanary ? canary : null) ?? deployment).variants[route]
  }

  /** The API is what a document says, or has what it says besides; false = there is no such document. */
  define(document: unknown, isMerge: boolean): boolean {
    const listed = this.plan.documents[Number(document)]
    if (listed === undefined) return false
    const next = isMerge ? this.current.slice() : new Int32Array(this.current.length).fill(-1)
    for (const variant of listed) next[this.plan.variants[variant]] = variant
    this.current = next
    return true
  }

  /** Makes a deployment of what the API is now; undefined = there are too many. */
  create(now: number): Deployment | undefined {
    if (this.all.size >= DEPLOYMENTS_MAX) return undefined
    let id = ''
    do id = `deployment-${++this.made}`
    while (this.all.has(id))
    return this.add(id, now)
  }

  show(stage: number, deployment: Deployment): void {
    this.stages[stage].deployment = deployment
  }

  shown(stage: number): Deployment {
    return this.stages[stage].deployment
  }

  showCanary(stage: number, deployment: Deployment | null): void {
    this.stages[stage].canary = deployment
  }

  shownByCanary(stage: number): Deployment {
    return this.stages[stage].canary ?? this.shown(stage)
  }

  /** Forgets a deployment; false = a stage shows it. */
  remove({ id }: Deployment): boolean {
    if (this.stages.some(({ deployment, canary }) => deployment.id === id || canary?.id === id)) return false
    this.all.delete(id)
    return true
  }

  private add(id: string, createdAt: number): Deployment {
    const made = { id, createdAt, variants: this.current }
    this.all.set(id, made)
    return made
  }
}
