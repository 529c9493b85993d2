// Files and folders that the user opens or drops: read here, never sent anywhere.
import { besides, mainOf, nameOf, type Texts } from './main-file.ts'
import type { Session } from './session.ts'
import { store } from './store.ts'

/** Larger files are no templates, and larger ones beside them are left out. */
const TEMPLATE_MAX = 1_500_000
const BESIDE_MAX = 8_000_000
/** Of a folder no more is read. */
const FILES_MAX = 500
const BYTES_MAX = 32_000_000

/** A file with its path from wherever it was dropped or opened. */
export interface Given {
  readonly path: string
  readonly file: File
}

/** What a file dialog gave; of a folder the paths begin with its name. */
export function chosenFiles(list: FileList | null): Given[] {
  return [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file })).filter(isWanted)
}

/** What was dropped, folders with all that is in them. Must be called while the event is handled: later the browser shuts it. */
export async function droppedFiles(data: DataTransfer): Promise<Given[]> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry?.() ?? [])
  const plain = [...data.files].map((file) => ({ path: file.name, file }))
  if (!entries.some((entry) => entry.isDirectory)) return plain
  const found: Given[] = []
  for (const entry of entries) await collect(entry, '', found)
  return found
}

async function collect(entry: FileSystemEntry, folder: string, into: Given[]): Promise<void> {
  const path = folder + entry.name
  if (into.length >= FILES_MAX || isHidden(entry.name)) return
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    into.push({ path, file })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  // A folder is given in portions; an empty one is the last.
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (portion.length === 0) return
    for (const each of portion) await collect(each, `${path}/`, into)
  }
}

/** What package managers and version control keep is nobody's scenario. */
const isHidden = (name: string): boolean => name.startsWith('.') || name === 'node_modules'
const isWanted = ({ path }: Given): boolean => !path.split('/').some(isHidden)

/** Opens what was given: the scenario among the files with the others beside it, or asks which one it is. */
export async function openFiles(session: Session, list: readonly Given[]): Promise<void> {
  const [only] = list
  if (list.length === 1 && only.file.size > TEMPLATE_MAX) {
    say(`${only.path} is larger than a template can be (${TEMPLATE_MAX / 1e6} MB).`)
    return
  }
  const texts: Record<string, string> = Object.create(null)
  let bytes = 0
  for (const { path, file } of list.slice(0, FILES_MAX)) {
    if (file.size > BESIDE_MAX || bytes + file.size > BYTES_MAX) continue
    const text = await file.text()
    if (text.includes('\u0000')) continue
    bytes += file.size
    texts[path] = text
  }
  if (Object.keys(texts).length === 0) {
    if (list.length > 0) say(list.length === 1 ? `${only.path} is not a text.` : 'None of these files is a text.')
    return
  }
  const found = mainOf(texts)
  if (found === undefined) say(`None of these ${list.length} files is a template or a scenario.`)
  else if ('main' in found) openMain(session, texts, found.main)
  else store.setState({ choice: { files: texts, candidates: found.candidates } })
}

export function openMain(session: Session, files: Texts, main: string): void {
  // The address would otherwise still name the scenario before.
  history.replaceState(null, '', location.pathname + location.search)
  store.setState({ choice: undefined })
  session.open({ name: nameOf(main), text: files[main].replace(/^\uFEFF/, ''), own: true, files: besides(files, main) })
}

const say = (notice: string): void => store.setState({ notice })
