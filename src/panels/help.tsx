// The table of keys.
import { useEffect, useRef } from 'react'
import { KEYS } from '../app/keys.ts'
import { store, useApp } from '../app/store.ts'

export function Help() {
  const open = useApp((state) => state.help)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (open && dialog.current?.open === false) dialog.current.showModal()
    if (!open && dialog.current?.open === true) dialog.current.close()
  }, [open])
  return (
    <dialog ref={dialog} className="help" aria-labelledby="help-title" onClose={() => store.setState({ help: false })}>
      <h2 id="help-title">Keys</h2>
      <table>
        <tbody>
          {KEYS.map(({ keys, does }) => (
            <tr key={does}>
              <th scope="row">
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        Wheel and drag zoom and move the picture; a double click shows all. On the time line a drag scrubs and the wheel
        zooms.
      </p>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}
