// What `import … from 'hotshard'` gives: simulations from a program, and the types of their reports.
export { check, scenarios, ScenarioError, simulate } from './simulate.ts'
export type { CheckResult, SimulateOptions, SimulationReport, Template } from './simulate.ts'
export type { CallSummary, LeftOut, MetricSummary, Report, ResourceReport } from '../../run/report.ts'
export type { ExpectationResult, MeasuredValue } from '../../run/expect.ts'
export type { Bill, BillLine, Discount, ResourceBill } from '../../run/bill.ts'
export type { Stopped } from '../../run/run.ts'
export type { Insight } from '../../insights/insights.ts'
export type { PlaceData, ProblemData } from '../../diag/machine.ts'
