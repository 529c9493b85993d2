// Templates that CloudFormation itself judged, and a local resolver's view of some functions.
//
// The recorded ones come from scripts of API calls whose answers AWS gave: a template that AWS refused for what stands in it must be
// refused here, any other must load. The resolver's (of the SAM command line) names every resource by its logical id.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadTemplate, toJs, type Template } from '../../sim/cfn/index.ts'
import { build } from '../../sim/cfn/node.ts'
import { Problems } from '../../sim/diag/problem.ts'
import { renderProblems } from '../../sim/diag/render.ts'
import { CORPUS, type Case, type Suite } from './suite.ts'

const FOLDER = join(CORPUS, 'conformance/cloudformation')

type Json = unknown
type JsonMap = { readonly [key: string]: Json }

interface Step {
  readonly i: number
  readonly call?: string
  readonly kwargs?: JsonMap
  readonly expect_error_begin?: string
  readonly expect_error_end?: number
}

interface Script {
  readonly id: string
  readonly steps: readonly Step[]
  readonly recorded_content: JsonMap | null
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as T
}

const isMap = (value: Json): value is JsonMap => value !== null && typeof value === 'object' && !Array.isArray(value)

/** What AWS said when the call that began with step `begin` failed. */
function refusal({ steps, recorded_content: recorded }: Script, begin: number): string | undefined {
  for (const { call, kwargs } of steps) {
    if (call !== 'snapshot.match' || !String(kwargs?.['obj']).startsWith(`<<${begin}:raised>>`)) continue
    const answer = recorded?.[String(kwargs?.['key'])]
    const error = isMap(answer) ? answer['Error'] : undefined
    return isMap(error) ? String(error['Message']) : undefined
  }
  return undefined
}

/** The values of a call's parameters, unless they come from another step. */
function parametersOf(kwargs: JsonMap): Map<string, string> | undefined {
  const given = new Map<string, string>()
  const list = kwargs['Parameters'] ?? []
  if (Array.isArray(list))
    for (const each of list as JsonMap[]) given.set(String(each['ParameterKey']), String(each['ParameterValue']))
  for (const [name, value] of Object.entries(isMap(kwargs['parameters']) ? kwargs['parameters'] : {}))
    given.set(name, String(value))
  return [...given.values()].some((value) => value.includes('<<')) ? undefined : given
}

const CREATING = ['create_stack', 'create_change_set', 'update_stack', 'deploy_cfn_template', 'get_template_summary']

function recorded(name: string): Case[] {
  const cases: Case[] = []
  for (const script of read<{ vectors: readonly Script[] }>(name).vectors) {
    let failing: number | undefined
    for (const step of script.steps) {
      if (step.expect_error_begin !== undefined) failing = step.i
      if (step.expect_error_end !== undefined) failing = undefined
      const kwargs = step.kwargs ?? {}
      const text = kwargs['TemplateBody'] ?? kwargs['template']
      if (typeof text !== 'string' || text.includes('<<') || !CREATING.includes(step.call?.split('.').pop() ?? ''))
        continue
      const parameters = parametersOf(kwargs)
      const message = failing === undefined ? undefined : refusal(script, failing)
      // A call that failed without a recorded reason says nothing about its template.
      if (parameters === undefined || (failing !== undefined && message === undefined)) continue
      const id = script.id.replace(/^.*\.py::/, '').replaceAll('::', ' ')
      cases.push({ name: `${id}, step ${step.i}`, run: () => judge(text, parameters, message) })
    }
  }
  return cases
}

function judge(text: string, parameters: Map<string, string>, message: string | undefined): void {
  const problems = new Problems()
  loadTemplate({ name: 'template', text }, { parameters, imports: new Map(), dummies: message === undefined }, problems)
  if (message === undefined && problems.hasErrors)
    throw new Error(renderProblems(problems.list.filter((each) => each.severity === 'error')).slice(0, 400))
  if (message !== undefined && !problems.hasErrors) throw new Error(`it is not refused: ${message}`)
}

/** Each resource of a template as the resolver leaves it, against ours with every physical name turned back into a logical id. */
function resolved(input: string, output: string): Case[] {
  const expected = (read<JsonMap>(output)['Resources'] ?? {}) as { readonly [id: string]: JsonMap }
  const problems = new Problems()
  const text = readFileSync(join(FOLDER, input), 'utf8')
  const template = loadTemplate({ name: input, text }, { parameters: new Map(), dummies: true }, problems)
  return Object.entries(expected).map(([id, resource]) => ({
    name: `${input.replace(/^.*__|\.json$/g, '')}: ${id}`,
    run(): void {
      const ours = template?.resources.get(id)
      if (template === undefined || ours === undefined) throw new Error('there is no such resource')
      const shown = logical(template, id, JSON.stringify(toJs(ours.properties)))
      const wanted = JSON.stringify(sorted(resource['Properties'] ?? {}))
      const found = JSON.stringify(sorted(JSON.parse(shown)))
      if (found !== wanted) throw new Error(`${found} instead of ${wanted}`)
    },
  }))
}

/** The text with the `Ref` of every other resource turned into its logical id; a resource's own properties name itself as written. */
function logical(template: Template, id: string, text: string): string {
  let made = text
  for (const { logicalId, span } of template.resources.values()) {
    if (logicalId === id) continue
    const ref = toJs(template.resolve(build({ Ref: logicalId }, span)))
    if (typeof ref === 'string' && ref !== '') made = made.replaceAll(ref, logicalId)
  }
  return made
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  )
}

const vectors = 'sam_cli_intrinsics'
const suite: Suite = {
  name: 'cloudformation',
  cases: [
    ...recorded('engine_scripts.json'),
    ...recorded('change_set_scripts.json'),
    ...resolved(
      `${vectors}/inputs__test_intrinsic_template_resolution.json`,
      `${vectors}/outputs__output_test_intrinsic_template_resolution.json`,
    ),
    ...resolved(
      `${vectors}/inputs__test_methods_resource_resolution.json`,
      `${vectors}/outputs__outputs_methods_resource_resolution.json`,
    ),
  ],
}
export default suite
