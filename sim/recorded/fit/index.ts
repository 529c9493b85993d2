// The door of this folder: what a recording follows, and how that is written in a scenario.
export { verdictOf, type Candidate, type Verdict } from './fit.ts'
export { binsOf, type Bin } from './histogram.ts'
export { rateAt } from './curve.ts'
export { evidenceOf, fitRecording, type ArrivalFit, type FitReport, type GroupFit, type ValueFit } from './report.ts'
export { VALUE_UNITS } from './values.ts'
export { digits, distributionText, exactDuration, quantityText, rateText, type Dimension } from './write.ts'
