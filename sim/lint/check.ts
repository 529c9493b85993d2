// Runs every lint over a scenario and tells what nobody has allowed.
import type { Template } from '../cfn/index.ts'
import type { LintSlug } from '../diag/catalogue.ts'
import type { Problems } from '../diag/problem.ts'
import type { Source } from '../diag/span.ts'
import type { Finding, Lint, Scene } from './contract.ts'
import { Allowances } from './allow.ts'
import { lints } from './catalogue.ts'

/** `scenario` is the text that was opened, which may only name the template. */
export function checkLints(scene: Scene, scenario: Source, template: Template, problems: Problems): void {
  const allowances = new Allowances([...lints.keys()], problems)
  const resources = [...template.resources.values()].map(({ keySpan }) => keySpan.source)
  for (const source of new Set([scenario, template.source, ...resources])) allowances.readComments(source)
  allowances.readMetadata(template)
  for (const [slug, lint] of lints) {
    const findings = lint.find(scene).filter(({ span }) => !allowances.allows(slug, span))
    for (const group of byPlace(findings)) tell(slug, lint, group, problems)
  }
  allowances.reportUnused()
}

/** Findings of one place are one: settings under `Globals` hold for many functions. */
function byPlace(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<Source, Map<number, Map<string, Finding>>>()
  for (const finding of findings) {
    const { source, start } = finding.span
    const places = groups.get(source) ?? new Map<number, Map<string, Finding>>()
    const group = places.get(start) ?? new Map<string, Finding>()
    group.set(finding.message, group.get(finding.message) ?? finding)
    groups.set(source, places.set(start, group))
  }
  return [...groups.values()].flatMap((places) => [...places.values()].map((group) => [...group.values()]))
}

const OTHERS_SHOWN = 3

function tell(slug: LintSlug, lint: Lint, [first, ...others]: Finding[], problems: Problems): void {
  const { message, span, label, help, also } = first!
  const more = others.length - OTHERS_SHOWN
  const notes = [
    ...others.slice(0, OTHERS_SHOWN).map((other) => `${other.message}, too`),
    ...(more > 0 ? [`and ${more} more like it`] : []),
    lint.source,
  ]
  const say = lint.severity === 'warning' ? problems.warning.bind(problems) : problems.note.bind(problems)
  say(slug, message, span, {
    ...(label === undefined ? {} : { label }),
    ...(also === undefined ? {} : { also }),
    help,
    notes,
  })
}
