// A report's page around its parts: one HTML file without scripts, with a policy that allows its own style and nothing else.
import { text } from './markup.ts'
import { STYLE, STYLE_HASH } from './style.ts'

/** A style with its SHA-256 in base64, by which the policy allows it. */
export interface PageStyle {
  readonly text: string
  readonly hash: string
}

/** The whole file; the parts are markup already, empty ones are left out. `more` are styles beside that of every report. */
export function pageHtml(title: string, parts: readonly string[], more: readonly PageStyle[] = []): string {
  const styles = [{ text: STYLE, hash: STYLE_HASH }, ...more]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${styles.map(({ hash }) => `'sha256-${hash}'`).join(' ')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)} · hotshard</title>
${styles.map((style) => `<style>${style.text}</style>`).join('\n')}
</head>
<body>
${parts.filter((part) => part !== '').join('\n')}
</body>
</html>
`
}

/** A part with a heading; nothing where its body is empty. */
export function section(id: string, title: string, body: string): string {
  return body === ''
    ? ''
    : `<section aria-labelledby="${id}-title">\n<h2 id="${id}-title">${text(title)}</h2>\n${body}\n</section>`
}

/** Facts side by side: a name over each value. */
export function factList(facts: readonly (readonly [name: string, value: string])[]): string {
  return `<dl class="facts">${facts.map(([key, value]) => `<div><dt>${text(key)}</dt><dd>${text(value)}</dd></div>`).join('\n')}</dl>`
}
