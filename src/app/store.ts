// The state of the page that panels show: which scenario, what was changed, how far its run is. Numbers that stream are not
// here: they are in the run (`run/run.ts`) and are painted by the loop (`app/loop.ts`).
import { createStore, useStore } from 'zustand'
import type { Followed, Lane, Outcomes } from '../sim.ts'
import type { Differing } from '../run/compare.ts'
import type { Point } from '../stage/geometry.ts'
import type { Range } from '../timeline/range.ts'
import { themeFor, type ThemeName } from '../theme/tokens.ts'
import { newHistory, type Edits, type History } from './edits.ts'
import type { Texts } from './main-file.ts'
import { UNKNOWN, type Known } from './side.ts'

export interface Scenario {
  readonly name: string
  readonly text: string
  /** True when the link cannot name it and must carry its text. */
  readonly own: boolean
  /** Files beside it, by their paths from its folder. */
  readonly files?: Readonly<Record<string, string>>
}

/** What stays of the run before the last change: its lanes as a ghost, its measures to compare. */
export interface Former {
  readonly lanes: Readonly<Record<Lane, readonly number[]>>
  readonly step: number
  readonly outcomes?: Outcomes
}

export const TABS = ['Now', 'Requests', 'Metrics', 'Settings', 'Model'] as const
export type Tab = (typeof TABS)[number]

/** Which side is on the stage: A, what is compared with; B, what the user made; or both. */
export type View = 'a' | 'split' | 'b'

/** How a scenario is opened. */
export interface Opening {
  readonly edits?: Edits
  /** µs. */
  readonly time?: number | undefined
  readonly places?: ReadonlyMap<string, Point> | undefined
  readonly view?: View | undefined
}

/** What is known of the side that is shown (of B when both are), and everything that is the same for both. */
export interface AppState extends Known {
  readonly scenario?: Scenario
  /** Counts what was opened: another text of the same document is an edit. */
  readonly document: number
  readonly history: History
  readonly view: View
  /** What is known of side A. */
  readonly base: Known
  /** Where the sides part first, in µs; undefined while they do not. */
  readonly parting?: number | undefined
  readonly former?: Former
  readonly differences: readonly Differing[]
  readonly selected?: number
  /** The part of the inspector that is open. */
  readonly tab: Tab
  /** The request whose waterfall is shown, or what is said while it is looked for. */
  readonly followed?: Followed
  readonly following?: string
  /** Where somebody put cards, by the names of their nodes, in pitches of the layout. */
  readonly places: ReadonlyMap<string, Point>
  readonly theme: ThemeName
  readonly panels: boolean
  /** In projector mode: how it was before. */
  readonly before?: { readonly panels: boolean; readonly theme: ThemeName }
  readonly legend: boolean
  readonly help: boolean
  readonly palette: boolean
  /** All resources as a table instead of the stage. */
  readonly table: boolean
  /** The dialog of what can be taken along. */
  readonly share: boolean
  /** The dialog of experiments. */
  readonly experiments: boolean
  /** Whether it is told what of the template is simulated, as long as nothing is selected. */
  readonly about: boolean
  /** Opened files of which several could be the scenario: one is to be chosen. */
  readonly choice?: { readonly files: Texts; readonly candidates: readonly string[] }
  readonly still: boolean
  readonly playing: boolean
  /** The part of the run that is looked at, in µs; undefined = all of it. */
  readonly range?: Range
  /** What happened at the moment to which one has stepped, in words. */
  readonly event?: string
  readonly speed: number
  readonly perDot: readonly number[]
  /** A word of what just happened, such as that the link was copied. */
  readonly notice?: string
}

const prefers = (query: string): boolean => typeof matchMedia === 'function' && matchMedia(query).matches

export const store = createStore<AppState>()(() => ({
  ...UNKNOWN,
  document: 0,
  history: newHistory(),
  view: 'b',
  base: UNKNOWN,
  differences: [],
  places: new Map(),
  theme: themeFor(
    prefers('(prefers-color-scheme: light)'),
    prefers('(forced-colors: active)') || prefers('(prefers-contrast: more)'),
  ),
  panels: true,
  legend: true,
  help: false,
  palette: false,
  table: false,
  share: false,
  experiments: false,
  about: false,
  still: prefers('(prefers-reduced-motion: reduce)'),
  playing: false,
  speed: 1,
  perDot: [],
  tab: 'Now',
}))

/** A panel's view of the state. */
export const useApp = <T>(select: (state: AppState) => T): T => useStore(store, select)
