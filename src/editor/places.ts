// Where in the text each resource stands, kept right while the text is edited, and the lines of the one that is selected.
import { RangeSetBuilder, StateEffect, StateField, type EditorState, type Text } from '@codemirror/state'
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view'

/** A resource's stretch of text. */
export interface Place {
  readonly name: string
  readonly from: number
  readonly to: number
}

const setPlaces = StateEffect.define<readonly Place[]>()
const setShown = StateEffect.define<string | undefined>()

interface State {
  readonly places: readonly Place[]
  readonly shown: string | undefined
  readonly lines: DecorationSet
}

const line = Decoration.line({ class: 'hs-selected' })

export const places = StateField.define<State>({
  create: () => ({ places: [], shown: undefined, lines: Decoration.none }),
  update(before, transaction) {
    let { places: list, shown } = before
    if (transaction.docChanged)
      list = list.map(({ name, from, to }) => ({
        name,
        from: transaction.changes.mapPos(from, 1),
        to: transaction.changes.mapPos(to, -1),
      }))
    for (const effect of transaction.effects) {
      if (effect.is(setPlaces)) list = effect.value
      if (effect.is(setShown)) shown = effect.value
    }
    if (list === before.places && shown === before.shown) return before
    return { places: list, shown, lines: linesOf(transaction.newDoc, list, shown) }
  },
  provide: (field) => EditorView.decorations.from(field, ({ lines }) => lines),
})

function linesOf(doc: Text, list: readonly Place[], shown: string | undefined): DecorationSet {
  const place = list.find(({ name }) => name === shown)
  if (place === undefined) return Decoration.none
  const builder = new RangeSetBuilder<Decoration>()
  const last = doc.lineAt(Math.min(place.to, doc.length)).number
  for (let number = doc.lineAt(Math.min(place.from, doc.length)).number; number <= last; number++) {
    const { from } = doc.line(number)
    builder.add(from, from, line)
  }
  return builder.finish()
}

/** Places by one-based lines, as the outline gives them. */
export function withPlaces(
  doc: Text,
  list: readonly { readonly name: string; readonly line: number; readonly endLine: number }[],
): StateEffect<readonly Place[]> {
  const within = (number: number): number => Math.min(Math.max(1, number), doc.lines)
  return setPlaces.of(
    list.map(({ name, line: first, endLine }) => ({
      name,
      from: doc.line(within(first)).from,
      to: doc.line(within(endLine)).to,
    })),
  )
}

export const withShown = (name: string | undefined): StateEffect<string | undefined> => setShown.of(name)

/** The resource around an offset: of several the innermost. */
export function placeAt(state: EditorState, at: number): Place | undefined {
  const around = state.field(places).places.filter(({ from, to }) => from <= at && at <= to)
  return around.sort((a, b) => a.to - a.from - (b.to - b.from))[0]
}

export function placeOf(state: EditorState, name: string): Place | undefined {
  return state.field(places).places.find((place) => place.name === name)
}
