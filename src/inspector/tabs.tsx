// Tabs by the pattern that screen readers know: one stop for all, arrows move between them.
import { useRef, type KeyboardEvent, type ReactNode } from 'react'

export function Tabs<T extends string>({
  tabs,
  chosen,
  choose,
  children,
}: {
  tabs: readonly T[]
  chosen: T
  choose: (tab: T) => void
  children: ReactNode
}) {
  const list = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -tabs.length, End: tabs.length }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const at = tabs.indexOf(chosen)
    const to = Math.abs(step) > 1 ? (step < 0 ? 0 : tabs.length - 1) : (at + step + tabs.length) % tabs.length
    choose(tabs[to])
    list.current?.querySelectorAll('button')[to]?.focus()
  }
  return (
    <>
      <div className="tabs" role="tablist" aria-label="What to see of it" ref={list} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            type="button"
            role="tab"
            key={tab}
            id={`tab-${tab}`}
            aria-selected={tab === chosen}
            aria-controls="tab-panel"
            tabIndex={tab === chosen ? 0 : -1}
            onClick={() => choose(tab)}
          >
            {tab}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${chosen}`}>
        {children}
      </div>
    </>
  )
}
