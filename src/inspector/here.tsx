// On the stage: where the followed request is at the moment shown, and what it does there.
import { useEffect, useRef } from 'react'
import { useLive, useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import { spanAt } from '../run/parts.ts'
import { number } from '../run/words.ts'

/** `moves` changes when cards have moved on the screen. */
export function RequestHere({ moves }: { moves: number }) {
  const tools = useTools()
  const followed = useApp((state) => state.followed)
  const sign = useRef<HTMLParagraphElement>(null)
  const place = (now: number): void => {
    const { current } = sign
    if (current === null || followed === undefined) return
    const at = spanAt(followed.waterfall, now)
    const box = at < 0 ? undefined : tools.stage?.boxes()[followed.nodes[at]]
    current.hidden = box === undefined
    if (box === undefined) return
    const { trace, spans } = followed.waterfall
    const words = `request ${number(trace)}: ${spans[at].words}`
    if (current.textContent !== words) current.textContent = words
    // Through the object model: the policy refuses inline styles.
    current.style.transform = `translate(${box.x + box.w / 2}px, ${box.y}px) translate(-50%, -110%)`
  }
  useLive(place, 60)
  useEffect(() => place(tools.session.clock.now), [moves, followed])
  return followed === undefined ? null : <p className="here" aria-hidden="true" ref={sign} hidden />
}
