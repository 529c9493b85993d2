// Does the runs of an experiment, one at a time: reads the bundle's scenario with the settings asked for, runs it, says what came of it.
import { renderProblem } from '../diag/render.ts'
import { Problems } from '../diag/problem.ts'
import { loadScenario, type FileReader, type Scenario } from '../lang/scenario.ts'
import { billOf } from '../run/bill.ts'
import { evaluateExpectation } from '../run/expect.ts'
import { runScenario, type Run, type Watch } from '../run/run.ts'
import { inOrder, readerOf, type Bundle } from './bundle.ts'
import { allValues, askedValues, countsOf } from './measures.ts'
import { sampledRun } from './series.ts'
import { WarmUpWatch } from './warm-up.ts'
import type { Ending, MeasuredValue, Outcome, RunSpec } from './types.ts'

/** Runs of one bundle. A scenario that was read is kept for the next run with the same settings, which often differs in its seed alone. */
export class Runner {
  private readonly bundle: Bundle
  private readonly files: FileReader
  private read:
    { readonly key: string; readonly scenario: Scenario | undefined; readonly problems: Problems } | undefined

  /** `files` are those of the bundle, unless somebody has them otherwise. */
  constructor(bundle: Bundle, files: FileReader = readerOf(bundle)) {
    this.bundle = bundle
    this.files = files
  }

  /** Does one run. `watch` lets the guards see real time and memory. */
  run(spec: RunSpec, watch: Watch = {}): Outcome {
    const { scenario, problems } = this.scenarioOf(spec)
    if (scenario === undefined) return lostOutcome(spec, 'refused', firstError(problems))
    const beginning = this.bundle.warmUp === true ? new WarmUpWatch(scenario.plan) : undefined
    const options = { watch, ...(beginning === undefined ? {} : { samples: beginning }) }
    const { series: asked } = this.bundle
    const { run, series } =
      asked === undefined ? { run: runScenario(scenario, options) } : sampledRun(scenario, asked, options)
    const warmUpAdvice = beginning?.advice()
    const expectations = scenario.expectations.map((each) => {
      const { text, ok, measured } = evaluateExpectation(each, run)
      return { text, ok, measured }
    })
    const broken = run.broken[0]
    const why = broken === undefined ? run.stopped?.message : `\`${broken.component}\`: ${broken.sentence}`
    return {
      settings: inOrder(spec.settings),
      seed: String(scenario.plan.seed),
      ending:
        broken !== undefined
          ? 'broken'
          : run.stopped !== undefined
            ? 'partial'
            : expectations.every((each) => each.ok)
              ? 'passed'
              : 'failed',
      digest: run.world.kernel.digest.hex(),
      events: run.world.kernel.steps,
      ...(run.world.streams.haveDrawn ? { drawn: true } : {}),
      values: this.valuesOf(run),
      expectations,
      ...(why === undefined ? {} : { why }),
      ...(this.bundle.counts === true ? { counts: countsOf(run) } : {}),
      ...(series === undefined ? {} : { series }),
      ...(warmUpAdvice === undefined ? {} : { warmUpAdvice }),
    }
  }

  private valuesOf(run: Run): readonly MeasuredValue[] {
    const { measures, everything } = this.bundle
    if (measures === undefined) return allValues(run, billOf(run.world))
    const asked = askedValues(run)
    if (everything !== true) return asked
    const names = new Set(asked.map(({ name }) => name))
    return [...asked, ...allValues(run, billOf(run.world)).filter(({ name }) => !names.has(name))]
  }

  /** The scenario with the settings and the seed asked for; what is wrong with it is in `problems`. */
  scenarioOf({ settings, seed }: RunSpec): { readonly scenario: Scenario | undefined; readonly problems: Problems } {
    const key = JSON.stringify(inOrder(settings))
    if (this.read?.key !== key) {
      const problems = new Problems()
      const { name, text, duration, measures } = this.bundle
      const options = {
        parameters: new Map(settings),
        files: this.files,
        ...(duration === undefined ? {} : { duration }),
        ...(measures === undefined ? {} : { measures }),
      }
      const scenario = loadScenario({ name, text }, options, problems)
      this.read = { key, scenario: problems.hasErrors ? undefined : scenario, problems }
    }
    const { scenario, problems } = this.read
    if (scenario === undefined || seed === undefined) return { scenario, problems }
    return { scenario: { ...scenario, plan: { ...scenario.plan, seed } }, problems }
  }
}

/** Of a run of which nothing is known but why. */
export function lostOutcome({ settings, seed = '' }: RunSpec, ending: Ending, why: string): Outcome {
  return { settings: inOrder(settings), seed, ending, digest: '', events: 0, values: [], expectations: [], why }
}

function firstError(problems: Problems): string {
  const error = problems.list.find((problem) => problem.severity === 'error')
  return error === undefined ? 'the scenario cannot be read' : renderProblem(error, { color: false, width: 100 })
}
