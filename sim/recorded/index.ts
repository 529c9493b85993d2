// The door of this folder: reading recordings, and the load that one tells of.
export {
  FORMATS,
  type Column,
  type Format,
  type Metrics,
  type ReadOptions,
  type Recording,
  type RecordedFlaw,
  type RecordedOutcome,
  type Requests,
  type Series,
} from './contract.ts'
export { loadOf, requestSeries, type Counts, type Load, type Moments } from './load.ts'
export { momentOf, numberOf, unitInName } from './moments.ts'
export { readRecording } from './read.ts'
