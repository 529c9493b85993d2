// The exit codes of every command.

/** 0 ok, 1 an expectation failed, 2 bad input, 3 a guard stopped the run, 70 our bug. */
export const EXIT = { ok: 0, expectationFailed: 1, badInput: 2, guard: 3, bug: 70 } as const
