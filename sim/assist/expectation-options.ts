// Completion inside an expectation: `p99(` a name, `.` its metrics, `count(` an exception, `alarm(` an alarm and its states.
import { registry } from '../lang/registry.ts'
import type { Cursor } from './cursor.ts'
import { plain, resourceNames, type NameOptions } from './name-lists.ts'
import { exceptions, type Names } from './names.ts'
import type { Option } from './types.ts'

const STATISTICS = ['p50', 'p90', 'p99', 'p99.9', 'avg', 'sum', 'min', 'max', 'samples']
const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA']

export function expectationOptions(cursor: Cursor, names: Names): NameOptions | undefined {
  const { before } = cursor
  const found = (options: readonly Option[], word: string): NameOptions => {
    const end = cursor.from + /[\w$.:/@*-]*$/.exec(before)![0].length
    return { options, more: false, range: { from: end - word.length, to: end === cursor.to ? end : cursor.to } }
  }
  const metric = /\(\s*(\w+)\.(\w*)$/.exec(before)
  if (metric !== null) return found(metricsOf(metric[1]!, names), metric[2]!)
  const state = /alarm\(\s*\w+\s*\)\s*[=!]=\s*(\w*)$/.exec(before)
  if (state !== null)
    return found(
      STATES.map((each) => plain(each)),
      state[1]!,
    )
  const by = /count\(\s*[\w.]+\s+at\s+(\w*)$/.exec(before)
  if (by !== null)
    return found(
      resourceNames(names, ({ def }) => def !== undefined),
      by[1]!,
    )
  const call = /([\w.]+)\(\s*(\w*)$/.exec(before)
  if (call !== null) return found(argumentsOf(call[1]!, names), call[2]!)
  const start = /(?:^|[-+*/(<>=]\s*)(\w*)$/.exec(before)
  if (start === null) return { options: [], more: false }
  // The schema's own examples stand beside the functions at the beginning.
  return { ...found(functions(), start[1]!), more: before === start[1] }
}

function functions(): Option[] {
  const statistic = (label: string): Option => ({
    ...plain(label, 'statistic of a metric'),
    insert: `${label}(`,
    goesOn: true,
  })
  return [
    ...STATISTICS.map(statistic),
    { ...plain('count', 'how often an exception was raised'), insert: 'count(', goesOn: true },
    { ...plain('alarm', 'the state of an alarm'), insert: 'alarm(', goesOn: true },
  ]
}

function argumentsOf(name: string, names: Names): readonly Option[] {
  if (name === 'count') return [...exceptions()].map(([label, action]) => plain(label, `raised by ${action}`))
  if (name === 'alarm') return resourceNames(names, ({ type }) => /^AWS::CloudWatch::(Composite)?Alarm$/.test(type))
  if (name === 'conserved' || name === 'cost') return resourceNames(names, ({ def }) => def !== undefined)
  const measured = resourceNames(names, ({ def }) => Object.keys(def?.metrics ?? {}).length > 0)
  const loads = names.workloads.map((label) => plain(label, 'workload'))
  return [...loads, ...measured].map((option) => ({ ...option, insert: `${option.insert}.`, goesOn: true as const }))
}

function metricsOf(name: string, names: Names): readonly Option[] {
  const def = names.workloads.includes(name)
    ? registry.byType.get('Sim::Client::Workload')
    : names.resources.get(name)?.def
  return Object.entries(def?.metrics ?? {}).map(([label, { doc, unit }]) => ({ ...plain(label, unit), doc }))
}
