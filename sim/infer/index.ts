// The door of this folder: what a template says, without saying it, of who calls whom.
import type { Template } from '../cfn/index.ts'
import { codeCalls } from './code-calls.ts'
import type { InferredCall } from './graph.ts'
import { grantsByRole } from './iam.ts'
import { machineCalls, type ReadFile } from './machines.ts'
import { Names } from './names.ts'
import { programsOf } from './programs.ts'
import { routesOf } from './routes.ts'
import { wiringOf, type Source } from './wires.ts'

export type { Evidence, InferredCall, Strength } from './graph.ts'
export type { ReadFile } from './machines.ts'
export type { Source } from './wires.ts'

export interface Inference {
  /** Every call that is stated or inferred, in the template's order. */
  readonly calls: readonly InferredCall[]
  /** What sets each function (queue, machine, …) to work. */
  readonly sources: readonly Source[]
}

/** Reads who calls whom. `readFile` gives the definitions of state machines that lie beside the template. */
export function infer(template: Template, readFile: ReadFile = () => undefined): Inference {
  const names = new Names(template)
  const routes = routesOf(names)
  const wiring = wiringOf(names, routes)
  const machines = machineCalls(names, readFile)
  const pairs = (calls: readonly InferredCall[]): Set<string> => new Set(calls.map(({ from, to }) => `${from}/${to}`))
  const wires = [...wiring.calls.filter(({ kind }) => kind === 'wire'), ...machines]
  const code = codeCalls(programsOf(names), {
    ...{ names, routes, grants: grantsByRole(names), wired: pairs(wires) },
    failing: pairs(wiring.calls.filter(({ kind }) => kind === 'failure')),
  })
  const started = machines.map(({ from, to, evidence }) => {
    const { text, span } = evidence[0]!
    return { to, from, what: `state machine ${from} (${text})`, span }
  })
  return { calls: [...wiring.calls, ...machines, ...code], sources: [...wiring.sources, ...started] }
}

/** The graph alone, as plain data. */
export function callsOf(template: Template, readFile?: ReadFile): readonly InferredCall[] {
  return infer(template, readFile).calls
}
