// `hotshard fit`: the distributions and the pattern of arrivals behind a recording, as lines to paste into a scenario.
import { basename } from 'node:path'
import { plainJson } from '../../diag/text.ts'
import { fitRecording, VALUE_UNITS, type FitReport } from '../../recorded/fit/index.ts'
import { fitHtml } from '../../report/fit.ts'
import { EXIT } from '../exit.ts'
import { writeText } from '../exports.ts'
import { notWritten, unwritable } from '../outputs.ts'
import { badFlag, refused } from '../problems.ts'
import { useColor, widthOf } from '../terminal.ts'
import { openRecording, problemOf, readOptions, type RecordingFlags } from './files.ts'
import { prettyFit } from './pretty-fit.ts'

export interface FitFlags extends RecordingFlags {
  readonly column?: string
  readonly unit?: string
  readonly where?: readonly string[]
  readonly by?: string
  readonly count?: string
  readonly without?: string
  readonly format?: 'pretty' | 'json'
  readonly report?: string
  readonly color?: boolean
}

/** The version of `--format json` (`public/fit.schema.json`). */
const SCHEMA = 'hotshard.fit/1'

export function fit(path: string, flags: FitFlags): number {
  const options = readOptions(flags)
  if ('slug' in options) return refused(options, flags)
  if (flags.unit !== undefined && !Object.hasOwn(VALUE_UNITS, flags.unit))
    return refused(
      badFlag(`\`--unit ${flags.unit}\` is no unit`, `one of ${Object.keys(VALUE_UNITS).join(', ')}`),
      flags,
    )
  const where: [string, string][] = []
  for (const each of flags.where ?? []) {
    const at = each.indexOf('=')
    if (at <= 0) return refused(badFlag(`\`--where ${each}\` has no value`, 'write `--where column=cell`'), flags)
    where.push([each.slice(0, at), each.slice(at + 1)])
  }
  const output =
    flags.report === undefined ? [] : [{ flag: '--report', shown: `--report ${flags.report}`, path: flags.report }]
  const wrong = unwritable([path], output)
  if (wrong !== undefined) return refused(wrong, flags)
  const recording = openRecording(path, { ...options, count: flags.count })
  if ('slug' in recording) return refused(recording, flags)
  const without = flags.without === undefined ? undefined : openRecording(flags.without, {})
  if (without !== undefined && 'slug' in without) return refused(without, flags)
  if (without !== undefined && without.content.kind !== 'windows')
    return refused(
      badFlag(`\`--without ${flags.without}\` has no windows of time`, 'a JSON map of names to pairs of dates'),
      flags,
    )
  const windows = without?.content.kind === 'windows' ? without.content : undefined
  const fitted = fitRecording(path, recording, { ...flags, where, without: windows })
  if (!fitted.ok) return refused(problemOf(path, fitted), flags)
  const report = fitted.value
  const style = { color: useColor(process.stdout, flags), width: widthOf(process.stdout) }
  process.stdout.write(flags.format === 'json' ? `${plainJson(jsonOf(report), 2)}\n` : prettyFit(report, style))
  const failure = flags.report === undefined ? undefined : writeText(fitHtml(basename(path), report), flags.report)
  return failure === undefined ? EXIT.ok : refused(notWritten(`--report ${flags.report}`, failure), flags)
}

/** The report without the measured values themselves. */
function jsonOf({ values, arrivals, ...report }: FitReport): unknown {
  return {
    schema: SCHEMA,
    ...report,
    ...(values === undefined ? {} : { values: { ...values, fit: { ...values.fit, values: undefined } } }),
    ...(arrivals === undefined
      ? {}
      : {
          arrivals: {
            ...arrivals,
            pattern: {
              ...arrivals.pattern,
              counts: { ...arrivals.pattern.counts, counts: [...arrivals.pattern.counts.counts] },
            },
          },
        }),
  }
}
