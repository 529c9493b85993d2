// The first page: the scenarios that come with hotshard, each with its picture and a line.
import { useEffect, useRef, useState } from 'react'
import { useTools } from '../app/context.tsx'
import { GALLERY, titleOf, type GalleryEntry } from '../app/gallery.ts'
import { useApp } from '../app/store.ts'
import { Bridge } from '../bridge/client.ts'
import { startWorker } from '../bridge/start.ts'
import type { Outline } from '../sim.ts'
import { THEMES } from '../theme/tokens.ts'

/** Outlines of the gallery's scenarios, read one after another by a worker of their own. */
const outlines = new Map<string, Outline>()

function useOutlines(): ReadonlyMap<string, Outline> {
  const [, setCount] = useState(outlines.size)
  useEffect(() => {
    const missing = GALLERY.filter((entry) => !outlines.has(entry.name))
    if (missing.length === 0) return
    const worker = startWorker('gallery')
    let at = -1
    const next = (): void => {
      const entry = missing[++at]
      if (entry === undefined) worker.terminate()
      else bridge.load({ name: entry.file, text: entry.text, knobs: {}, files: {} })
    }
    const bridge = new Bridge(worker, (answer) => {
      if (answer.answer === 'outline') {
        outlines.set(missing[at].name, answer.outline)
        setCount(outlines.size)
        next()
      } else if (answer.answer === 'bug') next()
    })
    next()
    return () => worker.terminate()
  }, [])
  return outlines
}

export function Gallery() {
  const known = useOutlines()
  return (
    <main className="gallery">
      <h1>What happens if …?</h1>
      <p className="lead">
        hotshard simulates AWS-style systems from their own CloudFormation templates. Open one of these, or drop a
        template of yours on this page.
      </p>
      <ul>
        {GALLERY.map((entry) => (
          <Entry key={entry.name} entry={entry} outline={known.get(entry.name)} />
        ))}
      </ul>
    </main>
  )
}

function Entry({ entry, outline }: { entry: GalleryEntry; outline: Outline | undefined }) {
  const { session } = useTools()
  const theme = useApp((state) => state.theme)
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    if (outline === undefined) return
    // The layout is for the stage first: whoever opens a link to a scenario has no need of this part.
    void import('../stage/thumbnail.ts').then(({ drawThumbnail }) => {
      if (canvas.current !== null) drawThumbnail(canvas.current, outline, THEMES[theme])
    })
  }, [outline, theme])
  return (
    <li>
      <a
        href={`#scenario=${entry.name}`}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return
          event.preventDefault()
          history.pushState(null, '', `#scenario=${entry.name}`)
          session.openGallery(entry.name)
        }}
      >
        <canvas ref={canvas} width={640} height={280} aria-hidden="true" />
        <h2>{titleOf(entry.name)}</h2>
        <p>{entry.line}</p>
      </a>
    </li>
  )
}
