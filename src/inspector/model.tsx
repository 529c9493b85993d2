// The card of a model: what it does, what it leaves out; the same sentences that `hotshard explain` prints.
import { plainText } from '../run/words.ts'
import type { Card } from '../sim.ts'

export function Model({ cards }: { cards: readonly Card[] }) {
  return (
    <>
      {cards.map(({ resource, type, summary, models, omits }) => (
        <section key={resource} className="model" aria-label={`Model of ${type}`}>
          <h3>{type}</h3>
          <p>{plainText(summary)}</p>
          <h4>Left out</h4>
          <Sentences of={omits} />
          <h4>Modelled</h4>
          <Sentences of={models} />
          <p className="quiet">
            More on the command line: <code>hotshard explain {type}</code>
          </p>
        </section>
      ))}
    </>
  )
}

function Sentences({ of }: { of: readonly string[] }) {
  return (
    <ul>
      {of.map((sentence) => (
        <li key={sentence}>{plainText(sentence)}</li>
      ))}
    </ul>
  )
}
