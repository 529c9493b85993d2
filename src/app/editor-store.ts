// The state of the editor that the page shows beside it. Its text, its history and its cursor are its own.
import { createStore, useStore } from 'zustand'
import type { Checked, Explained } from '../sim.ts'

export interface EditorState {
  readonly open: boolean
  /** The resource around the cursor, while the editor is open. */
  readonly pointed?: string
  /** What was found in the text when it was last checked. */
  readonly checked?: Checked
  /** Whether the text is another than the one that was checked. */
  readonly isStale: boolean
  /** Whether the text is another than the one that runs. */
  readonly isAhead: boolean
  readonly explained?: Explained
  /** Where to go as soon as the editor is there: a one-based line. */
  readonly goTo?: number
}

export const editorStore = createStore<EditorState>()(() => ({ open: false, isStale: true, isAhead: false }))

export const useEditor = <T>(select: (state: EditorState) => T): T => useStore(editorStore, select)

/** Opens the editor, at a line of the text where one is given. */
export function openEditor(line?: number): void {
  editorStore.setState({ open: true, goTo: line })
}

export function closeEditor(): void {
  editorStore.setState({ open: false, pointed: undefined, explained: undefined })
}
