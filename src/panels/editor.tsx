// The editor beside the stage: the text box, which loads when it is first opened, and under it what is wrong with the text.
import { useEffect, useRef, useState } from 'react'
import '../editor/editor.css'
import { useTools } from '../app/context.tsx'
import { closeEditor, editorStore, useEditor } from '../app/editor-store.ts'
import { useApp } from '../app/store.ts'
import type { Diagnostic, Explained } from '../sim.ts'
import type { Editing } from '../editor/editing.ts'
import { ProblemList, Words } from './problem-list.tsx'

export function EditorPanel() {
  const tools = useTools()
  const name = useApp((state) => state.scenario?.name ?? '')
  const checked = useEditor((state) => state.checked)
  const isAhead = useEditor((state) => state.isAhead)
  const explained = useEditor((state) => state.explained)
  const goTo = useEditor((state) => state.goTo)
  const host = useRef<HTMLDivElement>(null)
  const [editing, setEditing] = useState<Editing | undefined>(tools.editing)

  useEffect(() => {
    let gone = false
    void import('../editor/editing.ts').then(({ Editing: Made }) => {
      tools.editing ??= new Made(tools.session, tools.assistant)
      if (!gone) setEditing(tools.editing)
    })
    return () => {
      gone = true
    }
  }, [tools])

  useEffect(() => {
    if (editing === undefined || host.current === null) return
    host.current.append(editing.box.dom)
    editing.attached()
    return () => editing.box.dom.remove()
  }, [editing])
  useEffect(() => {
    if (goTo !== undefined) editing?.attached()
  }, [editing, goTo])

  return (
    <aside className="editor" aria-label="Editor">
      <div className="editor-head">
        <h2 title={name}>{name}</h2>
        <button type="button" disabled={!isAhead} title="Ctrl Enter" onClick={() => void editing?.run()}>
          Run
        </button>
        <button type="button" title="Ctrl S" onClick={() => void editing?.save()}>
          Save
        </button>
        <button type="button" className="close" aria-label="Close the editor" title="E" onClick={closeEditor}>
          ✕
        </button>
      </div>
      <div className="editor-host" ref={host} />
      {checked?.isBare === true && (
        <p className="editor-hint">
          What load comes and what functions do was inferred.{' '}
          <button type="button" onClick={() => void editing?.writeSection()}>
            Write the inferred section
          </button>
        </p>
      )}
      <Knobs write={() => void editing?.writeKnobs()} />
      {explained === undefined ? (
        <ProblemList
          diagnostics={worstFirst(checked?.diagnostics ?? [])}
          go={(each) => editing?.goTo(each)}
          apply={(fix) => editing?.apply(fix)}
          explain={(slug) => void editing?.explain(slug)}
        />
      ) : (
        <Explanation of={explained} />
      )}
      <Status />
    </aside>
  )
}

function Explanation({ of: { slug, title, text, wrong, right, source } }: { of: Explained }) {
  return (
    <section className="explained" aria-label={`Explanation of ${slug}`}>
      <button
        type="button"
        className="close"
        aria-label="Close the explanation"
        onClick={() => editorStore.setState({ explained: undefined })}
      >
        ✕
      </button>
      <h3>{title}</h3>
      <p>
        <Words text={text} />
      </p>
      {wrong !== undefined && <pre tabIndex={0} aria-label="Wrong">{`# wrong\n${wrong.trimEnd()}`}</pre>}
      {right !== undefined && <pre tabIndex={0} aria-label="Right">{`# right\n${right.trimEnd()}`}</pre>}
      {source !== undefined && <p className="quiet">source: {source}</p>}
    </section>
  )
}

/** Errors, then warnings, then notes; each in the order of the text. */
function worstFirst(list: readonly Diagnostic[]): readonly Diagnostic[] {
  const rank = { error: 0, warning: 1, note: 2 }
  return [...list].sort((a, b) => rank[a.severity] - rank[b.severity])
}

/** What the sliders say stands beside the text, until it is written into it. */
function Knobs({ write }: { write: () => void }) {
  const count = useApp(({ history: { edits } }) => (edits.fork === undefined ? Object.keys(edits.knobs).length : 0))
  const isOk = useEditor((state) => state.checked?.ok === true && !state.isStale)
  if (count === 0) return null
  return (
    <p className="editor-hint">
      {count === 1 ? 'One value was' : `${count} values were`} changed beside the text.{' '}
      <button type="button" disabled={!isOk} onClick={write}>
        Write {count === 1 ? 'it' : 'them'} into the text
      </button>
    </p>
  )
}

/** One line of what the text is at: spoken when it changes. */
function Status() {
  const checked = useEditor((state) => state.checked)
  const isStale = useEditor((state) => state.isStale)
  const isAhead = useEditor((state) => state.isAhead)
  const pointed = useEditor((state) => state.pointed)
  const hasRun = useApp((state) => state.outline !== undefined)
  const errors = checked?.diagnostics.filter(({ severity }) => severity === 'error').length ?? 0
  const others = (checked?.diagnostics.length ?? 0) - errors
  const words = isStale
    ? 'checking …'
    : errors > 0
      ? `${errors} ${errors === 1 ? 'error keeps' : 'errors keep'} this text from running${hasRun ? '; shown is the run before' : ''}`
      : isAhead
        ? 'right; it runs in a moment'
        : others > 0
          ? 'this text is what runs'
          : 'nothing is wrong; this text is what runs'
  return (
    <p className="editor-status">
      <span role="status">{words}</span>
      {pointed !== undefined && <span className="mono">{pointed}</span>}
    </p>
  )
}
