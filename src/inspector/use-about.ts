// What the simulator knows of a node, asked anew when the node or the run changes and when the run has ended.
import { useEffect, useState } from 'react'
import { useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import type { About } from '../sim.ts'

export function useAbout(node: number): About | undefined {
  const { session } = useTools()
  const outline = useApp((state) => state.outline)
  const done = useApp((state) => state.status === 'done')
  const [about, setAbout] = useState<About>()
  useEffect(() => {
    let current = true
    void session.about(node).then((answer) => {
      if (current && answer !== undefined) setAbout(answer)
    })
    return () => {
      current = false
    }
  }, [session, node, outline, done])
  return about?.node === node ? about : undefined
}
