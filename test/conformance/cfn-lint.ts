// The linter cfn-lint's own test files: the good ones become scenarios without an error, the bad ones are refused.
//
// The one idea: what a file is worth is what its authors say of it. A bad file whose expected findings are all warnings or advice
// (W…, I…) breaks no rule of CloudFormation, so it has to load; all other bad ones must not.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderOf, joinPath } from '../../sim/cfn/files.ts'
import { Problems } from '../../sim/diag/problem.ts'
import { renderProblems } from '../../sim/diag/render.ts'
import { loadScenario, type FileReader } from '../../sim/lang/scenario.ts'
import { CORPUS, type Case, type Suite } from './suite.ts'

interface Fixture {
  readonly file: string
  readonly kind: 'good' | 'bad'
  /** Where it lay in the linter's own tests: its companions lie beside it. */
  readonly source: string
  readonly expected: readonly { readonly rule_id: string | null }[]
}

const FOLDER = join(CORPUS, 'conformance/cloudformation/cfn-lint')
const { templates } = JSON.parse(readFileSync(join(FOLDER, '_manifest.json'), 'utf8')) as {
  readonly templates: readonly Fixture[]
}

/** Companions of a file, by their path from it. */
function beside(fixture: Fixture): FileReader {
  return {
    read(path) {
      const source = joinPath(folderOf(fixture.source), path)
      const found = templates.find((each) => each.source === source)
      if (found === undefined)
        return { ok: false, message: `\`${path}\` is not among the fixtures`, help: 'the corpus has some files only' }
      return { ok: true, value: readFileSync(join(FOLDER, found.file), 'utf8') }
    },
  }
}

function run(fixture: Fixture): void {
  const problems = new Problems()
  const text = readFileSync(join(FOLDER, fixture.file), 'utf8')
  loadScenario({ name: fixture.file, text }, { files: beside(fixture) }, problems)
  const errors = problems.list.filter((problem) => problem.severity === 'error')
  const isRefusable = fixture.kind === 'bad' && !fixture.expected.some(({ rule_id: id }) => /^[WI]/.test(id ?? ''))
  if (isRefusable && errors.length === 0) {
    const rules = fixture.expected.map((each) => each.rule_id).join(', ')
    throw new Error(`it is not refused${rules === '' ? '' : ` (${rules})`}`)
  }
  if (fixture.kind === 'good' && errors.length > 0) throw new Error(renderProblems(errors).slice(0, 400))
}

const cases: Case[] = templates.map((fixture, i) => ({
  // Two files have lost their names.
  name: templates.findIndex(({ file }) => file === fixture.file) === i ? fixture.file : `${fixture.file} (${i})`,
  run: () => run(fixture),
}))

const suite: Suite = { name: 'cfn-lint', cases }
export default suite
