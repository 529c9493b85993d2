// Side A and side B: which of them is shown, what each of them is, and what differs between them.
import { useTools } from '../app/context.tsx'
import { useApp, type View } from '../app/store.ts'
import { differenceOf, isSame, nameOfA, nameOfB, sideA, wordsOf } from '../app/variants.ts'
import './sides.css'

const CHOICES: readonly { readonly view: View; readonly shown: string; readonly words: string }[] = [
  { view: 'a', shown: 'A', words: 'A alone' },
  { view: 'split', shown: 'A | B', words: 'A | B: both sides' },
  { view: 'b', shown: 'B', words: 'B alone' },
]

/** The header's choice of what is on the stage. */
export function SideChoice() {
  const { session } = useTools()
  const view = useApp((state) => state.view)
  return (
    <div className="side-choice" role="group" aria-label="Sides">
      {CHOICES.map((each) => (
        <button
          key={each.view}
          type="button"
          aria-pressed={view === each.view}
          aria-label={each.words}
          title={`${each.words} (${each.view === 'split' ? 'V' : each.shown})`}
          onClick={() => session.setView(each.view)}
        >
          {each.shown}
        </button>
      ))}
    </div>
  )
}

/** Over a half of the stage: which side it is, what it is called, what differs. */
export function SideLabel({ side }: { side: 'a' | 'b' }) {
  const edits = useApp((state) => state.history.edits)
  const knobs = useApp((state) => state.outline?.knobs) ?? []
  const a = sideA(edits)
  const words = side === 'a' ? wordsOf(a, knobs) : isSame(a, edits) ? 'the same as A' : differenceOf(a, edits, knobs)
  return (
    <p className={`side-label ${side}`}>
      <b>{side.toUpperCase()}</b>
      <span>
        <b>{side === 'a' ? nameOfA(edits) : nameOfB(edits)}</b> {words}
      </span>
    </p>
  )
}
