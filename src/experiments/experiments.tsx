// The dialog of experiments: a question of many runs, how far they are, and the answer.
import { useEffect, useRef } from 'react'
import { store, useApp } from '../app/store.ts'
import { Tabs } from '../inspector/tabs.tsx'
import { Better } from './better.tsx'
import { experiments, QUESTIONS, useExperiments } from './store.ts'
import { Reaches } from './reaches.tsx'
import { Varies } from './varies.tsx'
import './experiments.css'

export function Experiments() {
  const dialog = useRef<HTMLDialogElement>(null)
  const question = useExperiments((state) => state.question)
  const fork = useApp((state) => state.history.edits.fork)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      className="experiments"
      aria-labelledby="experiments-title"
      onClose={() => store.setState({ experiments: false })}
    >
      <header>
        <h2 id="experiments-title">Experiments</h2>
        <form method="dialog">
          <button type="submit" className="close" aria-label="Close">
            ✕
          </button>
        </form>
      </header>
      <p className="quiet">
        One run is one possible day. Many runs, each on another seed, tell what is usual and how sure that is.
        {fork !== undefined && ' Here the changes hold from the beginning: a fork is not repeated.'}
      </p>
      <Tabs tabs={QUESTIONS} chosen={question} choose={(chosen) => experiments.setState({ question: chosen })}>
        {question === QUESTIONS[0] ? <Varies /> : question === QUESTIONS[1] ? <Reaches /> : <Better />}
      </Tabs>
    </dialog>
  )
}
