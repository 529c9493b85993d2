// Answers an editor's questions about a scenario's text. It runs nothing, and keeps nothing but the names it has seen.
import { loadScenario, type Scenario } from '../lang/scenario.ts'
import { givenFiles } from '../lang/given-files.ts'
import { catalogue, type LintSlug } from '../diag/catalogue.ts'
import { Problems } from '../diag/problem.ts'
import { sortProblems } from '../diag/render.ts'
import { lints } from '../lint/catalogue.ts'
import { registry } from '../lang/registry.ts'
import { scenarioSchema } from '../schema/index.ts'
import { complete } from './complete.ts'
import { diagnosticOf } from './diagnostic.ts'
import { hover } from './hover.ts'
import { namesOf, type KnownResource } from './names.ts'
import type { Checked, Draft, Explained, Question, Reply } from './types.ts'
import { Walker } from './walk.ts'
import { withInferred, withSettings } from './write.ts'
import type { Node } from 'yaml'

export class Desk {
  #walker: Walker | undefined
  /** Resources of the last text that could be read. */
  #known: readonly KnownResource[] = []

  /** Answers; a mistake of ours becomes an answer too. */
  answer(question: Question): Reply {
    const { id } = question
    try {
      return this.#answer(question)
    } catch (error) {
      return { reply: 'bug', id, message: error instanceof Error ? error.message : String(error) }
    }
  }

  #answer(question: Question): Reply {
    const { id } = question
    switch (question.question) {
      case 'check':
        return { reply: 'check', id, checked: this.#check(question) }
      case 'complete': {
        const options = complete(question.text, question.at, this.#schema(), (root) => this.#names(root))
        return { reply: 'complete', id, ...(options === undefined ? {} : { options }) }
      }
      case 'hover': {
        const found = hover(question.text, question.at, this.#schema(), (root) => this.#names(root))
        return { reply: 'hover', id, ...(found === undefined ? {} : { hover: found }) }
      }
      case 'explain': {
        const explained = explain(question.slug)
        return { reply: 'explain', id, ...(explained === undefined ? {} : { explained }) }
      }
      case 'section': {
        const { scenario } = load(question)
        const text = scenario === undefined ? undefined : withInferred(question.text, scenario)
        return { reply: 'text', id, ...(text === undefined ? {} : { text }) }
      }
      case 'settle': {
        return { reply: 'text', id, ...withSettings(question.text, question.knobs) }
      }
    }
  }

  #schema(): Walker {
    return (this.#walker ??= new Walker(scenarioSchema()))
  }

  #names(root: Node | undefined): ReturnType<typeof namesOf> {
    return namesOf(root, this.#known)
  }

  #check(draft: Draft): Checked {
    const { scenario, problems } = load(draft)
    if (scenario !== undefined) this.#known = resourcesOf(scenario)
    return {
      ok: scenario !== undefined && !problems.hasErrors,
      diagnostics: sortProblems(problems.list).map((problem) => diagnosticOf(problem, draft.name)),
      ...(scenario === undefined
        ? {}
        : { knobs: [...scenario.parameters, ...scenario.settings].map(({ name }) => name) }),
      isBare: scenario?.isBare === true,
    }
  }
}

function load({ name, text, files, knobs }: Draft): { scenario: Scenario | undefined; problems: Problems } {
  const problems = new Problems()
  const options = { parameters: new Map(Object.entries(knobs)), files: givenFiles(files) }
  return { scenario: loadScenario({ name, text }, options, problems), problems }
}

/** What can be named: not the workloads, and not what an account has by itself. */
function resourcesOf(scenario: Scenario): KnownResource[] {
  return scenario.plan.components.flatMap(({ name, type, config }) => {
    const def = registry.byType.get(type)
    if (def === undefined || def.family === 'client' || (def.singleton === true && !scenario.places.has(name)))
      return []
    return [{ name, type, def, entries: def.entries?.(config) ?? [] }]
  })
}

function explain(slug: string): Explained | undefined {
  const found = catalogue.get(slug) ?? lints.get(slug as LintSlug)
  if (found === undefined) return undefined
  const { title, text, wrong, right, source } = found
  return {
    ...{ slug, title, text },
    ...(wrong === undefined ? {} : { wrong }),
    ...(right === undefined ? {} : { right }),
    ...(source === undefined ? {} : { source }),
  }
}
