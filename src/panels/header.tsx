// The header: where one is, and what can be done with the whole scenario.
import { useTools } from '../app/context.tsx'
import { titleOf } from '../app/gallery.ts'
import { store, useApp } from '../app/store.ts'
import { opposite, THEMES } from '../theme/tokens.ts'
import { OpenButtons } from './open.tsx'
import { SideChoice } from './sides.tsx'

export function Header() {
  const { session } = useTools()
  const scenario = useApp((state) => state.scenario)
  const past = useApp((state) => state.history.past.length)
  const future = useApp((state) => state.history.future.length)
  const theme = useApp((state) => state.theme)
  return (
    <header className="header">
      <a
        className="brand"
        href="#"
        onClick={(event) => {
          event.preventDefault()
          history.replaceState(null, '', location.pathname + location.search)
          session.close()
        }}
      >
        <span className="brand-mark" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
        hotshard
      </a>
      {scenario !== undefined && (
        <h1 className="title">
          {titleOf(scenario.name.replace(/\.(ya?ml|json|template)$/i, ''))} <small>{scenario.name}</small>
        </h1>
      )}
      <span className="spacer" />
      {scenario !== undefined && (
        <>
          <SideChoice />
          <button type="button" onClick={() => session.undo()} disabled={past === 0} title="Undo (Ctrl Z)">
            Undo
          </button>
          <button
            type="button"
            onClick={() => session.redo()}
            disabled={future === 0}
            title="Do it again (Ctrl Shift Z)"
          >
            Redo
          </button>
          <button
            type="button"
            onClick={() => store.setState({ experiments: true })}
            title="Many runs over values and seeds (X)"
          >
            Experiments
          </button>
          <button
            type="button"
            onClick={() => store.setState({ share: true })}
            title="Link, figure, report, picture (U)"
          >
            Share
          </button>
        </>
      )}
      <OpenButtons />
      <button type="button" onClick={() => store.setState({ theme: opposite(theme) })} title="Dark or light (T)">
        {THEMES[theme].isDark ? 'Light' : 'Dark'}
      </button>
      <button type="button" onClick={() => store.setState({ help: true })} aria-label="Keys" title="Keys (?)">
        ?
      </button>
    </header>
  )
}
