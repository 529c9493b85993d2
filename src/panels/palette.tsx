// The palette: type a few letters of what is to be done or of where to go.
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { commandsOf, matching } from '../app/commands.ts'
import { useTools } from '../app/context.tsx'
import { store, useApp } from '../app/store.ts'
import './palette.css'

const SHOWN_MAX = 12

export function Palette() {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} className="palette" aria-label="Commands" onClose={() => store.setState({ palette: false })}>
      <Commands />
    </dialog>
  )
}

function Commands() {
  const tools = useTools()
  const outline = useApp((state) => state.outline)
  const insights = useApp((state) => state.insights)
  const [words, setWords] = useState('')
  const [at, setAt] = useState(0)
  const found = matching(commandsOf({ outline, insights }), words).slice(0, SHOWN_MAX)
  const chosen = Math.min(at, found.length - 1)
  const run = (index: number): void => {
    store.setState({ palette: false })
    found[index]?.run(tools)
  }
  const press = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && found.length > 0) setAt((chosen + step + found.length) % found.length)
    else if (event.key === 'Enter') run(chosen)
    else return
    event.preventDefault()
  }
  return (
    <>
      <input
        autoFocus
        role="combobox"
        aria-label="What to do"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={found[chosen] === undefined ? undefined : `command-${chosen}`}
        autoComplete="off"
        placeholder="What to do, or where to go"
        value={words}
        onChange={(event) => {
          setWords(event.target.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <ul id="commands" role="listbox" aria-label="Commands">
        {found.map(({ id, title, key }, i) => (
          // The combobox has the focus; the mouse may choose as well.
          <li
            key={id}
            id={`command-${i}`}
            role="option"
            aria-selected={i === chosen}
            data-command={id}
            onClick={() => run(i)}
          >
            <span>{title}</span>
            {key !== undefined && <kbd>{key}</kbd>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="quiet">Nothing is called so.</p>}
    </>
  )
}
