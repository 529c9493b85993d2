// Projector mode: everything larger, nothing but the stage, light, as weak projectors need it.
import { store } from './store.ts'

/** How much larger texts, and dots, are. */
export const PROJECTED = { text: 1.5, dots: 1.4 } as const

/** On, or back to what was before. */
export function toggleProjector(): void {
  const { before, panels, theme } = store.getState()
  if (before === undefined)
    store.setState({ before: { panels, theme }, panels: false, theme: 'light', selected: undefined })
  else store.setState({ ...before, before: undefined })
}
