// An expectation as one line of text, spaced evenly; reading it gives the same expectation again.
import type { Expectation, Formula, Name } from './expectation.ts'
import { formatDuration } from './quantity.ts'
import { formatStatistic } from './statistic.ts'

export function formatExpectation(expectation: Expectation): string {
  return head(expectation) + during(expectation) + by(expectation)
}

function head(expectation: Expectation): string {
  switch (expectation.kind) {
    case 'conserved':
      return `conserved(${name(expectation.resource)})`
    case 'alarm':
      return `alarm(${name(expectation.alarm)}) ${expectation.op} ${expectation.state}`
    case 'compare':
      return `${formatFormula(expectation.left)} ${expectation.op} ${formatFormula(expectation.right)}`
  }
}

function during({ during: range }: Expectation): string {
  if (range === undefined) return ''
  const end = (micros: number | undefined): string => (micros === undefined ? '' : formatDuration(micros))
  return ` during ${end(range.from)}..${end(range.to)}`
}

function by(expectation: Expectation): string {
  if (expectation.kind !== 'compare' || expectation.by.length === 0) return ''
  return ` by ${expectation.by.map((dimension) => name(dimension)).join(', ')}`
}

/** A side of a comparison, with brackets only where they change the meaning. */
export function formatFormula(formula: Formula): string {
  switch (formula.kind) {
    case 'quantity':
      return formula.text.replace(/\s+/g, ' ').replace(/ ?([%/]) ?/, '$1')
    case 'metric':
      return `${formatStatistic(formula.statistic)}(${path(formula.resource)}.${part(formula.metric.text)})`
    case 'errors':
      return `count(${name(formula.error)}${at(formula.resource)})`
    case 'cost':
      return `cost(${formula.period}${at(formula.resource)})`
    case 'binary': {
      const product = formula.op === '*' || formula.op === '/'
      const left = bracketed(formula.left, product && isSum(formula.left))
      const right = bracketed(formula.right, product ? formula.right.kind === 'binary' : isSum(formula.right))
      return `${left} ${formula.op} ${right}`
    }
  }
}

function isSum(formula: Formula): boolean {
  return formula.kind === 'binary' && (formula.op === '+' || formula.op === '-')
}

function bracketed(formula: Formula, needed: boolean): string {
  return needed ? `(${formatFormula(formula)})` : formatFormula(formula)
}

function at(resource: Name | undefined): string {
  return resource === undefined ? '' : ` at ${name(resource)}`
}

function name({ text }: Name): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_:.-]*$/u.test(text) ? text : quoted(text)
}

/** The names of a stack and its resource, each quoted where it must be. */
function path({ text }: Name): string {
  return text.split('.').map(part).join('.')
}

function part(text: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_:-]*$/u.test(text) ? text : quoted(text)
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
