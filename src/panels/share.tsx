// What can be taken along: a link, a figure for another page, the report, a picture.
import { useEffect, useRef, useState } from 'react'
import { useTools } from '../app/context.tsx'
import { embedCode } from '../app/embed.ts'
import { savePicture, saveReport } from '../app/saving.ts'
import { store, useApp } from '../app/store.ts'
import './share.css'

export function Share() {
  const tools = useTools()
  const { session } = tools
  const done = useApp((state) => state.status === 'done')
  const dialog = useRef<HTMLDialogElement>(null)
  const [fragment] = useState(() => session.fragment())
  const link = fragment === undefined ? undefined : new URL(fragment, location.href).href
  // It stands on the page only while it is open.
  useEffect(() => {
    if (fragment !== undefined) history.replaceState(null, '', fragment)
    dialog.current?.showModal()
  }, [fragment])
  return (
    <dialog
      ref={dialog}
      className="share"
      aria-labelledby="share-title"
      onClose={() => store.setState({ share: false })}
    >
      <h2 id="share-title">Share</h2>
      {link === undefined ? (
        <p>This scenario is too large for a link: send the file instead.</p>
      ) : (
        <>
          <Copied
            name="Link"
            text={link}
            hint="Shows this scenario with your changes at this moment. No server sees it."
          />
          <Copied
            name="Embed"
            text={embedCode(link)}
            hint="A figure for your own page: the stage, the time line, and a way back here. The host of this page must let others show it."
          />
        </>
      )}
      <h3>Keep</h3>
      <div className="share-files">
        <button type="button" disabled={!done} onClick={() => void saveReport(tools)}>
          Report as a file
        </button>
        <button type="button" onClick={() => void savePicture(tools)}>
          Stage as a picture
        </button>
      </div>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}

/** A text to take along, with a button that copies it. */
function Copied({ name, text, hint }: { name: string; text: string; hint: string }) {
  const [said, setSaid] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => setSaid(''), [text])
  const copy = async (): Promise<void> => {
    field.current?.select()
    try {
      await navigator.clipboard.writeText(text)
      setSaid('Copied.')
    } catch {
      setSaid('It is selected: copy it by your keyboard.')
    }
  }
  const id = `share-${name.toLowerCase()}`
  return (
    <div className="share-text">
      <label htmlFor={id}>{name}</label>
      <textarea ref={field} id={id} readOnly rows={2} value={text} aria-describedby={`${id}-hint`} spellCheck={false} />
      <button type="button" onClick={() => void copy()} aria-label={`Copy the ${name.toLowerCase()}`}>
        Copy
      </button>
      <p className="quiet" id={`${id}-hint`}>
        {hint} <b role="status">{said}</b>
      </p>
    </div>
  )
}
