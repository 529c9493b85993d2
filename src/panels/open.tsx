// Opening files: two buttons for files and folders, and the question which of several templates is meant.
import { useEffect, useRef } from 'react'
import { useTools } from '../app/context.tsx'
import { chosenFiles, openFiles, openMain } from '../app/files.ts'
import { store, useApp } from '../app/store.ts'

export function OpenButtons() {
  return (
    <>
      <Open label="Open a template…" title="One or several files (O)" id="open-files" />
      <Open label="Folder…" title="A folder with a template and what lies beside it" id="open-folder" isFolder />
    </>
  )
}

function Open({
  label,
  title,
  id,
  isFolder = false,
}: {
  label: string
  title: string
  id: string
  isFolder?: boolean
}) {
  const { session } = useTools()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (input.current !== null) input.current.webkitdirectory = isFolder
  }, [isFolder])
  return (
    <>
      <button type="button" id={id} title={title} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        aria-label={title}
        onChange={(event) => {
          void openFiles(session, chosenFiles(event.target.files))
          event.target.value = ''
        }}
      />
    </>
  )
}

/** Asked when several of the files could be the scenario. */
export function Choice() {
  const { session } = useTools()
  const choice = useApp((state) => state.choice)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (choice !== undefined && dialog.current?.open === false) dialog.current.showModal()
    if (choice === undefined && dialog.current?.open === true) dialog.current.close()
  }, [choice])
  return (
    <dialog
      ref={dialog}
      className="help choice"
      aria-labelledby="choice-title"
      onClose={() => store.setState({ choice: undefined })}
    >
      <h2 id="choice-title">Which one is to run?</h2>
      <p>The others stay beside it, where it may name them.</p>
      <ul>
        {choice?.candidates.map((path) => (
          <li key={path}>
            <button type="button" onClick={() => openMain(session, choice.files, path)}>
              {path}
            </button>
          </li>
        ))}
      </ul>
      <form method="dialog">
        <button type="submit">None</button>
      </form>
    </dialog>
  )
}
