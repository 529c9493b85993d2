// AWS::Scheduler::ScheduleGroup: schedules that are counted together, and deleted together.
import type { Call } from '../../engine/calls.ts'
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import type { ScheduleState } from './schedule.ts'
import { assumptions, quotas } from './schedule-group.facts.ts'

export const scheduleGroup: ServiceDef<ScheduleGroup> = {
  type: 'AWS::Scheduler::ScheduleGroup',
  family: 'messaging',
  namespace: 'AWS/Scheduler',
  dimension: 'ScheduleGroup',
  dimensionValue: (config, ref) => config['Name'] ?? ref,
  summary: 'Schedules that are counted and deleted together.',
  models: ['The metrics of its schedules under its name; deleting it deletes them [EB-43].'],
  omits: ['That deleting takes a while.'],
  quotas,
  assumptions,
  prices: {},
  props: { Name: p.string('The name that schedules give as their `GroupName`.'), Tags: p.inert('Labels.') },
  gather: (near) => {
    const { config, logicalId } = near.self
    const groups = near.all('AWS::Scheduler::ScheduleGroup')
    if (groups[near.quota('ScheduleGroups')]?.logicalId === logicalId)
      near.self.error(
        [],
        'out-of-range',
        `there are ${groups.length} groups`,
        `expected up to ${near.quota('ScheduleGroups')}`,
      )
    return {
      Schedules: near
        .all('AWS::Scheduler::Schedule')
        .filter((schedule) => {
          const named: unknown = schedule.config['GroupName']
          return named === config['Name'] || near.resourceAt(named)?.logicalId === logicalId
        })
        .map((schedule) => schedule.logicalId),
    }
  },
  create: (config, sim) => new ScheduleGroup(config, sim),
  ops: {
    'scheduler:DeleteScheduleGroup': {
      doc: 'Deletes the group with its schedules.',
      target: 'Name',
      ignored: ['ClientToken'],
      errors: ['ResourceNotFoundException'],
      run: (self, call) => self.delete(call),
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  view: {
    glyph: 'schedules',
    label: 'Schedule group',
    level: (self) => self.size,
    levelMax: (self) => Math.max(1, self.size),
    tone: () => 'calm',
    readings: [{ name: 'Schedules', unit: 'schedules', doc: 'Schedules of the group.', read: (self) => self.size }],
  },
}

export class ScheduleGroup {
  readonly sim: Sim
  isDeleted = false
  private readonly schedules: readonly string[]

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.schedules = config['Schedules']
  }

  get size(): number {
    return this.isDeleted ? 0 : this.schedules.length
  }

  delete(call: Call): void {
    const { sim } = this
    if (this.isDeleted) {
      sim.reply(call, sim.error('ResourceNotFoundException', 404))
      return
    }
    this.isDeleted = true
    for (const name of this.schedules) sim.peer<ScheduleState>(name).forget()
    sim.reply(call, 0)
  }
}
