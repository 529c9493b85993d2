// Colours, the only place for them: the page's CSS variables and the stage's paint come from the same two tables.
//
// Cool is amount, warm is trouble. The base is Okabe and Ito's palette, lightened for dark and darkened for light grounds.
import type { Outcome } from '../sim.ts'

export type ThemeName = 'dark' | 'light' | 'contrast-dark' | 'contrast-light'

export interface Theme {
  readonly name: ThemeName
  readonly isDark: boolean
  readonly bg: string
  readonly panel: string
  readonly card: string
  readonly line: string
  readonly track: string
  readonly road: string
  readonly hi: string
  readonly mid: string
  readonly low: string
  readonly accent: string
  /** Text on `accent`. */
  readonly onAccent: string
  /** A request on its way, or its answer. */
  readonly ok: string
  readonly retry: string
  readonly throttled: string
  readonly error: string
  readonly dead: string
  readonly good: string
  /** From empty to the limit. */
  readonly ramp: readonly [string, string, string, string, string]
}

export const DARK: Theme = {
  name: 'dark',
  isDark: true,
  bg: '#0d1219',
  panel: '#121924',
  card: '#172130',
  line: '#2b3b50',
  track: '#1f2c3d',
  road: '#1b2838',
  hi: '#e9eff7',
  mid: '#a7b6c8',
  low: '#8294ac',
  accent: '#7cc7ef',
  onAccent: '#0b1a26',
  ok: '#56b4e9',
  retry: '#f0e442',
  throttled: '#e69f00',
  error: '#ff6f3c',
  dead: '#d98bb9',
  good: '#2cc295',
  ramp: ['#1f2c3d', '#24445f', '#2b6794', '#3c94cb', '#7cc7ef'],
}

export const LIGHT: Theme = {
  name: 'light',
  isDark: false,
  bg: '#f6f8fb',
  panel: '#ffffff',
  card: '#ffffff',
  line: '#cdd8e4',
  track: '#e8eef5',
  road: '#e3eaf2',
  hi: '#0f1b2a',
  mid: '#41536a',
  low: '#58687c',
  accent: '#0b5a97',
  onAccent: '#ffffff',
  ok: '#0072b2',
  retry: '#7f6b00',
  throttled: '#9a5b00',
  error: '#c23a00',
  dead: '#a8407f',
  good: '#007a5a',
  ramp: ['#e8eef5', '#bfd9ee', '#7fb8e0', '#2f86c4', '#0b5a97'],
}

/** Black and white: shapes and hatches say all, for systems with forced colours. `ground` and `ink` in `#rrggbb`. */
function contrasting(name: ThemeName, isDark: boolean, ground: string, ink: string): Theme {
  const ramp = [0.12, 0.35, 0.55, 0.75, 1].map((share) => mix(ground, ink, share))
  return {
    name,
    isDark,
    bg: ground,
    panel: ground,
    card: ground,
    line: ink,
    track: mix(ground, ink, 0.12),
    road: mix(ground, ink, 0.2),
    hi: ink,
    mid: ink,
    low: ink,
    accent: ink,
    onAccent: ground,
    ok: ink,
    retry: ink,
    throttled: ink,
    error: ink,
    dead: ink,
    good: ink,
    ramp: ramp as unknown as Theme['ramp'],
  }
}

export const THEMES: Readonly<Record<ThemeName, Theme>> = {
  dark: DARK,
  light: LIGHT,
  'contrast-dark': contrasting('contrast-dark', true, '#000000', '#ffffff'),
  'contrast-light': contrasting('contrast-light', false, '#ffffff', '#000000'),
}

/** The theme that suits what the reader prefers. */
export const themeFor = (light: boolean, contrast: boolean): ThemeName =>
  contrast ? (light ? 'contrast-light' : 'contrast-dark') : light ? 'light' : 'dark'

/** Dark instead of light, or light instead of dark, with as much contrast. */
export const opposite = (name: ThemeName): ThemeName => themeFor(THEMES[name].isDark, name.startsWith('contrast'))

/** The colour of a moving message. */
export function outcomeColour(theme: Theme, outcome: Outcome): string {
  switch (outcome) {
    case 'ok':
    case 'answer':
      return theme.ok
    case 'retry':
      return theme.retry
    case 'throttled':
      return theme.throttled
    case 'error':
      return theme.error
    case 'dead-letter':
      return theme.dead
  }
}

/** The fill for a share of a limit: 0 is empty, 1 is at the limit; what is over is hatched, not shaded. */
export function rampColour(theme: Theme, share: number): string {
  const at = Math.min(1, Math.max(0, share)) * (theme.ramp.length - 1)
  const low = Math.min(theme.ramp.length - 2, Math.floor(at))
  return mix(theme.ramp[low], theme.ramp[low + 1], at - low)
}

/** `#rrggbb` between two others. */
export function mix(a: string, b: string, share: number): string {
  const part = (from: number): string =>
    Math.round(channel(a, from) * (1 - share) + channel(b, from) * share)
      .toString(16)
      .padStart(2, '0')
  return `#${part(1)}${part(3)}${part(5)}`
}

function channel(colour: string, from: number): number {
  return parseInt(colour.slice(from, from + 2), 16)
}

/** 0xrrggbb, as the stage's renderer wants it. */
export const asNumber = (colour: string): number => parseInt(colour.slice(1), 16)

/** WCAG's contrast of two colours, 1 to 21. */
export function contrast(a: string, b: string): number {
  const light = (colour: string): number => {
    const linear = [1, 3, 5].map((from) => {
      const value = channel(colour, from) / 255
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }
  const [high, low] = [light(a), light(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

/** Writes the theme's colours as CSS variables of the page, through the object model: no inline style for the CSP to refuse. */
export function applyTheme(theme: Theme, root: HTMLElement): void {
  root.dataset.theme = theme.name
  for (const [name, value] of Object.entries(theme)) {
    if (typeof value === 'string' && name !== 'name') root.style.setProperty(`--${name}`, value)
  }
  theme.ramp.forEach((colour, i) => root.style.setProperty(`--ramp${i}`, colour))
}
