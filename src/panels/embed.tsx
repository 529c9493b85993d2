// The page as a figure: stage, caption and time line, a way back to the beginning, and a way into the whole tool.
import { useEffect, useRef } from 'react'
import { useTools } from '../app/context.tsx'
import { embed } from '../app/embed.ts'
import { titleOf } from '../app/gallery.ts'
import { useApp } from '../app/store.ts'
import { Problems } from './problems.tsx'
import { StageView } from './stage-view.tsx'
import { TimeLine } from './time-line.tsx'
import './embed.css'

export function Figure() {
  const tools = useTools()
  const status = useApp((state) => state.status)
  const scenario = useApp((state) => state.scenario?.name.replace(/\.(ya?ml|json|template)$/i, ''))
  const figure = useRef<HTMLDivElement>(null)
  useEffect(() => (figure.current === null ? undefined : embed(tools, figure.current)), [tools])
  const wrong = status === 'problems' || status === 'bug'
  return (
    <div className="figure" ref={figure}>
      <main className="middle" aria-label="Stage">
        <h1 className="hidden">{scenario === undefined ? 'hotshard' : titleOf(scenario)}</h1>
        {status === 'none' ? <Nothing /> : wrong ? <Problems /> : <StageView />}
        <div className="figure-ways">
          <button type="button" onClick={() => tools.session.openAddress(location.hash)}>
            Reset
          </button>
          <Remix />
        </div>
      </main>
      {!wrong && <TimeLine />}
    </div>
  )
}

function Nothing() {
  const notice = useApp((state) => state.notice)
  return (
    <section className="problems">
      <h2>{notice ?? 'The address of this figure names no scenario.'}</h2>
    </section>
  )
}

/** Opens the whole page on what the figure shows, at its moment. */
function Remix() {
  const { session } = useTools()
  const address = (): string => {
    const url = new URL(location.href)
    url.searchParams.delete('embed')
    url.hash = session.fragment() ?? location.hash
    return url.href
  }
  return (
    <a
      className="remix"
      href={location.pathname + location.hash}
      target="_blank"
      rel="noopener"
      // The moment is looked up when the link is used.
      onPointerDown={(event) => (event.currentTarget.href = address())}
      onKeyDown={(event) => (event.currentTarget.href = address())}
    >
      Remix ↗
    </a>
  )
}
