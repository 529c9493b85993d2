// What is wrong with a text, one entry a problem, in the words of the command line: where, what to write instead, why.
import type { Diagnostic, Fix } from '../sim.ts'
import './problem-list.css'

const SIGNS = { error: '▲', warning: '■', note: '●' } as const

interface Actions {
  readonly go: (each: Diagnostic) => void
  readonly apply?: (fix: Fix) => void
  readonly explain?: (slug: string) => void
}

export function ProblemList({ diagnostics, go, apply, explain }: Actions & { diagnostics: readonly Diagnostic[] }) {
  if (diagnostics.length === 0) return null
  return (
    <ul className="problem-list" aria-label="Problems of the text">
      {diagnostics.map((each, i) => (
        <li key={`${each.slug} ${each.from ?? i} ${each.message}`} className={each.severity}>
          <button
            type="button"
            className="problem"
            onClick={() => go(each)}
            disabled={each.line === undefined || each.file !== undefined}
          >
            <span aria-hidden="true">{SIGNS[each.severity]}</span>
            <span className="words">
              <b>
                <span className="hidden">{each.severity}: </span>
                <Words text={each.message} />
              </b>
              {[...new Set([each.label, each.help, ...each.notes])].map(
                (text) => text !== undefined && <Words key={text} text={text} />,
              )}
            </span>
            {each.line !== undefined && (
              <small>
                {each.file === undefined ? '' : `${each.file}, `}line {each.line}
              </small>
            )}
          </button>
          {(apply !== undefined || explain !== undefined) && (
            <div className="actions">
              {each.fix !== undefined && apply !== undefined && (
                <button type="button" onClick={() => apply(each.fix as Fix)}>
                  {each.fix.title}
                </button>
              )}
              {explain !== undefined && (
                <button type="button" onClick={() => explain(each.slug)}>
                  Explain <span className="mono">{each.slug}</span>
                </button>
              )}
            </div>
          )}
        </li>
      ))}
    </ul>
  )
}

/** A text whose words in backticks are code. */
export function Words({ text }: { text: string }) {
  return <span>{text.split('`').map((part, i) => (i % 2 === 0 ? part : <code key={i + part}>{part}</code>))}</span>
}
