// How panels reach the session, the stage and the loop.
import { createContext, useContext, useEffect, useRef } from 'react'
import type { Assistant } from '../editor/assistant.ts'
import type { Editing } from '../editor/editing.ts'
import type { Stage } from '../stage/stage.ts'
import type { Loop } from './loop.ts'
import type { Session } from './session.ts'

export interface Tools {
  readonly session: Session
  readonly loop: Loop
  /** Undefined until the renderer is ready. */
  stage: Stage | undefined
  /** Answers the editor's questions, in a thread of its own. */
  readonly assistant: Assistant
  /** Undefined until the editor was opened. */
  editing: Editing | undefined
  /** The stage of side A, while both sides are shown. */
  base: Stage | undefined
}

export const ToolsContext = createContext<Tools | undefined>(undefined)

export function useTools(): Tools {
  const tools = useContext(ToolsContext)
  if (tools === undefined) throw new Error('a panel stands outside of the page')
  return tools
}

/** Paints at most every `ms` while the moment moves: for what must not pass through React's state. */
export function useLive(paint: (now: number) => void, ms: number): void {
  const { loop } = useTools()
  const latest = useRef(paint)
  latest.current = paint
  useEffect(() => {
    const stop = loop.subscribe((now) => latest.current(now), ms)
    loop.refresh()
    return stop
  }, [loop, ms])
}

/** A text that follows the moment, written straight into the page. */
export function Live({
  read,
  ms = 120,
  className,
}: {
  read: (now: number) => string
  ms?: number
  className?: string
}) {
  const ref = useRef<HTMLSpanElement>(null)
  useLive((now) => {
    const text = read(now)
    if (ref.current !== null && ref.current.textContent !== text) ref.current.textContent = text
  }, ms)
  return <span ref={ref} className={className} />
}
