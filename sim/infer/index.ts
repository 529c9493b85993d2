// The door of this folder: what a template says, without saying it, of who calls whom.
import type { Template } from '../cfn/index.ts'
import { codeCalls } from './code-calls.ts'
import type { Inference, InferredCall } from './graph.ts'
import { grantsByRole } from './iam.ts'
import { machineCalls, type ReadFile } from './machines.ts'
import { Names } from './names.ts'
import { programsOf } from './programs.ts'
import { byTarget, routesOf } from './routes.ts'
import { wiringOf } from './wires.ts'

export type { Evidence, Inference, InferredCall, Rooms, Source, Strength } from './graph.ts'
export { COMPUTE, draft } from './draft.ts'
export type { Draft } from './draft.ts'
export { overlayText, sectionOf } from './overlay.ts'
export type { OverlayHead } from './overlay.ts'
export type { ReadFile } from './machines.ts'
export { leftLines, summaryOf } from './summary.ts'

/** Reads who calls whom. `readFile` gives the definitions of state machines that lie beside the template. */
export function infer(template: Template, readFile: ReadFile = () => undefined): Inference {
  const names = new Names(template)
  const routes = routesOf(names)
  const wiring = wiringOf(names, routes)
  const machines = machineCalls(names, readFile)
  const pairs = (calls: readonly InferredCall[]): Set<string> => new Set(calls.map(({ from, to }) => `${from}/${to}`))
  const wires = [...wiring.calls.filter(({ kind }) => kind === 'wire'), ...machines]
  const code = codeCalls(programsOf(names), {
    ...{ names, routesTo: byTarget(routes), grants: grantsByRole(names), wired: pairs(wires) },
    failing: pairs(wiring.calls.filter(({ kind }) => kind === 'failure')),
  })
  const started = machines.map(({ from, to, evidence }) => {
    const { text, span } = evidence[0]!
    return { to, from, what: `state machine ${from} (${text})`, span, by: from }
  })
  return { calls: [...wiring.calls, ...machines, ...code], sources: [...wiring.sources, ...started] }
}

/** The graph alone, as plain data. */
export function callsOf(template: Template, readFile?: ReadFile): readonly InferredCall[] {
  return infer(template, readFile).calls
}
