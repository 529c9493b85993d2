// What the report of a sweep has beside the style of every report: charts side by side, maps, and room for a projector.

/** SHA-256 of `SWEEP_STYLE` in base64; a test holds it to the text. */
export const SWEEP_STYLE_HASH = 'JyRcmwkDkwMdDzN5OB1wfJUrjmg0JRy4+bkRFCrMiVs='

/** Shades from little (`h0`) to much (`h8`), each with a text colour that is read on it (at least 4.5 to 1), in the dark and on paper too. */
export const SWEEP_STYLE = `
main, header, footer { max-width: 1500px }
.lead { color: var(--hi); font-size: 16px }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 8px 32px }
figure { margin: 8px 0; break-inside: avoid }
figcaption { color: var(--hi); font-weight: 600 }
figcaption small { color: var(--low); font-weight: 400 }
svg .band { fill: var(--ok); fill-opacity: 0.2 }
svg .curve { fill: none; stroke: var(--ok); stroke-width: 2 }
svg .dot { fill: var(--ok) }
svg .whisker { fill: none; stroke: var(--ok); stroke-width: 1.5 }
svg .s1 { --ok: var(--throttled) }
svg .s2 { --ok: var(--good) }
svg .s3 { --ok: var(--error) }
svg .s4 { --ok: var(--mid) }
svg .s1 .curve { stroke-dasharray: 7 3 }
svg .s2 .curve { stroke-dasharray: 2 3 }
svg .s3 .curve { stroke-dasharray: 9 3 2 3 }
svg .s4 .curve { stroke-dasharray: 12 4 }
svg .name { font-size: 12px; fill: var(--hi) }
table.map { width: auto; border-spacing: 2px; border-collapse: separate }
table.map th, table.map td { padding: 6px 10px; border: 0; text-align: right; white-space: nowrap }
table.map td { font-family: 'JetBrains Mono', ui-monospace, monospace; font-size: 12.5px; min-width: 64px; border-radius: 3px;
  print-color-adjust: exact; -webkit-print-color-adjust: exact }
table.map thead th { color: var(--mid) }
.h0 { background: #f7fbff; color: #10202f }
.h1 { background: #dfebf7; color: #10202f }
.h2 { background: #c6dbef; color: #10202f }
.h3 { background: #a3cce3; color: #10202f }
.h4 { background: #74b2d8; color: #10202f }
.h5 { background: #2873ae; color: #ffffff }
.h6 { background: #1c67a9; color: #ffffff }
.h7 { background: #0f4f8f; color: #ffffff }
.h8 { background: #08306b; color: #ffffff }
.scale-of { display: flex; align-items: center; gap: 6px; color: var(--low); font-size: 12px }
.scale-of span { width: 22px; height: 12px; border-radius: 2px }
@media (min-width: 1600px) { body { font-size: 16px } table { font-size: 15px } table.map td, code, .number { font-size: 14.5px } }
`
