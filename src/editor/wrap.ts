// Long lines are broken where the box ends, and go on under their own text, so that YAML's indentation stays to be seen.
import { RangeSetBuilder } from '@codemirror/state'
import { Decoration, EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view'

/** Deeper text goes on at this column, in characters. */
const DEEPEST = 24

const hanging = Array.from({ length: DEEPEST + 1 }, (_, column) =>
  Decoration.line({ attributes: { style: `text-indent: -${column}ch; padding-left: calc(${column}ch + 6px)` } }),
)

function indents(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>()
  for (const { from, to } of view.visibleRanges)
    for (let at = from; at <= to;) {
      const line = view.state.doc.lineAt(at)
      // Behind the hyphens of list items and with two characters more, as a continued value would stand.
      const lead = /^[ ]*(?:- +)*/.exec(line.text)?.[0].length ?? 0
      builder.add(line.from, line.from, hanging[Math.min(lead + 2, DEEPEST)])
      at = line.to + 1
    }
  return builder.finish()
}

const plugin = ViewPlugin.fromClass(
  class {
    lines: DecorationSet
    constructor(view: EditorView) {
      this.lines = indents(view)
    }
    update({ docChanged, viewportChanged, view }: ViewUpdate): void {
      if (docChanged || viewportChanged) this.lines = indents(view)
    }
  },
  { decorations: ({ lines }) => lines },
)

export const wrapping = [EditorView.lineWrapping, plugin]
