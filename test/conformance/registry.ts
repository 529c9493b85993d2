// Names and types against AWS's registry: what AWS accepts passes without an error, and the mistakes of cfn-lint's fixtures are found.
//
// The one idea: templates that were deployed, the SAM translator's own outputs and cfn-lint's good files hold no mistake of these
// kinds, so that every error is a false one. cfn-lint's bad files were labelled by hand with the lines that CloudFormation refuses.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadTemplate } from '../../sim/cfn/index.ts'
import { Problems, type Problem } from '../../sim/diag/problem.ts'
import { renderProblems } from '../../sim/diag/render.ts'
import { lineColumn, type Span } from '../../sim/diag/span.ts'
import { checkResource } from '../../sim/typecheck/index.ts'
import { CORPUS, type Case, type Suite } from './suite.ts'

const LINT = 'conformance/cloudformation/cfn-lint'

/** Lines of cfn-lint's bad files with a name, type or attribute that AWS does not know, or without a property that it needs. */
const MISTAKES: readonly (readonly [file: string, line: number, slug: Problem['slug']])[] = [
  ['bad__conditions.yaml', 86, 'missing-property'],
  ['bad__conditions.yaml', 92, 'wrong-type'],
  ['bad__conditions.yaml', 95, 'unknown-property'],
  ['bad__core__directives.yaml', 13, 'unknown-property'],
  ['bad__core__directives.yaml', 17, 'unknown-property'],
  ['bad__core__directives.yaml', 28, 'unknown-property'],
  ['bad__core__directives.yaml', 30, 'unknown-value'],
  ['bad__core__directives.yaml', 35, 'unknown-property'],
  ['bad__core__directives.yaml', 37, 'unknown-value'],
  ['bad__override__complete.yaml', 20, 'missing-property'],
  ['bad__previous_generation_instances.yaml', 24, 'missing-property'],
  ['bad__properties_sg_ingress.yaml', 71, 'missing-property'],
  ['bad__resources__iam__iam_policy.yaml', 35, 'missing-property'],
  ['bad__resources__properties__primitive_types_map.yaml', 14, 'wrong-type'],
  ['bad__resources__properties__primitive_types_map.yaml', 31, 'wrong-type'],
  ['bad__resources__properties__templated_code.yaml', 13, 'wrong-type'],
  ['bad__resources_cognito_userpool_tag_is_list.yaml', 16, 'wrong-type'],
]

function filesBelow(folder: string): string[] {
  return readdirSync(join(CORPUS, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return filesBelow(path)
      return /\.(ya?ml|json|template)$/.test(entry.name) && isTemplate(path) ? [path] : []
    })
    .sort()
}

function isTemplate(path: string): boolean {
  return /^\s*"?Resources"?\s*:/m.test(readFileSync(join(CORPUS, path), 'utf8'))
}

/** What is found in a template by the registry alone. */
function findingsIn(path: string): Problem[] {
  const problems = new Problems()
  const source = { name: path, text: readFileSync(join(CORPUS, path), 'utf8') }
  const template = loadTemplate(source, { parameters: new Map(), dummies: true }, problems)
  const toldOf = (whole: Span): Problem[] =>
    problems.list.filter(
      ({ span }) => span?.source === whole.source && span.start >= whole.start && span.end <= whole.end,
    )
  const found = [...(template?.resources.values() ?? [])].flatMap((resource) => {
    const around = { isMadeUp: template!.isMadeUp, told: toldOf(resource.span) }
    return checkResource(resource, around).map(({ problem }) => problem)
  })
  return [...found, ...problems.list.filter(({ slug }) => slug === 'unknown-attribute')]
}

function accepted(path: string): Case {
  return {
    name: `accepts/${path}`,
    run(): void {
      const errors = findingsIn(path).filter(({ severity }) => severity === 'error')
      if (errors.length > 0) throw new Error(renderProblems(errors))
    },
  }
}

const suite: Suite = {
  name: 'registry',
  cases: [
    ...filesBelow('templates').map(accepted),
    ...filesBelow('flagship').map(accepted),
    ...filesBelow('sam-pairs/success').map(accepted),
    ...filesBelow(LINT)
      .filter((path) => path.startsWith(`${LINT}/good__`))
      .map(accepted),
    ...MISTAKES.map(([file, line, slug]) => ({
      name: `finds/${file}:${line} ${slug}`,
      run(): void {
        const found = findingsIn(`${LINT}/${file}`)
        const isThere = found.some((problem) => problem.slug === slug && lineColumn(problem.span!).line === line)
        if (!isThere) throw new Error(`not found among\n${renderProblems(found)}`)
      },
    })),
  ],
}

export default suite
