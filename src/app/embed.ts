// The page as a figure in another page (`?embed=1`): it pauses when nobody sees it, and speaks with the page around it.
//
// Messages are plain objects with a member `hotshard`. The page around may say `{ hotshard: 'play' }`, `'pause'` and
// `{ hotshard: 'seek', time }` (seconds); it hears `ready`, `time` (at most four times a second) and `insight`. Whoever shows the
// frame has made its address and learns nothing that is not in it.
import type { Tools } from './context.tsx'
import { insightAt } from './session.ts'
import { store } from './store.ts'

/** Least real time between two `time` messages, in ms. */
const TELL_MS = 250
const SECONDS_MAX = 1e9

/** Whether the address asks for a figure. */
export const isEmbedded = (): boolean => new URLSearchParams(location.search).get('embed') === '1'

/** HTML for the page that is to show a link as a figure. The frame gets no more rights than it needs. */
export function embedCode(link: string): string {
  const url = new URL(link)
  url.searchParams.set('embed', '1')
  const address = url.href.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
  return `<iframe src="${address}" title="A simulation by hotshard" width="960" height="540" loading="lazy" sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"></iframe>`
}

/** What the page around may ask for. */
export type Order = { readonly order: 'play' | 'pause' } | { readonly order: 'seek'; readonly time: number }

/** Reads a message from outside; undefined for what is none of ours. */
export function readOrder(data: unknown): Order | undefined {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, 'hotshard')) return undefined
  const { hotshard, time } = data as { hotshard: unknown; time?: unknown }
  if (hotshard === 'play' || hotshard === 'pause') return { order: hotshard }
  if (hotshard !== 'seek' || typeof time !== 'number' || !(time >= 0 && time <= SECONDS_MAX)) return undefined
  return { order: 'seek', time }
}

/** Connects the figure with the page around it; `figure` is what must be in sight for the clock to run. */
export function embed({ session, loop }: Tools, figure: Element): () => void {
  const tell = (message: { readonly hotshard: string } & Readonly<Record<string, unknown>>): void => {
    if (window.parent !== window) window.parent.postMessage(message, '*')
  }
  const hear = ({ source, data }: MessageEvent): void => {
    const order = source === window.parent && window.parent !== window ? readOrder(data) : undefined
    if (order?.order === 'seek') session.seek(order.time * 1e6)
    else if (order !== undefined) session.setPlaying(order.order === 'play')
  }
  window.addEventListener('message', hear)

  let stopped = false
  const sight = new IntersectionObserver(([entry]) => {
    const { playing } = store.getState()
    if (!entry.isIntersecting && playing) {
      stopped = true
      session.setPlaying(false)
    } else if (entry.isIntersecting && stopped) {
      stopped = false
      session.setPlaying(true)
    }
  })
  sight.observe(figure)

  let told = -1
  let moment = ''
  const stopTime = loop.subscribe((now) => {
    const { insights, playing } = store.getState()
    if (moment !== `${now} ${playing}`) tell({ hotshard: 'time', time: now / 1e6, playing })
    moment = `${now} ${playing}`
    const at = insightAt(insights, now)
    if (at === told) return
    told = at
    const insight = insights[at]
    if (insight !== undefined) tell({ hotshard: 'insight', title: insight.title, text: insight.text })
  }, TELL_MS)
  const stopStatus = store.subscribe((state, before) => {
    if (state.status === 'done' && before.status !== 'done' && state.outline !== undefined)
      tell({ hotshard: 'ready', duration: state.outline.duration / 1e6, digest: state.outcomes?.digest })
  })
  return () => {
    window.removeEventListener('message', hear)
    sight.disconnect()
    stopTime()
    stopStatus()
  }
}
