// A draft as the section that a scenario would have, and as a file to edit, in which comments say what each part rests on.
import { Document, YAMLMap, YAMLSeq, type Node as YamlNode, type Pair, type Scalar } from 'yaml'
import { build, buildMap, type Dict, type PlainMap } from '../cfn/index.ts'
import { lineColumn, type Span } from '../diag/span.ts'
import type { Draft, DraftHandler, DraftStep } from './draft.ts'
import type { DraftWorkload } from './workloads.ts'

/** The draft as `Simulation`; every node stands where the resource does that it is for. */
export function sectionOf({ workloads, handlers }: Draft, span: Span): Dict {
  const made = new Map(workloads.map((workload) => [workload.name, build(workloadMap(workload), workload.span)]))
  const done = new Map(handlers.map((handler) => [handler.name, build(handlerList(handler), handler.span)]))
  return buildMap({ Workloads: made, Handlers: done }, span)
}

function workloadMap({ target, operation, rate, more }: DraftWorkload): PlainMap {
  return { Target: target, Operation: operation, Rate: rate, ...more }
}

function handlerList(handler: DraftHandler): readonly PlainMap[] {
  const { compute, perRecord, always, byRoute } = handler
  const work = [...stepsOf(always), ...choice(byRoute)]
  const done = perRecord && work.length > 0 ? [{ ForEach: { In: '$.Records', Do: work } }] : work
  return [{ Compute: compute }, ...done]
}

const stepsOf = (steps: readonly DraftStep[]): PlainMap[] =>
  steps.flatMap(({ step }) => (step === undefined ? [] : [step]))

/** A request takes one of the routes, each as likely as any other. */
function choice(byRoute: DraftHandler['byRoute']): PlainMap[] {
  if (byRoute.every(({ steps }) => stepsOf(steps).length === 0)) return []
  return [{ Choose: byRoute.map(({ steps }) => ({ Weight: 1, Do: stepsOf(steps) })) }]
}

export interface OverlayHead {
  /** As the file is to name the template; absent when the section comes to stand in the template itself. */
  readonly template?: string
  readonly parameters: ReadonlyMap<string, string>
  readonly notSimulated: readonly string[]
}

/** The draft as the text of a scenario beside its template. */
export function overlayText(draft: Draft, head: OverlayHead): string {
  const workloads = Object.fromEntries(draft.workloads.map((workload) => [workload.name, workloadMap(workload)]))
  const handlers = Object.fromEntries(draft.handlers.map((handler) => [handler.name, handlerList(handler)]))
  const document = new Document({
    Simulation: {
      ...(head.template === undefined ? {} : { Template: head.template }),
      ...(head.parameters.size === 0 ? {} : { Parameters: Object.fromEntries(head.parameters) }),
      ...(draft.workloads.length === 0 ? {} : { Workloads: workloads }),
      ...(draft.handlers.length === 0 ? {} : { Handlers: handlers }),
    },
  })
  document.commentBefore = comment([
    'What hotshard inferred from the template: a first scenario, to be corrected and made one of your own.',
    'Comments tell what each step rests on, with its line in the template. Keys are drawn, as a template does not say which items',
    'are asked for: 1000 partitions of 10 items each.',
  ])
  for (const workload of draft.workloads) {
    const pair = pairAt(document, ['Simulation', 'Workloads'], workload.name)
    before(
      pair?.key as YamlNode,
      workload.insteadOf.length === 0 ? [] : [`in place of ${workload.insteadOf.join('; ')}`],
    )
    flow(pair?.value)
  }
  draft.handlers.forEach((handler, i) => {
    const key = remark(document, handler)
    if (key !== undefined && i > 0) key.spaceBefore = true
  })
  if (head.notSimulated.length > 0)
    document.comment = comment(['Not simulated yet:', ...head.notSimulated.map((line) => `  ${line}`)])
  return document.toString({ lineWidth: 220, flowCollectionPadding: true })
}

/** Puts each step's reasons above it, and calls that are not made above what follows; returns the handler's key. */
function remark(document: Document, handler: DraftHandler): YamlNode | undefined {
  const list = document.getIn(['Simulation', 'Handlers', handler.name])
  if (!(list instanceof YAMLSeq)) return undefined
  const body = handler.perRecord ? innerOf(list.items[1], 'ForEach', 'Do') : list
  const skip = handler.perRecord ? 0 : 1
  const items = body instanceof YAMLSeq ? (body.items as YamlNode[]) : []
  const rest = remarkSteps(items.slice(skip), handler.always)
  const branches = innerOf(items[items.length - 1], 'Choose')
  const routes = handler.byRoute.flatMap(({ route, steps }, i) => {
    const branch = branches instanceof YAMLSeq ? branches.items[i] : undefined
    const inner = innerOf(branch, 'Do')
    if (!(inner instanceof YAMLSeq)) return [`${route}:`, ...steps.flatMap(linesOf)]
    const left = remarkSteps(inner.items as YamlNode[], steps)
    before(branch as YamlNode, [route, ...left])
    return []
  })
  const key = pairAt(document, ['Simulation', 'Handlers'], handler.name)?.key as YamlNode
  before(key, [...rest, ...routes])
  return key
}

/** Steps and nodes go side by side; a call that is not made is told above the next step, or left over for the caller. */
function remarkSteps(nodes: readonly YamlNode[], steps: readonly DraftStep[]): string[] {
  let waiting: string[] = []
  let at = 0
  for (const step of steps) {
    if (step.step === undefined) {
      waiting.push(...linesOf(step))
      continue
    }
    const node = nodes[at++]
    if (node === undefined) continue
    before(node, [...waiting, ...(step.why.length === 0 ? [] : [step.why.map(reason).join('; ')])])
    for (const pair of node instanceof YAMLMap ? (node.items as Pair[]) : []) if (!stepsInside(pair)) flow(pair.value)
    waiting = []
  }
  return waiting
}

/** A loop is shown as a block, a call on its line. */
function stepsInside({ key }: Pair): boolean {
  return (key as Scalar).value === 'ForEach'
}

const linesOf = (step: DraftStep): string[] =>
  step.step === undefined ? [`${step.title}: ${step.why.map(reason).join('; ')}`] : []

function reason({ text, span }: { readonly text: string; readonly span: Span }): string {
  return `${text} (line ${lineColumn(span).line})`
}

function before(node: YamlNode | undefined, lines: readonly string[]): void {
  if (node !== undefined && lines.length > 0) node.commentBefore = comment(lines)
}

/** Texts of a template inside comments: one line each, without anything that could end the comment. */
function comment(lines: readonly string[]): string {
  return lines
    .map((line) => ` ${line.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').slice(0, 400)}`)
    .join('\n')
}

function flow(node: unknown): void {
  if (node instanceof YAMLMap || node instanceof YAMLSeq) node.flow = true
}

function pairAt(document: Document, path: readonly string[], key: string): Pair | undefined {
  const map = document.getIn(path)
  return map instanceof YAMLMap ? map.items.find((pair) => (pair.key as Scalar).value === key) : undefined
}

function innerOf(node: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((here, key) => (here instanceof YAMLMap ? here.get(key, true) : undefined), node)
}
