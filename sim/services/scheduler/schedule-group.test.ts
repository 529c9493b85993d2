// Shows what schedules of one group share.
import { expect, test } from 'vitest'
import { HOUR, lab, MINUTE } from '../../../test/kit.ts'
import { queue } from '../sqs/queue.ts'
import { schedule, type ScheduleState } from './schedule.ts'
import { scheduleGroup } from './schedule-group.ts'

const every = (group: string) => ({
  def: schedule,
  properties: {
    ScheduleExpression: 'rate(1 minute)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    GroupName: group,
    Target: { Arn: 'Jobs', RoleArn: 'r' },
  },
})
const world = () =>
  lab(
    {
      Jobs: { def: queue },
      Night: { def: scheduleGroup, properties: { Name: 'night' } },
      A: every('night'),
      B: every('Night'),
      C: every('default'),
    },
    { probe: [['Night', 'scheduler:DeleteScheduleGroup']] },
  )

test('the metrics of a group are those of its schedules together [EB-43]', () => {
  const l = world()
  l.run(10 * MINUTE - 1)
  l.finish()
  const of = (group: string): number =>
    l.world.metrics
      .filter(({ name, dimensions }) => name === 'InvocationAttemptCount' && dimensions['ScheduleGroup'] === group)
      .flatMap(({ series }) => series.points)
      .reduce((sum, point) => sum + point.sum * point.repeat, 0)
  expect([of('night'), of('Night'), of('default')]).toEqual([10, 10, 10])
})

test('a group takes its schedules with it when it is deleted, once', () => {
  const l = world()
  l.run(5 * MINUTE)
  expect(l.ask('Night', 'scheduler:DeleteScheduleGroup').status).toBe('OK')
  expect(l.ask('Night', 'scheduler:DeleteScheduleGroup').status).toBe('ResourceNotFoundException')
  l.run(HOUR)
  const fired = (name: string): number => l.state<ScheduleState>(name).fired
  expect([fired('A'), fired('B'), fired('C')]).toEqual([6, 6, 61])
})

test('more groups than an account may have are refused', () => {
  expect(() =>
    lab({ A: { def: scheduleGroup }, B: { def: scheduleGroup } }, { quotas: { 'scheduler.ScheduleGroups': 1 } }),
  ).toThrow('there are 2 groups')
})
