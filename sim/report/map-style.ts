// What the report of a map of recovery has beside the style of every report: cells that are told apart by colour, by text and by pattern.

/** SHA-256 of `MAP_STYLE` in base64; a test holds it to the text. */
export const MAP_STYLE_HASH = 'LAiWQprHvTdlMIumKM1sx8+DV3M6qiDikSl2CCHYImU='

/** Colours with a text that is read on them (at least 4.5 to 1), in the dark and on paper too; large enough for a projector. */
export const MAP_STYLE = `
main, header, footer { max-width: 1500px }
.answer { color: var(--hi); font-size: 20px; line-height: 1.4; margin: 8px 0; max-width: 72ch }
.sides { display: flex; flex-wrap: wrap; gap: 8px 40px; align-items: flex-start }
table.recovery { width: auto; border-collapse: separate; border-spacing: 3px; margin: 4px 0 }
table.recovery th { border: 0; padding: 4px 8px; text-align: right; white-space: nowrap; color: var(--hi); font-weight: 500; vertical-align: middle }
table.recovery tfoot th { text-align: center; color: var(--hi) }
table.recovery tfoot tr + tr th { color: var(--low); font-weight: 400; text-align: left; white-space: normal }
table.recovery td { border: 0; padding: 9px 6px; min-width: 54px; text-align: center; white-space: nowrap; border-radius: 4px; font-weight: 600;
  font-variant-numeric: tabular-nums; print-color-adjust: exact; -webkit-print-color-adjust: exact }
table.recovery tr.present th { color: var(--accent); font-weight: 700 }
table.recovery tr.present td { box-shadow: 0 -2px 0 var(--accent), 0 2px 0 var(--accent) }
.recovers0 { background: #bfe8d8; color: #06281d }
.recovers1 { background: #8fd3ba; color: #06281d }
.recovers2 { background: #57b896; color: #04221a }
.recovers3 { background: #1f8a66; color: #ffffff }
.mixed { background: #f2b33d; color: #2a1a00 }
.stays-down { background: #a3260c; color: #ffffff }
.relapses { background: repeating-linear-gradient(135deg, #a3260c 0 8px, #7d1c08 8px 16px); color: #ffffff }
.overloaded { background: #56606d; color: #ffffff }
.stopped { background: #3b2f52; color: #ffffff }
.too-short { background: var(--card); color: var(--low) }
.legend { list-style: none; margin: 6px 0; padding: 0 }
.legend li { display: flex; align-items: center; gap: 10px; margin: 5px 0 }
.legend span { display: inline-block; min-width: 64px; padding: 4px 6px; border-radius: 4px; text-align: center; font-weight: 600;
  print-color-adjust: exact; -webkit-print-color-adjust: exact }
svg .calm { fill: none; stroke: var(--low); stroke-width: 1.5; stroke-dasharray: 4 3 }
svg .kept { fill: none; stroke: var(--good); stroke-width: 2.5 }
svg .broken { fill: none; stroke: var(--error); stroke-width: 2.5 }
svg .wrong { fill: var(--throttled); fill-opacity: 0.3 }
svg .tag { font-size: 13px; font-weight: 600 }
svg .tag.calm { stroke: none; fill: var(--low) }
svg .tag.kept { stroke: none; fill: var(--good) }
svg .tag.broken { stroke: none; fill: var(--error) }
@media (min-width: 1200px) { table.recovery td, table.recovery th { font-size: 16px } .legend { font-size: 15px } }
@media (min-width: 1600px) { body { font-size: 17px } .answer { font-size: 24px } table.recovery td, table.recovery th { font-size: 18px } table.recovery td { padding: 12px 8px } }
@media print { .answer { font-size: 15px } table.recovery td { padding: 4px 3px; min-width: 34px } }
`
