// Files that the page makes: the report and the picture of the stage, handed to the reader as downloads.
import type { Tools } from './context.tsx'
import { insightAt } from './session.ts'
import { store } from './store.ts'
import { axisMoment } from '../run/words.ts'
import { drawPicture } from '../stage/picture.ts'
import { THEMES } from '../theme/tokens.ts'

/** Offers a file to keep. */
export function save(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // The browser has taken it when it is asked the next time.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** The scenario's name without its ending, for the name of a file. */
export function fileName(ending: string): string {
  const name = store.getState().scenario?.name ?? 'hotshard'
  return `${name.replace(/\.(ya?ml|json|template)$/i, '').replace(/[^\p{L}\p{N}._-]+/gu, '-')}.${ending}`
}

/** The report of the run as a file, when it is done. */
export async function saveReport({ session }: Tools): Promise<void> {
  const html = await session.report()
  if (html !== undefined) save(fileName('html'), new Blob([html], { type: 'text/html' }))
}

/** The stage as it stands, with its caption, its legend and its time. */
export async function savePicture({ session, stage }: Tools): Promise<void> {
  const { run } = session
  const { insights, outcomes, perDot, scenario, still, theme } = store.getState()
  if (run === undefined || stage === undefined || !session.ready) return
  const { now } = session.clock
  const insight = insights[insightAt(insights, now)]
  const picture = drawPicture(stage.picture(), stage.density, THEMES[theme], {
    when: `At ${axisMoment(now)}`,
    title: insight?.title ?? scenario?.name ?? '',
    text: insight?.text ?? '',
    foot: [scenario?.name ?? '', `seed ${run.outline.seed}`, outcomes === undefined ? '' : `digest ${outcomes.digest}`],
    ...(still ? {} : { perDot }),
  })
  const blob = await new Promise<Blob | null>((resolve) => picture.toBlob(resolve, 'image/png'))
  if (blob !== null) save(fileName('png'), blob)
}
