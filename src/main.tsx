// Where the page begins: theme, worker, session, loop, and the panels around the stage.
import '@fontsource/inter/latin-400.css'
import '@fontsource/inter/latin-500.css'
import '@fontsource/inter/latin-600.css'
import '@fontsource/jetbrains-mono/latin-400.css'
import '@fontsource/jetbrains-mono/latin-500.css'
import '@fontsource/jetbrains-mono/latin-600.css'
import './style.css'
import './theme/contrast.css'
import { lazy, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { ToolsContext, type Tools } from './app/context.tsx'
import { isEmbedded } from './app/embed.ts'
import { listenToKeys } from './app/keys.ts'
import { Loop } from './app/loop.ts'
import { keepOffline } from './app/offline.ts'
import { exposeCosts } from './app/perf.ts'
import { Session } from './app/session.ts'
import { store } from './app/store.ts'
import { startWorker } from './bridge/start.ts'
import { Assistant } from './editor/assistant.ts'
import { Page } from './panels/page.tsx'
import { applyTheme, THEMES } from './theme/tokens.ts'

const Figure = lazy(() => import('./panels/embed.tsx').then((each) => ({ default: each.Figure })))

const root = document.documentElement
applyTheme(THEMES[store.getState().theme], root)
store.subscribe((state, before) => {
  if (state.theme !== before.theme) applyTheme(THEMES[state.theme], root)
  if (state.before !== before.before) root.toggleAttribute('data-projector', state.before !== undefined)
})

const session = new Session(() => startWorker('simulator'))
const assistant = new Assistant(() => startWorker('editor'))
const loop = new Loop(session)
const tools: Tools = { session, loop, stage: undefined, base: undefined, assistant, editing: undefined }

// The simulator and the renderer of what the address names need not wait for the faces.
session.openAddress(location.hash)
if (store.getState().scenario !== undefined) void import('./stage/stage.ts')

// Type on the stage is drawn once: the faces must be here before.
void Promise.all(
  [
    '400 12px Inter',
    '600 12px Inter',
    '400 12px "JetBrains Mono"',
    '500 12px "JetBrains Mono"',
    '600 12px "JetBrains Mono"',
  ].map((face) => document.fonts.load(face)),
).finally(() => {
  createRoot(document.getElementById('app') as HTMLElement).render(
    <ToolsContext value={tools}>
      {isEmbedded() ? (
        <Suspense>
          <Figure />
        </Suspense>
      ) : (
        <Page />
      )}
    </ToolsContext>,
  )
  loop.start()
})
window.addEventListener('hashchange', () => session.openAddress(location.hash))
listenToKeys(tools)
exposeCosts(tools)
if (!isEmbedded()) keepOffline()
