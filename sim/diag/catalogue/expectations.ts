// Problems of the lines under `Expect`.
import type { Explanations } from '../explanation.ts'

export const expectations = {
  'unknown-metric': {
    severity: 'error',
    title: 'a metric that the resource does not publish',
    text: 'Metrics bear CloudWatch’s names. `hotshard explain TYPE` lists those of a type, `hotshard explain METRIC` the types that publish one.',
    wrong: 'Simulation: { Expect: [max(Jobs.ApproximateNumberOfMessageVisible) < 10] }\n',
    right: 'Simulation: { Expect: [max(Jobs.ApproximateNumberOfMessagesVisible) < 10] }\n',
  },
  'missing-metric': {
    severity: 'error',
    title: 'a statistic of a resource without a metric',
    text: 'A statistic is taken of a metric, which stands behind its resource with a dot between: `p99(Origin.Latency)`.',
    wrong: 'Simulation: { Expect: [p99(Origin) < 300 ms] }\n',
    right: 'Simulation: { Expect: [p99(Origin.Latency) < 300 ms] }\n',
  },
  'unknown-statistic': {
    severity: 'error',
    title: 'a statistic that CloudWatch does not have',
    text: 'Statistics are `avg`, `sum`, `min`, `max`, `samples`, percentiles (`p99`, `p99.9`), trimmed means (`tm99`, `TM(5%:95%)`) and `IQM`.',
    wrong: 'Simulation: { Expect: [variance(Origin.Latency) < 300 ms] }\n',
    right: 'Simulation: { Expect: [avg(Origin.Latency) < 300 ms] }\n',
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html',
  },
  'unknown-error': {
    severity: 'error',
    title: 'an exception that nothing here raises',
    text: 'Exceptions bear the names of the services’ APIs, or those that a handler’s `Fail` gives. If nothing similar is known, it is only a warning: the count is then always 0.',
    wrong: 'Simulation: { Expect: [count(ServiceUnavailble at Origin) == 0] }\n',
    right: 'Simulation: { Expect: [count(ServiceUnavailable at Origin) == 0] }\n',
  },
  'unknown-state': {
    severity: 'error',
    title: 'a state that no alarm has',
    text: 'An alarm is `OK`, `ALARM` or `INSUFFICIENT_DATA`. `alarm(X) == OK` asks that X was never in alarm.',
    wrong: 'Simulation: { Expect: [alarm(Backlog) == FINE] }\n',
    right:
      'Resources:\n  Backlog: { Type: AWS::CloudWatch::CompositeAlarm, Properties: { AlarmRule: "FALSE" } }\nSimulation: { Expect: [alarm(Backlog) == OK] }\n',
  },
  'unknown-period': {
    severity: 'error',
    title: 'a period of costs that is not known',
    text: 'Costs are asked for by `monthly`, `daily`, `hourly` or for the `run`.',
    wrong: 'Simulation: { Expect: [cost(weekly) < 5 USD] }\n',
  },
  'unlike-quantities': {
    severity: 'error',
    title: 'a comparison of two things that cannot be compared',
    text: 'A time is compared with a time, a size with a size, a count with a number. The unit of a metric is CloudWatch’s: `Latency` is a time, a number of messages is a count. `hotshard explain METRIC` shows it.',
    wrong: 'Simulation: { Expect: [p99(Origin.Latency) < 300 KB] }\n',
    right: 'Simulation: { Expect: [p99(Origin.Latency) < 300 ms] }\n',
  },
  'second-comparison': {
    severity: 'error',
    title: 'two comparisons in one expectation',
    text: 'An expectation compares once. Write two lines.',
    wrong: 'Simulation: { Expect: [1 ms < p99(Origin.Latency) < 300 ms] }\n',
    right: 'Simulation: { Expect: [p99(Origin.Latency) > 1 ms, p99(Origin.Latency) < 300 ms] }\n',
  },
  'constant-expectation': {
    severity: 'error',
    title: 'an expectation that looks at nothing of the run',
    text: 'Both sides are fixed, so it is true or false whatever happens. Compare a statistic, a count or the like.',
    wrong: 'Simulation: { Expect: [1 ms < 2 ms] }\n',
    right: 'Simulation: { Expect: [p50(Origin.Latency) < 2 s] }\n',
  },
  'unexpected-by': {
    severity: 'error',
    title: '`by` where there are no dimensions',
    text: '`by` asks for each value of a dimension of a metric. An alarm and `conserved` have none.',
    wrong: 'Simulation: { Expect: [conserved(Jobs) by tenant] }\n',
    right: 'Simulation: { Expect: [conserved(Jobs)] }\n',
  },
  'duplicate-ending': {
    severity: 'error',
    title: 'an ending that stands twice',
    text: 'An expectation ends with `during` once and `by` once at most.',
    wrong: 'Simulation: { Expect: [p99(Origin.Latency) < 300 ms during 0s..1m during 2m..3m] }\n',
    right: 'Simulation: { Expect: [p99(Origin.Latency) < 300 ms during 0s..1m] }\n',
  },
} as const satisfies Explanations
