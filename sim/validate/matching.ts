// Which simulated metric a recorded one is: by CloudWatch's namespace, name and dimensions where they are known, else by the words of its name.
import type { SeriesKind } from '../engine/recorder.ts'
import { nearest } from '../diag/suggest.ts'
import type { Series } from '../recorded/index.ts'

/** What is known of a simulated metric before anything runs. */
export interface Simulated {
  /** The logical id of its resource. */
  readonly component: string
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly kind: SeriesKind
  readonly unit: string
}

export interface Match {
  readonly simulated: Simulated
  /** As CloudWatch names it: `Sum`, `Average`, `p99`. */
  readonly statistic: string
  /** `Work.Duration.p99`. */
  readonly term: string
}

export type Matched = Match | { readonly why: string }

const STATISTIC = /^(?:p\d{1,2}(?:\.\d{1,3})?|sum|average|avg|minimum|min|maximum|max|samplecount)$/i

/** The simulated metric that a recorded series stands for, or why there is none. `as` is `Resource.Metric` or `Resource.Metric.stat`. */
export function matchOf(series: Series, all: readonly Simulated[], as?: string): Matched {
  const own = all.filter(({ dimensions }) => Object.keys(dimensions).length <= 1)
  if (as !== undefined) return matchAs(as, series, own)
  const words = series.name.split(/[\s:,()/]+/).filter((word) => word !== '')
  const statistic = series.statistic ?? words.find((word) => STATISTIC.test(word))
  const under = own.filter(({ namespace }) => series.namespace === undefined || series.namespace === namespace)
  const metric = series.metric
  const exact = under.filter(({ name }) => (metric === undefined ? words.includes(name) : name === metric))
  const alike = metric === undefined ? [] : under.filter(({ name }) => ALIKE.get(metric)?.includes(name) === true)
  if (exact.length + alike.length === 0) return { why: 'no simulated metric has its name' }
  const found =
    meant(series, words, exact) ?? meant(series, words, alike) ?? only(exact) ?? only(exact.length === 0 ? alike : [])
  if (found !== undefined) return matched(found, statistic)
  const components = new Set([...exact, ...alike].map(({ component }) => component))
  return { why: `it may be of ${[...components].slice(0, 6).join(', ')}` }
}

/** What logs and traces tell of a request by other names than CloudWatch has. */
const ALIKE: ReadonlyMap<string, readonly string[]> = new Map([
  ['Duration', ['Latency', 'TargetResponseTime']],
  ['Requests', ['Invocations', 'RequestCount', 'Count']],
])

/** The metric of the one resource that a dimension or a word names. */
function meant({ dimensions }: Series, words: readonly string[], among: readonly Simulated[]): Simulated | undefined {
  const names = [...Object.values(dimensions ?? {}), ...words]
  const found = among.filter((each) =>
    names.some((name) => isResource(name, each.component, Object.values(each.dimensions)[0])),
  )
  return only(found)
}

/** The metric of the only resource that has it: names in an account are other than logical ids. */
function only(among: readonly Simulated[]): Simulated | undefined {
  return new Set(among.map(({ component }) => component)).size === 1 ? among[0] : undefined
}

/** Whether a word names a resource: its physical name, its logical id, or a name that CloudFormation makes (`stack-Logical-1A2B`). */
function isResource(word: string, component: string, physical: string | undefined): boolean {
  return word === component || word === physical || word.split('-').includes(component)
}

function matched(simulated: Simulated, statistic: string | undefined): Match {
  const stat = statistic ?? (simulated.kind === 'count' ? 'Sum' : 'Average')
  return { simulated, statistic: stat, term: `${simulated.component}.${simulated.name}.${stat}` }
}

function matchAs(as: string, series: Series, own: readonly Simulated[]): Matched {
  const names = own.map(({ component, name }) => `${component}.${name}`)
  const exact = own.find(
    ({ component, name }) => as === `${component}.${name}` || as.startsWith(`${component}.${name}.`),
  )
  if (exact === undefined) {
    const near = nearest(as, names)
    return { why: `\`${as}\` is no simulated metric${near === undefined ? '' : `; did you mean \`${near}\`?`}` }
  }
  const rest = as.slice(`${exact.component}.${exact.name}`.length + 1)
  const inName = series.name.split(/\s+/).find((word) => STATISTIC.test(word))
  return matched(exact, rest === '' ? (series.statistic ?? inName) : rest)
}
