// The page's only way into the simulator: what crosses from the worker, and what reads it.
export * from '../sim/index.ts'
