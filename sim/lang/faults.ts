// `Simulation.Faults`: actions of the Fault Injection Service with their times.
import type { Problems } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import { entries, isMap, isList, textOf, toJs, type Node } from '../cfn/index.ts'
import { readConfig } from '../derive/config.ts'
import type { Config, Props } from '../model/contract.ts'
import * as p from '../model/p.ts'
import type { FaultPlan } from '../model/plan.ts'
import { API_FAULTS } from '../parts/api-faults.ts'
import { Fields } from './fields.ts'
import { FAULT, namesOf } from './members.ts'
import { registry } from './registry.ts'
import type { Resources } from './resources.ts'
import type { SimulationSection } from './simulation.ts'

/** Parameters of the faults that hit API calls. */
export const API_PARAMS: Props = {
  Percentage: p.number('share of the calls that fail', [0, 100], { default: 100, unit: '%' }),
  Operations: p.list('IAM actions that are hit; all of the target when absent', p.string('an action')),
  Service: p.string('the service whose calls are hit, such as `dynamodb`'),
}

export function readFaults(
  section: SimulationSection,
  resources: Resources,
  problems: Problems,
  duration: number,
): FaultPlan[] {
  const known = new Set([...Object.keys(API_FAULTS), ...registry.defs.flatMap((def) => Object.keys(def.faults ?? {}))])
  return section.faults.flatMap((node, entry) => {
    if (node === undefined) return []
    const action = entries(node).find((entry) => entry.key.includes(':'))
    const fields = new Fields(
      'a fault',
      node,
      [...namesOf(FAULT), ...(action === undefined ? [] : [action.key])],
      problems,
    )
    const at = fields.duration('At') ?? 0
    const length = fields.time('For')
    if (at >= duration)
      problems.warning('never-happens', 'the fault comes after the end of the run', fields.node('At')!.span)
    if (action === undefined) {
      if (isMap(node))
        problems.error('missing-member', 'a fault names an action of the Fault Injection Service', node.span, {
          label: 'such as `aws:lambda:invocation-error: { Target: Work }`',
        })
      return []
    }
    if (!known.has(action.key)) {
      const near = nearest(action.key, known)
      problems.error(
        near === undefined ? 'not-simulated-yet' : 'unknown-fault',
        `\`${action.key}\` is ${near === undefined ? 'not simulated yet' : 'not a fault that is known here'}`,
        action.keySpan,
        near === undefined
          ? { notes: [`faults that are simulated: ${[...known].sort().join(', ')}`] }
          : { label: `did you mean \`${near}\`?` },
      )
      return []
    }
    if (!isMap(action.value)) {
      problems.error('wrong-type', `\`${action.key}\` takes a map of parameters`, action.value.span, {
        label: 'such as `{ Target: Work, Percentage: 20 }`',
      })
      return []
    }
    const until = length === undefined ? duration : Math.min(duration, at + length)
    const targets = targetsOf(action.value, resources, problems)
    if (targets === undefined) return []
    const values = Object.fromEntries(
      entries(action.value)
        .filter(({ key }) => key !== 'Target')
        .map(({ key, value }) => [key, toJs(value)]),
    )
    const read = (props: Props): Config =>
      readConfig(`\`${action.key}\``, props, values, {
        quota: () => 0,
        resolve: (text) => (typeof text === 'string' ? resources.component(text)?.name : undefined),
        error: (path, slug, message, help) =>
          problems.error(slug, message, placeOf(action.value, path[0]), help === undefined ? {} : { label: help }),
        isMadeUp: () => false,
        unknown: (path, what, names) => {
          const near = nearest(String(path[0]), ['Target', ...names])
          const possible = ['Target', ...names].map((name) => `\`${name}\``).join(', ')
          const message = `\`${path.at(-1)}\` is not a parameter of ${what}`
          problems.error('unknown-parameter', message, keyOf(action.value, path[0]), {
            label: near === undefined ? `possible are ${possible}` : `did you mean \`${near}\`?`,
          })
        },
        notSimulated: () => undefined,
      })
    if (API_FAULTS[action.key] !== undefined) {
      const params = read(API_PARAMS)
      checkHits(action.value, params, problems)
      return (targets.length === 0 ? [undefined] : targets).map((target) => ({
        at,
        until,
        fault: action.key,
        params,
        entry,
        ...(target === undefined ? {} : { target: target.name }),
      }))
    }
    if (targets.length === 0)
      problems.error('missing-member', `\`${action.key}\` needs \`Target\``, action.keySpan, {
        label: 'the resource that suffers it',
      })
    return targets.flatMap(({ name }) => {
      const def = resources.component(name)!.def
      const fault = def.faults?.[action.key]
      if (fault !== undefined)
        return [{ at, until, fault: action.key, target: name, params: read(fault.params), entry }]
      problems.error(
        'wrong-resource',
        `\`${name}\` is ${def.type}, which does not suffer \`${action.key}\``,
        placeOf(action.value, 'Target'),
      )
      return []
    })
  })
}

/** A misspelt operation or service would hit nothing, in silence. */
function checkHits(node: Node, params: Config, problems: Problems): void {
  const actions = [...registry.operations.keys()]
  const look = (given: string, possible: readonly string[], key: string): void => {
    if (possible.includes(given)) return
    const near = nearest(given, possible)
    problems.error('unknown-action', `no simulated resource answers \`${given}\``, placeOf(node, key), {
      label: near === undefined ? 'expected an IAM action such as `sqs:SendMessage`' : `did you mean \`${near}\`?`,
    })
  }
  for (const operation of (params['Operations'] as readonly string[] | undefined) ?? [])
    look(operation, operation.includes(':') ? actions : actions.map((action) => action.split(':')[1]!), 'Operations')
  const service = params['Service'] as string | undefined
  if (service !== undefined) look(service, [...new Set(actions.map((action) => action.split(':')[0]!))], 'Service')
}

/** The components under `Target`: one or a list, as logical ids or references. Undefined when one is unknown. */
function targetsOf(node: Node, resources: Resources, problems: Problems): { name: string }[] | undefined {
  const target = isMap(node) ? node.pairs.get('Target')?.value : undefined
  if (target === undefined) return []
  const found: { name: string }[] = []
  for (const item of isList(target) ? target.items : [target]) {
    const text = textOf(item)
    const component = text === undefined ? undefined : resources.component(text)
    if (component !== undefined) found.push(component)
    else {
      const near =
        text === undefined
          ? undefined
          : nearest(
              text,
              resources.components.map((other) => other.name),
            )
      problems.error(
        'unknown-resource',
        `\`${text ?? ''}\` is no simulated resource`,
        item.span,
        near === undefined ? {} : { label: `did you mean \`${near}\`?` },
      )
      return undefined
    }
  }
  return found
}

function keyOf(node: Node, key: string | number | undefined) {
  return (isMap(node) ? node.pairs.get(String(key))?.keySpan : undefined) ?? node.span
}

function placeOf(node: Node, key: string | number | undefined) {
  return (isMap(node) ? node.pairs.get(String(key))?.value.span : undefined) ?? node.span
}
