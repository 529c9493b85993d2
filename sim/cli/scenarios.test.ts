// Which scenarios are meant by files, folders and patterns, and which of them have changed in git.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { chosen } from './changed.ts'
import { check } from './check.ts'
import { run } from './run.ts'
import { scenariosOf } from './scenarios.ts'

const SCENARIO = `
Resources: { Jobs: { Type: AWS::SQS::Queue } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1/s } }
`
let folder = ''
let out = ''
let err = ''
const file = (name: string): string => join(folder, name)
const put = (name: string, text: string): void => {
  mkdirSync(dirname(file(name)), { recursive: true })
  writeFileSync(file(name), text)
}

beforeEach(() => {
  out = err = ''
  // What is printed differs where a pipeline reads it.
  vi.stubEnv('CI', undefined)
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'hotshard-scenarios-')))
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += String(chunk)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += String(chunk)), true))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

describe('arguments', () => {
  const found = (...args: string[]): string[] =>
    scenariosOf(args.map(file)).named.map(({ path, problem }) =>
      problem === undefined ? relative(folder, path) : 'none',
    )

  it('are files, patterns in order of names, and folders with what has a simulation in it', () => {
    for (const name of [
      'b.yaml',
      'a.yaml',
      'B.yaml',
      'sub/c.yml',
      'sub/deep/d.json',
      'node_modules/x/e.yaml',
      '.f/g.yaml',
    ])
      put(name, name.endsWith('json') ? JSON.stringify({ Metadata: { Simulation: {} } }) : SCENARIO)
    put('template.yaml', 'Resources: { Jobs: { Type: AWS::SQS::Queue } }')
    put('schema.json', JSON.stringify({ properties: { Simulation: {} } }))
    put('readme.md', 'Simulation: none')
    put('broken.yaml', 'Simulation: { Duration: 5m\n')
    put('list.yaml', '- Simulation')
    expect(found('b.yaml', 'a.yaml')).toEqual(['b.yaml', 'a.yaml'])
    expect(found('*.yaml')).toEqual(['B.yaml', 'a.yaml', 'b.yaml', 'broken.yaml', 'list.yaml', 'template.yaml'])
    expect(found('**/*.{yml,json}')).toEqual(['schema.json', 'sub/c.yml', 'sub/deep/d.json'])
    expect(found('')).toEqual(['B.yaml', 'a.yaml', 'b.yaml', 'broken.yaml', 'sub/c.yml', 'sub/deep/d.json'])
    expect(found('sub/')).toEqual(['sub/c.yml', 'sub/deep/d.json'])
    expect(found('**/e.yaml')).toEqual(['none'])
    expect(found('node_modules/*/e.yaml')).toEqual(['node_modules/x/e.yaml'])
    // Named twice, it is one.
    expect(found('b.yaml', '[ab].yaml', './b.yaml')).toEqual(['b.yaml', 'a.yaml'])
  })

  it('are meant as they are written when there is such a file or folder', () => {
    put('[a].yaml', SCENARIO)
    put('a.yaml', SCENARIO)
    put('(x)/{y}.yaml', SCENARIO)
    expect(found('[a].yaml')).toEqual(['[a].yaml'])
    expect(found('(x)')).toEqual(['(x)/{y}.yaml'])
  })

  it('say from where they were named: from here, or from the root', () => {
    const { named } = scenariosOf(['./scenarios/cold-*.yaml', 'scenarios/'])
    expect(named.slice(0, 2).map(({ path }) => path)).toEqual([
      'scenarios/cold-start-storm.yaml',
      'scenarios/cold-starts.yaml',
    ])
    expect(named.length).toBeGreaterThan(20)
    expect(scenariosOf([join(process.cwd(), 'scenarios/cold-starts*')]).named).toEqual([
      { path: join(process.cwd(), 'scenarios/cold-starts.yaml') },
    ])
  })

  it('that name nothing are told, and the others are looked at all the same', () => {
    put('a.yaml', SCENARIO)
    put('empty/template.yaml', 'Resources: {}')
    expect(found('no*.yaml', 'a.yaml', 'empty')).toEqual(['none', 'a.yaml', 'none'])
    expect(run([file('no*.yaml'), file('a.yaml')], {})).toBe(2)
    expect(err).toMatch(
      /^error\[no-scenarios\]: no file matches `\S+no\*\.yaml`\n {2}= help: patterns are matched from /,
    )
    expect(out).toMatch(/\nERROR {4}\S+ {2}1 error\nok {7}\S+a\.yaml +nothing is expected\n$/)
    err = ''
    expect(check([file('empty')], {})).toBe(2)
    expect(err).toContain('with a `Simulation` section; a bare template is named itself')
    // A file that is not there is no pattern.
    expect(found('none.yaml')).toEqual(['none.yaml'])
    expect(run([file('none.yaml')], {})).toBe(2)
    expect(err).toContain('there is no such file')
    err = ''
    expect(run([file('b.yaml')], {})).toBe(2)
    expect(err).toContain(`help: did you mean \`${file('a.yaml')}\`?`)
  })

  it('make a list of reports as soon as there could be several', () => {
    put('a.yaml', SCENARIO)
    const reports = (...args: string[]): unknown => {
      out = ''
      run(args.map(file), { format: ['json'] })
      return JSON.parse(out)
    }
    expect(reports('a.yaml')).toMatchObject({ schema: 'hotshard.report/1' })
    expect(reports('*.yaml')).toMatchObject([{ schema: 'hotshard.report/1' }])
    expect(reports('')).toMatchObject([{ schema: 'hotshard.report/1' }])
    expect(reports('a.yaml', 'none.yaml')).toHaveLength(1)
    expect(reports('none*.yaml')).toEqual([])
    const schemaOf = (name: string): object =>
      JSON.parse(readFileSync(join(import.meta.dirname, `../../public/${name}`), 'utf8')) as object
    const valid = new Ajv2020()
      .addSchema(schemaOf('report.schema.json'), 'report.schema.json')
      .compile(schemaOf('reports.schema.json'))
    expect(valid(reports('*.yaml')), JSON.stringify(valid.errors)).toBe(true)
    expect(valid(reports('a.yaml'))).toBe(false)
    expect(valid([{ schema: 'hotshard.report/1' }])).toBe(false)
  })
})

const hasGit = spawnSync('git', ['--version']).status === 0

describe.skipIf(!hasGit)('--changed', () => {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const commit = (message: string): void => {
    git('add', '--all')
    git('commit', '--quiet', '--no-gpg-sign', '--allow-empty', '--message', message)
  }
  const changed = (base = '', flags: { root?: string } = {}): string[] | string => {
    const scenarios = chosen([folder], { changed: base, ...flags })
    return 'slug' in scenarios
      ? [scenarios.message, scenarios.help, ...(scenarios.notes ?? [])].join('\n')
      : scenarios.named.map(({ path }) => relative(folder, path))
  }

  beforeEach(() => {
    // A person's own settings are none of the test's.
    vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null')
    vi.stubEnv('GIT_CONFIG_SYSTEM', '/dev/null')
    vi.spyOn(process, 'cwd').mockReturnValue(folder)
    git('init', '--quiet', '--initial-branch=main')
    put('app/template.yaml', 'Resources: { Jobs: { Type: AWS::SQS::Queue } }')
    put('app/nested.yaml', 'Resources: { Inner: { Type: AWS::SQS::Queue } }')
    put(
      'app/parent.yaml',
      'Resources: { Child: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: nested.yaml } } }',
    )
    put('data/arrivals.csv', 'at\n1\n2\n')
    put('alone.yaml', SCENARIO)
    put('beside.yaml', 'Simulation: { Template: app/template.yaml, Duration: 1m }')
    put('nested.yaml', 'Simulation: { Template: app/parent.yaml, Duration: 1m }')
    put('traced.yaml', SCENARIO.replace('Rate: 1/s', 'Arrivals: "trace(data/arrivals.csv, column=at)"'))
    commit('first')
  })

  it('keeps a scenario whose file, template, nested template or data has changed', () => {
    expect(changed()).toEqual([])
    put('alone.yaml', `${SCENARIO}\n`)
    expect(changed()).toEqual(['alone.yaml'])
    put('app/template.yaml', 'Resources: { Jobs: { Type: AWS::SQS::Queue }, More: { Type: AWS::SQS::Queue } }')
    expect(changed()).toEqual(['alone.yaml', 'beside.yaml'])
    git('add', '--all')
    expect(changed()).toEqual(['alone.yaml', 'beside.yaml'])
    put('app/nested.yaml', 'Resources: { Inner: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: 1 } } }')
    put('data/arrivals.csv', 'at\n1\n3\n')
    expect(changed()).toEqual(['alone.yaml', 'beside.yaml', 'nested.yaml', 'traced.yaml'])
    expect(err).toContain('4 of 4 scenarios changed since the last commit\n')
    commit('second')
    expect(changed()).toEqual([])
    expect(changed('HEAD~1')).toHaveLength(4)
  })

  it('compares with where the branch was left, committed or not', () => {
    git('checkout', '--quiet', '-b', 'topic')
    put('alone.yaml', `${SCENARIO}# one\n`)
    commit('on the branch')
    git('checkout', '--quiet', 'main')
    put('beside.yaml', 'Simulation: { Template: app/template.yaml, Duration: 2m }')
    commit('on main meanwhile')
    git('checkout', '--quiet', 'topic')
    expect(changed('main')).toEqual(['alone.yaml'])
    put('traced.yaml', `${SCENARIO}# two\n`)
    expect(changed('main')).toEqual(['alone.yaml', 'traced.yaml'])
  })

  it('counts what is new, renamed, gone or unknown to git as changed', () => {
    put('new.yaml', SCENARIO)
    expect(changed()).toEqual(['new.yaml'])
    put('.gitignore', 'ignored.yaml\n')
    put('ignored.yaml', SCENARIO)
    expect(changed()).toEqual(['ignored.yaml', 'new.yaml'])
    commit('second')
    expect(changed()).toEqual(['ignored.yaml'])
    renameSync(file('alone.yaml'), file('renamed.yaml'))
    rmSync(file('app/nested.yaml'))
    expect(changed()).toEqual(['ignored.yaml', 'nested.yaml', 'renamed.yaml'])
    const outside = mkdtempSync(join(tmpdir(), 'hotshard-outside-'))
    writeFileSync(join(outside, 'other.yaml'), 'Resources: { Jobs: { Type: AWS::SQS::Queue } }')
    put('far.yaml', `Simulation: { Template: ${relative(folder, outside)}/other.yaml }`)
    symlinkSync(file('app/template.yaml'), file('link.yaml'))
    put('linked.yaml', 'Simulation: { Template: link.yaml }')
    commit('third')
    expect(changed()).toEqual(['far.yaml', 'ignored.yaml', 'nested.yaml'])
    put('app/template.yaml', 'Resources: { Jobs: { Type: AWS::SQS::Queue }, More: { Type: AWS::SQS::Queue } }')
    expect(changed()).toEqual(['beside.yaml', 'far.yaml', 'ignored.yaml', 'linked.yaml', 'nested.yaml'])
    rmSync(outside, { recursive: true })
  })

  it('reads names with blanks, line breaks and letters of all kinds', () => {
    put('größe an\n.yaml', SCENARIO)
    commit('second')
    expect(changed()).toEqual([])
    put('größe an\n.yaml', `${SCENARIO}\n`)
    expect(changed()).toEqual(['größe an\n.yaml'])
  })

  it('works from a folder below the top, and in a repository without a commit', () => {
    put('alone.yaml', `${SCENARIO}\n`)
    vi.spyOn(process, 'cwd').mockReturnValue(file('app'))
    git('config', 'diff.relative', 'true')
    expect(changed()).toEqual(['alone.yaml'])
    rmSync(file('.git'), { recursive: true })
    vi.spyOn(process, 'cwd').mockReturnValue(folder)
    git('init', '--quiet')
    git('add', '--all')
    expect(changed()).toHaveLength(4)
  })

  it('runs nothing that the checkout brings along', () => {
    const trap = `touch ${file('trapped')}`
    git('config', 'core.fsmonitor', trap)
    git('config', 'diff.external', trap)
    git('config', 'diff.trap.textconv', trap)
    put('.gitattributes', '* diff=trap\n')
    put('alone.yaml', `${SCENARIO}\n`)
    expect(changed()).toEqual(['alone.yaml'])
    expect(changed('HEAD')).toEqual(['alone.yaml'])
    expect(changed(`--output=${file('trapped')}`)).toContain('git knows no such branch')
    expect(changed(`$(${trap})`)).toContain('git knows no such branch')
    expect(scenariosOf([file('trapp*')]).named[0]!.problem).toBeDefined()
  })

  it('says why when git cannot tell: no such branch, nothing in common, no repository, no git', () => {
    git('branch', 'develop')
    expect(changed('develp')).toContain('did you mean `develop`?')
    expect(changed('origin/release-9')).toContain('fetch it first; a pipeline’s checkout is often cut off')
    git('checkout', '--quiet', '--orphan', 'apart')
    commit('apart')
    expect(changed('main')).toContain('it has no commit in common with the current one')
    expect(check([folder], { changed: 'main' })).toBe(2)
    rmSync(file('.git'), { recursive: true })
    expect(changed()).toMatch(/run it inside of a checkout\nfatal: not a git repository/)
    expect(run([folder], { changed: '' })).toBe(2)
    vi.stubEnv('PATH', folder)
    expect(changed()).toMatch(/install git, or name the scenarios without `--changed`\nthere is no program `git`/)
  })

  it('runs what it keeps and is content with nothing', () => {
    expect(run([folder], { changed: '', format: [`junit=${file('o.xml')}`] })).toBe(0)
    expect(out).toBe('0 scenarios\n')
    expect(err).toBe('0 of 4 scenarios changed since the last commit\n')
    put('alone.yaml', `${SCENARIO}\n`)
    out = ''
    expect(run([folder], { changed: '', format: ['json'] })).toBe(0)
    expect(JSON.parse(out)).toMatchObject([{ scenario: file('alone.yaml') }])
    expect(run([folder, file('no*.yaml')], { changed: '' })).toBe(2)
  })
})

describe('the program', () => {
  let sub = ''
  beforeAll(() => (sub = mkdtempSync(join(tmpdir(), 'hotshard-words-'))))
  afterAll(() => rmSync(sub, { recursive: true }))

  it.skipIf(!hasGit || !existsSync('.git'))(
    'takes what follows `--changed` for a scenario, and what follows `=` for a branch',
    () => {
      const hotshard = (...args: string[]) =>
        spawnSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'main.ts'), 'check', ...args], {
          encoding: 'utf8',
        })
      const first = hotshard('--changed', 'scenarios/cold-starts.yaml')
      expect(first.stderr).toMatch(/^[01] of 1 scenario changed since the last commit\n$/)
      const second = hotshard('--changed=no-such-branch-here', 'scenarios/cold-starts.yaml')
      expect(second.stderr).toContain('`--changed=no-such-branch-here`: git knows no such branch')
      expect(second.status).toBe(2)
    },
  )
})
