// What handlers keep in caches, as far as it can be read off a scenario: who reads how often, who writes past it.
import type { HandlerView, Scene, WorkloadView, Written } from '../../lint/contract.ts'
import type { Instruction, Template } from '../../parts/program.ts'
import { partOf, within } from '../../parts/symbolic.ts'

type Call = Extract<Instruction, { op: 'call' }>
type Hit = Extract<Instruction, { op: 'hit' }>

/** Requests a second for keys: how many in all, among how many keys, and for the most frequent of them. */
interface KeyRate {
  readonly rate: number
  readonly keys: number
  readonly top: number
}

/** A step `Cache` around a read. */
export interface CachedRead {
  readonly handler: HandlerView
  readonly step: Instruction
  readonly cache: Written
  /** The resource that is asked for what the cache does not have. */
  readonly origin: string
  /** µs; null = for ever; undefined where a miss stores nothing. */
  readonly life: number | null | undefined
  /** Bytes of a value, where the step says so. */
  readonly size: number | undefined
  readonly reads: KeyRate | undefined
  /** Writes to the origin by handlers that do not write through this cache. */
  readonly writes: KeyRate | undefined
}

const WRITES = /:(?:PutItem|UpdateItem|DeleteItem|PUT|POST|PATCH|DELETE)$/
const isCall = (step: Instruction | undefined): step is Call => step?.op === 'call'

/** Every read behind a cache, once each. */
export function cachedReads(scene: Scene): CachedRead[] {
  const found: CachedRead[] = []
  for (const handler of scene.handlers) {
    const { code } = handler.program
    const origins = new Set<number>()
    code.forEach((step, i) => {
      const get = code[i - 1]
      if (step.op !== 'hit' || !isCall(get) || origins.has(step.origin)) return
      origins.add(step.origin)
      const cache = scene.at(step.cache)
      const origin = code[step.origin]
      if (cache === undefined || !isCall(origin)) return
      const store = storeBehind(code, step, i)
      found.push({
        handler,
        step,
        cache,
        origin: origin.to,
        life: store?.stores?.life,
        size: store === undefined ? undefined : sizeOf(store.body),
        reads: rateOf(scene, handler, memberOf(get.body, 'Key')),
        writes: writesTo(scene, origin.to, step.cache),
      })
    })
  }
  return found
}

/** The command that stores what a miss has fetched. */
function storeBehind(code: readonly Instruction[], { cache, origin }: Hit, from: number): Call | undefined {
  const found = code
    .slice(Math.max(from, origin))
    .find((step) => isCall(step) && step.to === cache && step.stores !== undefined)
  return isCall(found) ? found : undefined
}

/** The writes to a resource that leave a cache as it is, of all workloads together; the rates of several do not tell their keys. */
function writesTo(scene: Scene, origin: string, cache: string): KeyRate | undefined {
  const rates = scene.handlers.flatMap((handler) =>
    handler.program.code.flatMap((step, i) => {
      if (!isCall(step) || step.to !== origin || !WRITES.test(step.action)) return []
      const next = handler.program.code[i + 1]
      if (next?.op === 'left' || (isCall(next) && next.to === cache)) return []
      const rate = rateOf(scene, handler, memberOf(step.body, 'Key') ?? memberOf(step.body, 'Item'))
      return rate === undefined ? [] : [rate]
    }),
  )
  return rates.length === 1 ? rates[0] : undefined
}

/** How often the one workload that reaches a handler names each key; undefined where that cannot be said. */
function rateOf(scene: Scene, handler: HandlerView, key: Template | undefined): KeyRate | undefined {
  const workloads = scene.workloads.filter(({ reaches }) => reaches?.logicalId === handler.of.logicalId)
  const [workload] = workloads
  if (workloads.length !== 1 || key === undefined || !Number.isFinite(workload!.peak)) return undefined
  return keyRate(workload!, key)
}

function keyRate({ peak, body, action }: WorkloadView, key: Template): KeyRate | undefined {
  const drawn = new Set<Template>()
  const look = (template: Template | undefined): boolean => {
    switch (template?.kind) {
      case 'constant':
        return true
      case 'key':
        drawn.add(template)
        return true
      case 'text':
        return template.parts.every((part) => look(part))
      case 'map':
        // Of an item the attributes that are drawn as keys tell it apart; what else is in it does not matter.
        template.values.forEach((part) => look(part))
        return true
      default:
        return false
    }
  }
  const event = action === 'lambda:InvokeFunction' ? partOf(body, ['Payload']) : body
  if (event === undefined || !look(within(key, event)) || drawn.size > 1) return undefined
  const [only] = drawn
  if (only?.kind !== 'key') return { rate: peak, keys: 1, top: peak }
  const { count, topShare } = only.key
  return { rate: peak, keys: count, top: peak * topShare }
}

function memberOf(body: Template, name: string): Template | undefined {
  return body.kind === 'map' && body.keys.includes(name) ? body.values[body.keys.indexOf(name)] : undefined
}

function sizeOf(body: Template): number | undefined {
  const size = memberOf(body, 'ValueSize')
  if (size?.kind === 'constant' && typeof size.value === 'number') return size.value
  return size?.kind === 'draw' ? size.sampler.mean : undefined
}
