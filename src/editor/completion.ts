// Completion and hover of the editor: asked in the worker, shown here. Texts are texts, with their identifiers marked, never HTML.
import {
  autocompletion,
  snippet,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import { hoverTooltip } from '@codemirror/view'
import type { Option, OptionKind } from '../sim.ts'
import type { Assistant } from './assistant.ts'

/** Words for which the list need not be asked for again. */
const WORD = /^[\w.:/@-]*$/
/** CodeMirror's pictures that come nearest. */
const ICONS: Readonly<Record<OptionKind, string>> = {
  member: 'property',
  value: 'constant',
  type: 'type',
  name: 'variable',
  operation: 'method',
  function: 'function',
  snippet: 'text',
}

export function proposals(assistant: Assistant): Extension {
  return [
    autocompletion({
      override: [(context) => propose(assistant, context)],
      icons: true,
      defaultKeymap: true,
      maxRenderedOptions: 80,
      // What stands in the text is a text of its own: a list that comes late is for another cursor.
      updateSyncTime: 60,
    }),
    hoverTooltip(
      async (view, at) => {
        const found = await assistant.hover(view.state.doc.toString(), at)
        if (found === undefined || at < found.from || at > found.to) return null
        return {
          pos: found.from,
          end: found.to,
          above: true,
          create: () => ({ dom: hoverBox(found.title, found.doc) }),
        }
      },
      { hoverTime: 350 },
    ),
  ]
}

async function propose(assistant: Assistant, context: CompletionContext): Promise<CompletionResult | null> {
  // Unasked only behind a letter, or where a blank begins a value: a list after every blank is in the way.
  const before = context.state.sliceDoc(Math.max(0, context.pos - 2), context.pos)
  if (!context.explicit && !/[\w(.{]$|[:!] $|[a-z] $/i.test(before)) return null
  const found = await assistant.complete(context.state.doc.toString(), context.pos)
  if (found === undefined || context.aborted) return null
  return { from: found.from, to: found.to, options: found.options.map(completionOf), validFor: WORD }
}

function completionOf(option: Option): Completion {
  const { label, detail, doc, boost, kind } = option
  return {
    label,
    type: ICONS[kind],
    ...(detail === undefined ? {} : { detail }),
    ...(boost === undefined ? {} : { boost }),
    ...(doc === undefined ? {} : { info: () => marked(doc) }),
    apply: (view, completion, from, to) => {
      if (option.isSnippet === true) snippet(option.insert)(view, completion, from, to)
      else
        view.dispatch({
          changes: { from, to, insert: option.insert },
          selection: { anchor: from + option.insert.length },
          userEvent: 'input.complete',
          scrollIntoView: true,
        })
      if (option.goesOn === true) startCompletion(view)
    },
  }
}

/** A text whose words in backticks become code. */
export function marked(text: string, into: HTMLElement = document.createElement('div')): HTMLElement {
  text.split('`').forEach((part, i) => {
    if (part === '') return
    if (i % 2 === 0) into.append(part)
    else {
      const code = document.createElement('code')
      code.textContent = part
      into.append(code)
    }
  })
  return into
}

function hoverBox(title: string, doc: string): HTMLElement {
  const dom = document.createElement('div')
  dom.className = 'hs-hover'
  const head = document.createElement('b')
  head.textContent = title
  dom.append(head, marked(doc))
  return dom
}
