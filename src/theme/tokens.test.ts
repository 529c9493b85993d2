// Every text and every mark must be readable on every ground of both themes.
import { expect, test } from 'vitest'
import { STYLE } from '../../sim/report/style.ts'
import { contrast, DARK, LIGHT, mix, opposite, outcomeColour, rampColour, themeFor, THEMES } from './tokens.ts'
import { OUTCOMES } from '../sim.ts'

test.each(Object.values(THEMES))('$name: texts have 4.5:1 on all grounds, marks 3:1', (theme) => {
  for (const ground of [theme.bg, theme.panel, theme.card]) {
    for (const text of [
      theme.hi,
      theme.mid,
      theme.low,
      theme.throttled,
      theme.error,
      theme.dead,
      theme.good,
      theme.accent,
    ])
      expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    for (const outcome of OUTCOMES)
      expect(contrast(outcomeColour(theme, outcome), ground), `${outcome} on ${ground}`).toBeGreaterThanOrEqual(3)
  }
  expect(contrast(theme.onAccent, theme.accent)).toBeGreaterThanOrEqual(4.5)
})

test('the other theme is the other ground with as much contrast', () => {
  expect(Object.keys(THEMES).map((name) => opposite(name as keyof typeof THEMES))).toEqual([
    'light',
    'dark',
    'contrast-light',
    'contrast-dark',
  ])
  expect(themeFor(true, true)).toBe('contrast-light')
  for (const [name, theme] of Object.entries(THEMES)) expect(theme.name).toBe(name)
})

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})

test('the ramp begins empty, ends at the limit and never leaves its ends', () => {
  expect(rampColour(DARK, 0)).toBe(DARK.ramp[0])
  expect(rampColour(DARK, 1)).toBe(DARK.ramp[4])
  expect(rampColour(DARK, 7)).toBe(DARK.ramp[4])
  expect(rampColour(DARK, 0.25)).toBe(DARK.ramp[1])
  expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080')
})

test('a report as a file has the same colours, light on paper', () => {
  const block = (after: RegExp): string => after.exec(STYLE)?.[1] ?? ''
  const colours = (text: string): Record<string, string> =>
    Object.fromEntries([...text.matchAll(/--(\w+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value]))
  const light = colours(block(/^\n:root \{([^}]*)\}/))
  const dark = colours(block(/prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}/))
  for (const [found, theme] of [
    [light, LIGHT],
    [dark, DARK],
  ] as const)
    for (const name of ['bg', 'card', 'line', 'hi', 'mid', 'low', 'accent', 'throttled', 'error', 'good'] as const)
      expect(found[name], `${theme.name} ${name}`).toBe(theme[name])
  expect(colours(block(/@media print \{\s*:root \{([^}]*)\}/))).toEqual({ ...light, bg: '#ffffff' })
})
