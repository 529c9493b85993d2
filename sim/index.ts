// The one door for whoever shows a simulation: a session that is asked and answers, the same for an editor, and the types of what they say.
export { Session, type Post } from './frames/session.ts'
export { isShown, roundDot } from './frames/sample.ts'
export * from './frames/types.ts'
export type { Problem } from './diag/problem.ts'
export { lineColumn } from './diag/span.ts'
export { renderProblems } from './diag/render.ts'
export { Desk } from './assist/desk.ts'
export * from './assist/types.ts'
