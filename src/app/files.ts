// Files that the user opens or drops: read here, never sent anywhere.
import type { Session } from './session.ts'
import { store } from './store.ts'

/** Larger files are no templates. */
const BYTES_MAX = 1_500_000

export async function openFile(session: Session, file: File): Promise<void> {
  if (file.size > BYTES_MAX) {
    store.setState({ notice: `${file.name} is larger than a template can be (${BYTES_MAX / 1e6} MB).` })
    return
  }
  const text = await file.text()
  if (text.includes('\u0000')) {
    store.setState({ notice: `${file.name} is not a text.` })
    return
  }
  // The address would otherwise still name the scenario before.
  history.replaceState(null, '', location.pathname + location.search)
  session.open({ name: file.name, text, own: true })
}
