// The variants that are kept: taken up by a click, renamed, forgotten, compared with; and the fork.
import { useState } from 'react'
import { useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import { axisMoment, plainText } from '../run/words.ts'
import {
  AS_WRITTEN,
  compareWith,
  keep,
  NAME_MAX,
  presentVariant,
  remove,
  rename,
  use,
  VARIANTS_MAX,
  wordsOf,
} from '../app/variants.ts'
import './variants.css'

export function Variants() {
  const { session } = useTools()
  const edits = useApp((state) => state.history.edits)
  const knobs = useApp((state) => state.outline?.knobs) ?? []
  const view = useApp((state) => state.view)
  const present = presentVariant(edits)
  const { variants } = edits
  const keepNow = (): void => {
    session.edit('keep', (draft) => keep(draft, wordsOf(edits, knobs)))
    session.settle()
  }
  return (
    <section className="block variants" aria-labelledby="variants-title">
      <h2 id="variants-title">Variants</h2>
      <ul>
        {[-1, ...variants.keys()].map((at) => (
          <Variant key={at} at={at} isPresent={present === at} />
        ))}
      </ul>
      <button
        type="button"
        className="small"
        disabled={present !== undefined || variants.length >= VARIANTS_MAX}
        onClick={keepNow}
      >
        Keep these changes
      </button>
      <Fork />
      {(view !== 'b' || variants.length > 0) && (
        <label className="against">
          A is{' '}
          <select
            value={edits.against ?? -1}
            onChange={(event) => {
              session.edit('against', (draft) => compareWith(draft, Number(event.target.value)))
              session.settle()
            }}
          >
            <option value={-1}>{AS_WRITTEN}</option>
            {variants.map(({ name }, i) => (
              // oxlint-disable-next-line react/no-array-index-key -- a variant is its place in the list
              <option key={i} value={i}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </section>
  )
}

/** Whether the changes hold from the beginning or from a moment on, and what cannot come on the way. */
function Fork() {
  const { session } = useTools()
  const fork = useApp((state) => state.history.edits.fork)
  const refused = useApp((state) => (state.view === 'a' ? undefined : state.outline?.fork?.refused)) ?? []
  return (
    <div className="fork">
      <button type="button" className="small" title="Fork here (F)" onClick={() => session.fork()}>
        Fork here
      </button>
      {fork !== undefined && (
        <>
          <button type="button" className="small" onClick={() => session.unfork()}>
            From the beginning
          </button>
          <p>Changes hold from {axisMoment(fork.at)} on; before it all is as in A.</p>
          {refused.length > 0 && (
            <p className="refused">
              ▲ Shown from the beginning all the same, because this cannot change while it runs:{' '}
              {plainText(refused.join('; '))}.
            </p>
          )}
        </>
      )}
    </div>
  )
}

function Variant({ at, isPresent }: { at: number; isPresent: boolean }) {
  const { session } = useTools()
  const variant = useApp((state) => state.history.edits.variants[at])
  const knobs = useApp((state) => state.outline?.knobs) ?? []
  const [renaming, setRenaming] = useState(false)
  const name = variant?.name ?? AS_WRITTEN
  const words = variant === undefined ? '' : wordsOf(variant, knobs)
  return (
    <li>
      {renaming ? (
        <input
          aria-label={`New name of ${name}`}
          autoFocus
          maxLength={NAME_MAX}
          value={name}
          onChange={(event) => session.edit(`rename ${at}`, (draft) => rename(draft, at, event.target.value))}
          onKeyDown={(event) => {
            if (event.key === 'Enter' || event.key === 'Escape') setRenaming(false)
          }}
          onBlur={() => {
            session.settle()
            setRenaming(false)
          }}
        />
      ) : (
        <button
          type="button"
          className="variant"
          aria-pressed={isPresent}
          onClick={() => {
            session.edit('use', (draft) => use(draft, at))
            session.settle()
          }}
        >
          {name || '(no name)'}
          {words !== '' && words !== name && <small>{words}</small>}
        </button>
      )}
      {variant !== undefined && (
        <>
          <button type="button" className="reset" aria-label={`Rename ${name}`} onClick={() => setRenaming(!renaming)}>
            ✎
          </button>
          <button
            type="button"
            className="reset"
            aria-label={`Forget ${name}`}
            onClick={() => {
              session.edit('forget', (draft) => remove(draft, at))
              session.settle()
            }}
          >
            ✕
          </button>
        </>
      )}
    </li>
  )
}
