// What a resource is set to: its properties with defaults filled in, the figures that bind it and where they come from.
import type { Card, Figure } from '../sim.ts'

export function Settings({ cards }: { cards: readonly Card[] }) {
  return (
    <>
      {cards.map((card) => (
        <section key={card.resource} aria-label={`Settings of ${card.resource}`}>
          <h3>
            {card.resource} <small>{card.type}</small>
          </h3>
          <h4>Properties</h4>
          {card.properties.length === 0 ? (
            <p className="quiet">None that the model reads.</p>
          ) : (
            <dl className="properties">
              {card.properties.map(({ name, value, doc }) => (
                <div key={name} title={doc}>
                  <dt>{name}</dt>
                  <dd className="mono">{value}</dd>
                </div>
              ))}
            </dl>
          )}
          <Figures title="Quotas and figures" figures={card.quotas} />
          <Figures title="Assumptions, where AWS documents nothing" figures={card.assumptions} />
        </section>
      ))}
    </>
  )
}

function Figures({ title, figures }: { title: string; figures: readonly Figure[] }) {
  if (figures.length === 0) return null
  return (
    <details open={figures.length < 6 || figures.some(({ isOwn }) => isOwn)}>
      <summary>
        {title} ({figures.length})
      </summary>
      <dl className="properties stacked">
        {[...figures]
          .sort((a, b) => Number(b.isOwn) - Number(a.isOwn))
          .map(({ name, value, doc, source, isOwn }) => (
            <div key={name} className={isOwn ? 'own' : ''}>
              <dt>{name}</dt>
              <dd>
                <span className="mono">{value}</span>
                <small>
                  {doc} <i>{isOwn ? 'Set by the scenario.' : `[${source}]`}</i>
                </small>
              </dd>
            </div>
          ))}
      </dl>
    </details>
  )
}
