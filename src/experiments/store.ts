// What the dialog of experiments shows: the question, how far its runs are, and what came of them. Apart from the page's own state,
// because an experiment outlives changes of the scenario: its answer says what it was asked.
import { createStore, useStore } from 'zustand'
import type { LimitReport, RunOutcome } from '../sim.ts'
import type { Axis } from './points.ts'

export const QUESTIONS = ['What if it varies?', 'How far can it go?', 'Is B better?'] as const
export type Question = (typeof QUESTIONS)[number]

/** Runs at every point of one axis or two. */
export interface Sweep {
  readonly scenario: string
  readonly axes: readonly Axis[]
  readonly seeds: readonly string[]
  /** By point, the last axis first to change, then by seed; those that are not done yet are missing. */
  readonly outcomes: readonly (RunOutcome | undefined)[]
}

/** The same seeds on both sides. */
export interface Duel {
  readonly scenario: string
  /** What B has other than A, in words. */
  readonly change: string
  readonly seeds: readonly string[]
  readonly a: readonly (RunOutcome | undefined)[]
  readonly b: readonly (RunOutcome | undefined)[]
}

/** How far a knob can go under the expectations. */
export interface Search {
  readonly label: string
  readonly report: LimitReport
}

export interface ExperimentState {
  readonly question: Question
  /** Runs done of those asked for, and how long they took, in ms; undefined when nothing is under way. */
  readonly progress?: { readonly done: number; readonly of: number; readonly ms: number } | undefined
  readonly sweep?: Sweep | undefined
  readonly duel?: Duel | undefined
  readonly search?: Search | undefined
  /** Why it ended before its time. */
  readonly failure?: string | undefined
}

export const experiments = createStore<ExperimentState>()(() => ({ question: QUESTIONS[0] }))

export const useExperiments = <T>(select: (state: ExperimentState) => T): T => useStore(experiments, select)
