// Files that came with a scenario instead of lying on a disk: by their paths from the scenario's folder.
import { isRemote, joinPath, type FileReader } from '../cfn/index.ts'

/**
 * Reads what was given. Files without folders, as an open dialog gives them, are found by their last name wherever the scenario
 * looks for them, because nobody knows where they lay.
 */
export function givenFiles(files: Readonly<Record<string, string>>): FileReader {
  return {
    read: (path) => {
      const plain = isRemote(path) ? '' : joinPath('', path)
      const found = [plain, plain.slice(plain.lastIndexOf('/') + 1)].find((each) => Object.hasOwn(files, each))
      return found === undefined
        ? { ok: false, message: `\`${path}\` cannot be read`, help: 'drop the file beside the scenario' }
        : { ok: true, value: files[found]!, name: found }
    },
  }
}
