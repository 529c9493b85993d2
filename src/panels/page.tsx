// The page: header, panels, stage and time line; or the gallery, or what is wrong with a scenario.
import { lazy, Suspense, useState, type DragEvent } from 'react'
import { useTools } from '../app/context.tsx'
import { useEditor } from '../app/editor-store.ts'
import { droppedFiles, openFiles } from '../app/files.ts'
import { useApp } from '../app/store.ts'
import type { Outline } from '../sim.ts'
import { isWide } from '../run/columns.ts'
import { Gallery } from './gallery.tsx'
import { Header } from './header.tsx'
import { Help } from './help.tsx'
import { Inspector } from './inspector.tsx'
import { LeftPanel } from './left.tsx'
import { Choice } from './open.tsx'
import { Projector } from './projector.tsx'
import { BaseStage } from './split.tsx'
import { StageView } from './stage-view.tsx'
import { TimeLine } from './time-line.tsx'

// Nobody waits for what is asked for now and then.
const Share = lazy(() => import('./share.tsx').then((each) => ({ default: each.Share })))
const Experiments = lazy(() => import('../experiments/experiments.tsx').then((each) => ({ default: each.Experiments })))
const About = lazy(() => import('./about.tsx').then((each) => ({ default: each.About })))
const EditorPanel = lazy(() => import('./editor.tsx').then((each) => ({ default: each.EditorPanel })))
const Problems = lazy(() => import('./problems.tsx').then((each) => ({ default: each.Problems })))

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })))

export function Page() {
  const { session } = useTools()
  const status = useApp((state) => state.status)
  const panels = useApp((state) => state.panels)
  const selected = useApp((state) => state.selected)
  const outline = useApp((state) => state.outline)
  const about = useApp((state) => state.about)
  const editing = useEditor((state) => state.open)
  const notice = useApp((state) => state.notice)
  const palette = useApp((state) => state.palette)
  const share = useApp((state) => state.share)
  const experiments = useApp((state) => state.experiments)
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    void droppedFiles(event.dataTransfer).then((files) => openFiles(session, files))
  }
  const view = useApp((state) => state.view)
  const wrong = status === 'problems' || status === 'bug'
  const right =
    !panels || wrong || outline === undefined
      ? undefined
      : selected !== undefined
        ? 'inspector'
        : about
          ? 'about'
          : undefined
  const isStacked = useApp((state) => state.outline !== undefined && isWide(state.outline))
  const isSplit = view === 'split' && !wrong
  return (
    <div
      className="page"
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        // Out of the window; from one part of the page to another it stays.
        if (event.relatedTarget === null) setOver(false)
      }}
      onDrop={drop}
    >
      <Header />
      {status === 'none' ? (
        <Gallery />
      ) : (
        <div
          className={`work${editing ? ' editing' : ''}${wrong ? ' wrong' : ''}${panels ? '' : ' bare'}${right === undefined ? ' no-right' : ''}`}
        >
          {panels && <LeftPanel />}
          <Suspense>{editing && <EditorPanel />}</Suspense>
          <main
            className={`middle${isSplit ? ' split' : ''}${isSplit && isStacked ? ' stacked' : ''}`}
            aria-label="Stage"
          >
            {isSplit && <BaseStage />}
            {wrong ? (
              <Suspense>
                <Problems />
              </Suspense>
            ) : (
              <StageView />
            )}
          </main>
          {right === 'inspector' && <Inspector node={selected as number} />}
          <Suspense>{right === 'about' && <About outline={outline as Outline} />}</Suspense>
          {!wrong && <TimeLine />}
        </div>
      )}
      {over && (
        <div className="drop-hint">
          Drop a template or a scenario: it is simulated here and leaves this machine for nowhere.
        </div>
      )}
      <div className="notice" role="status" aria-live="polite">
        {notice}
      </div>
      <Help />
      {palette && (
        <Suspense>
          <Palette />
        </Suspense>
      )}
      {share && (
        <Suspense>
          <Share />
        </Suspense>
      )}
      {experiments && (
        <Suspense>
          <Experiments />
        </Suspense>
      )}
      <Projector />
      <Choice />
    </div>
  )
}
