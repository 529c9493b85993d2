// Metrics over time under their CloudWatch names. The library that draws them comes when somebody looks.
import { lazy, Suspense } from 'react'
import { useApp } from '../app/store.ts'
import type { About, NodeOutline } from '../sim.ts'

const Charts = lazy(() => import('./charts.tsx'))

export function Metrics({ node, about }: { node: NodeOutline; about: About }) {
  const done = useApp((state) => state.status === 'done')
  const metrics = about.metrics.filter(({ statistics }) => statistics.length > 0)
  if (!done) return <p className="quiet">The metrics are complete when the run has been simulated to its end.</p>
  if (metrics.length === 0) return <p className="quiet">{node.name} has published no metric.</p>
  return (
    <Suspense fallback={<p className="quiet">The charts are coming …</p>}>
      <Charts metrics={metrics} node={node} />
    </Suspense>
  )
}
