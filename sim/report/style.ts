// The style of a report, in the page itself: its policy allows this one text, by its hash, and nothing else.

/** SHA-256 of `STYLE` in base64; a test holds it to the text. */
export const STYLE_HASH = 'j27rVvXgLxCXs9HzE2SaSzEBoqPbC7b2DYFi/IYg9HY='

/** The page's colours (`src/theme/tokens.ts`), a test keeps them the same; dark and light by what the reader prefers, light on paper. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #f6f8fb; --card: #ffffff; --line: #cdd8e4; --hi: #0f1b2a; --mid: #41536a; --low: #58687c;
  --accent: #0b5a97; --throttled: #9a5b00; --error: #c23a00; --good: #007a5a; --ok: #0072b2 }
@media (prefers-color-scheme: dark) {
  :root { --bg: #0d1219; --card: #172130; --line: #2b3b50; --hi: #e9eff7; --mid: #a7b6c8; --low: #8294ac;
    --accent: #7cc7ef; --throttled: #e69f00; --error: #ff6f3c; --good: #2cc295; --ok: #56b4e9 }
}
@media print {
  :root { --bg: #ffffff; --card: #ffffff; --line: #cdd8e4; --hi: #0f1b2a; --mid: #41536a; --low: #58687c;
    --accent: #0b5a97; --throttled: #9a5b00; --error: #c23a00; --good: #007a5a; --ok: #0072b2 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--bg); color: var(--mid); font: 14px/1.5 Inter, system-ui, sans-serif; overflow-wrap: break-word }
main, header, footer { max-width: 1000px; margin: 0 auto; padding: 0 28px }
header { padding-top: 36px }
footer { padding-bottom: 40px }
h1, h2, h3 { color: var(--hi); line-height: 1.25; margin: 0 }
h1 { font-size: 26px }
h2 { font-size: 18px; margin: 36px 0 10px; padding-top: 10px; border-top: 1px solid var(--line) }
h3 { font-size: 15px; margin: 24px 0 6px }
h3 small, .low, .when, caption { color: var(--low); font-weight: 400 }
p { margin: 6px 0 }
a { color: var(--accent) }
code, pre, .number, .when { font-family: 'JetBrains Mono', ui-monospace, monospace; font-size: 12.5px }
code { color: var(--hi) }
pre { padding: 12px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: var(--hi); overflow-x: auto }
.command { white-space: pre-wrap; overflow-wrap: anywhere }
.facts { display: flex; flex-wrap: wrap; gap: 6px 28px; margin: 14px 0; padding: 0 }
.facts div { display: flex; flex-direction: column }
.facts dt { color: var(--low); font-size: 12px }
.facts dd { margin: 0; color: var(--hi) }
.verdict { display: inline-block; margin: 10px 0 0; padding: 4px 12px; border: 2px solid; border-radius: 8px; font-weight: 600 }
.good { color: var(--good) }
.bad { color: var(--error) }
.some { color: var(--throttled) }
ol.insights { list-style: none; margin: 0; padding: 0; counter-reset: insight }
ol.insights > li { counter-increment: insight; position: relative; margin: 0 0 10px; padding: 10px 14px 10px 48px; border: 1px solid var(--line);
  border-left: 4px solid var(--throttled); border-radius: 8px; background: var(--card); break-inside: avoid }
ol.insights > li::before { content: counter(insight); position: absolute; left: 14px; top: 11px; width: 22px; height: 22px; border-radius: 50%;
  background: var(--throttled); color: var(--bg); font-weight: 600; font-size: 12px; line-height: 22px; text-align: center }
ol.insights b { color: var(--hi) }
ul { margin: 6px 0; padding-left: 20px }
ul.marks { columns: 2 300px; list-style: none; padding: 0 }
.when { display: inline-block; min-width: 76px }
.wide { overflow-x: auto }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
table { border-collapse: collapse; width: 100%; margin: 8px 0; font-size: 13px }
caption { text-align: left; font-size: 12px; padding-bottom: 4px }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
thead th { color: var(--low); font-weight: 500 }
tbody th { color: var(--hi); font-weight: 500 }
.number { text-align: right; white-space: nowrap; color: var(--hi) }
th.number { color: var(--low); font-family: inherit }
td .good, td .bad { white-space: nowrap }
td.some, td .some { color: var(--throttled); font-weight: 600 }
svg { display: block; width: 100%; height: auto; margin: 10px 0 }
svg text { font: 11px Inter, system-ui, sans-serif; fill: var(--low) }
svg .lane { fill: var(--mid); font-size: 12px }
svg .scale { text-anchor: end }
svg .time { text-anchor: middle }
svg .end { text-anchor: end }
svg .axis { stroke: var(--line); fill: none }
svg .requests { fill: var(--ok); fill-opacity: 0.75 }
svg .throttles { fill: var(--throttled); fill-opacity: 0.85 }
svg .errors { fill: var(--error); fill-opacity: 0.85 }
svg .stem { stroke: currentColor; stroke-dasharray: 2 4; stroke-width: 1; fill: none; opacity: 0.6 }
svg .mark { color: var(--throttled) }
svg .mark path { fill: currentColor }
svg .fault { color: var(--error) }
svg .action, svg .deployment { color: var(--accent) }
svg.spark { display: inline-block; width: 150px; height: 22px; margin: 0; vertical-align: middle }
svg.spark path { fill: none; stroke: var(--ok); stroke-width: 1.4 }
@media print {
  @page { margin: 14mm }
  body { font-size: 11px; print-color-adjust: exact; -webkit-print-color-adjust: exact }
  main, header, footer { max-width: none; padding: 0 }
  a { color: inherit; text-decoration: none }
  h2, h3 { break-after: avoid }
  table { font-size: 10px }
  code, pre, .number, .when { font-size: 9.5px }
  th, td { padding: 3px 7px 3px 0 }
  tr, svg { break-inside: avoid }
  .wide { overflow: visible }
}
`
