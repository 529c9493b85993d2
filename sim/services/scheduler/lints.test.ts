// When a schedule is worth a word, and when it is not.
import { expect, test } from 'vitest'
import { slugsOf } from '../../../test/lints.ts'

const clock = (expression: string, zone = 'UTC', timeout = 3): string[] =>
  slugsOf(`Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Timeout: ${timeout}, Runtime: nodejs22.x, Handler: a.b, Role: "arn:aws:iam::123456789012:role/r", Code: { ZipFile: x } } }
  Clock: { Type: AWS::Scheduler::Schedule, Properties: { ScheduleExpression: ${expression}, ScheduleExpressionTimezone: ${zone}, FlexibleTimeWindow: { Mode: "OFF" }, Target: { Arn: !GetAtt Work.Arn, RoleArn: "arn:aws:iam::123456789012:role/r" } } }`)

test('a daily time in the hour that is missing is told, no other', () => {
  const skipped = ['scheduler/skipped-by-daylight-saving']
  expect(clock('cron(0 2 * * ? *)', 'Europe/Berlin')).toEqual(skipped)
  expect(clock('cron(59 2 ? * SUN *)', 'Europe/Berlin')).toEqual(skipped)
  expect(clock('cron(59 1 * * ? *)', 'Europe/Berlin')).toEqual([])
  expect(clock('cron(0 3 * * ? *)', 'Europe/Berlin')).toEqual([])
  // Not on a Sunday; not in March; every hour; without daylight saving time.
  expect(clock('cron(30 2 ? * MON-SAT *)', 'Europe/Berlin')).toEqual([])
  expect(clock('cron(30 2 * 7 ? *)', 'Europe/Berlin')).toEqual([])
  expect(clock('cron(30 * * * ? *)', 'Europe/Berlin')).toEqual([])
  expect(clock('cron(30 2 * * ? *)', 'Asia/Tokyo')).toEqual([])
})

test('a function that may run longer than the interval is told', () => {
  expect(clock('rate(1 minute)', 'UTC', 61)).toEqual(['scheduler/runs-overlap'])
  expect(clock('rate(1 minute)', 'UTC', 60)).toEqual([])
})
