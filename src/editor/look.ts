// How the editor looks: the page's own colours, by its variables, which reach into the shadow tree.
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const mono = "'JetBrains Mono', monospace"
const box = { border: '1px solid var(--line)', borderRadius: '8px', background: 'var(--card)', color: 'var(--mid)' }
/** A wavy line under a mistake; its colour is its severity's, and the gutter has a shape for it. */
const wavy = (colour: string) => ({
  backgroundImage: 'none',
  textDecoration: `underline wavy var(${colour}) 1px`,
  textDecorationSkipInk: 'none',
  textUnderlineOffset: '3px',
})

const rules: Parameters<typeof EditorView.theme>[0] = {
  '&': { height: '100%', color: 'var(--hi)', background: 'var(--bg)', fontSize: '12.5px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: mono, lineHeight: '1.5', fontVariantLigatures: 'none' },
  '.cm-content': { caretColor: 'var(--hi)', padding: '6px 0' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--hi)' },
  '.cm-gutters': { background: 'var(--panel)', color: 'var(--low)', border: 'none' },
  '.cm-activeLine': { background: 'color-mix(in srgb, var(--track) 45%, transparent)' },
  '.cm-activeLineGutter': { background: 'var(--track)', color: 'var(--hi)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { background: 'none', outline: '1px solid var(--low)' },
  '.cm-searchMatch': { background: 'none', outline: '1px solid var(--retry)' },
  '.cm-searchMatch-selected': { background: 'color-mix(in srgb, var(--retry) 30%, transparent)' },
  '.cm-foldPlaceholder': { background: 'var(--track)', color: 'var(--mid)', border: 'none' },
  '.hs-selected': {
    boxShadow: 'inset 3px 0 var(--accent)',
    background: 'color-mix(in srgb, var(--accent) 10%, transparent)',
  },
  '.cm-tooltip': { ...box, maxWidth: '460px', fontFamily: 'Inter, sans-serif', fontSize: '12.5px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: mono,
    fontSize: '12.5px',
    maxHeight: '15em',
    maxWidth: '100%',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px', color: 'var(--hi)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--accent)', color: 'var(--onAccent)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected] .cm-completionDetail': { color: 'var(--onAccent)' },
  '.cm-completionDetail': { color: 'var(--low)', fontStyle: 'normal', marginLeft: '1em' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-completionIcon': { width: '1.3em', opacity: '1', color: 'inherit' },
  '.cm-completionInfo': { ...box, padding: '7px 10px', maxWidth: '320px' },
  '.cm-tooltip code, .hs-hover code': { fontFamily: mono, color: 'var(--hi)' },
  '.hs-hover': { padding: '7px 10px', maxWidth: '440px', lineHeight: '1.45' },
  '.hs-hover b': { display: 'block', marginBottom: '2px', color: 'var(--hi)', fontFamily: mono, fontWeight: '600' },
  '.cm-lintRange-error': wavy('--error'),
  '.cm-lintRange-warning': wavy('--throttled'),
  '.cm-lintRange-info': wavy('--accent'),
  '.cm-diagnostic': { padding: '6px 10px', borderLeft: '3px solid var(--accent)', whiteSpace: 'normal' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--error)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--throttled)' },
  '.cm-diagnostic b': { display: 'block', color: 'var(--hi)', fontWeight: '500' },
  '.cm-diagnostic small': { display: 'block', marginTop: '2px', color: 'var(--low)', fontFamily: mono },
  '.cm-diagnosticAction': {
    ...{ minHeight: '26px', margin: '6px 6px 0 0', padding: '0 9px', borderRadius: '6px', cursor: 'pointer' },
    ...{ border: '1px solid var(--accent)', background: 'var(--track)', color: 'var(--hi)' },
  },
  '.cm-gutter-lint': { width: '1.2em' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0 0 0 2px' },
  '.cm-lint-marker': { width: '1em', height: '1em', content: 'normal', fontSize: '11px', lineHeight: '1.7' },
  '.cm-lint-marker-error::before': { content: "'▲'", color: 'var(--error)' },
  '.cm-lint-marker-warning::before': { content: "'■'", color: 'var(--throttled)' },
  '.cm-lint-marker-info::before': { content: "'●'", color: 'var(--accent)' },
  '.cm-panels': { background: 'var(--panel)', color: 'var(--mid)', borderColor: 'var(--line)' },
  '.cm-textfield': { background: 'var(--bg)', color: 'var(--hi)', border: '1px solid var(--line)' },
  '.cm-button': { background: 'var(--track)', color: 'var(--hi)', border: '1px solid var(--line)' },
  '.cm-snippetField': { background: 'color-mix(in srgb, var(--accent) 22%, transparent)' },
}

const dark = EditorView.theme(rules, { dark: true })
const light = EditorView.theme(rules, { dark: false })

export const themeOf = (isDark: boolean): Extension => (isDark ? dark : light)

export const colours: Extension = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
    { tag: [tags.string, tags.content], color: 'var(--hi)' },
    { tag: [tags.number, tags.bool, tags.null], color: 'var(--good)' },
    { tag: [tags.typeName, tags.keyword, tags.meta], color: 'var(--retry)' },
    { tag: [tags.labelName], color: 'var(--dead)' },
    { tag: [tags.comment, tags.lineComment], color: 'var(--low)' },
    { tag: [tags.punctuation, tags.separator, tags.bracket], color: 'var(--mid)' },
  ]),
)
