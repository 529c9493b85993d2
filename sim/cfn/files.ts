// Files that a template names: who reads them, and what their paths mean.

/** Gives the text of a file named in a scenario or template, or says why not. Paths are relative to the scenario's folder. */
export interface FileReader {
  read(
    path: string,
    kind: 'template' | 'data',
  ):
    | {
        readonly ok: true
        readonly value: string
        /** As messages show it; as it is written when absent. */
        readonly name?: string
      }
    | { readonly ok: false; readonly message: string; readonly help: string }
}

export const noFiles: FileReader = {
  read: (path) => ({ ok: false, message: `\`${path}\` cannot be read`, help: 'this scenario has no folder' }),
}

/** True for what lies in a bucket or behind another URL, and for ARNs: no path of a local file. */
export function isRemote(location: string): boolean {
  return /^([a-z][a-z0-9+.-]+:\/\/|arn:)/i.test(location)
}

/** The folder of a path, without its last slash; the empty text for a file in the scenario's own folder. */
export function folderOf(path: string): string {
  const cut = path.lastIndexOf('/')
  return cut < 0 ? '' : cut === 0 ? '/' : path.slice(0, cut)
}

/** A path written in a file of `folder`, as seen from the scenario's folder; `.` and `..` are worked off. */
export function joinPath(folder: string, path: string): string {
  const whole = path.startsWith('/') || folder === '' ? path : `${folder}/${path}`
  const parts: string[] = []
  for (const part of whole.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop()
    else parts.push(part)
  }
  return (whole.startsWith('/') ? '/' : '') + parts.join('/')
}
