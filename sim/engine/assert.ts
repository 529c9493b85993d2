// Assertions of the core: a sentence that should have been true, and the error that says it was not.

/** Thrown when the core finds itself in a state that its own rules forbid: our bug, never the user's. */
export class BrokenAssertion extends Error {
  override readonly name = 'BrokenAssertion'
}

/** Stops the run when `condition` is false. `sentence` says what should have been true. */
export function assert(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new BrokenAssertion(sentence)
}
