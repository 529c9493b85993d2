// The one door for whoever shows a simulation: a session that is asked and answers, and the types of what it says.
export { Session, type Post } from './frames/session.ts'
export { isShown, roundDot } from './frames/sample.ts'
export * from './frames/types.ts'
export type { Problem } from './diag/problem.ts'
export { lineColumn } from './diag/span.ts'
export { renderProblems } from './diag/render.ts'
