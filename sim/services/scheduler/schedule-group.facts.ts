// Groups of schedules in figures.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  ScheduleGroups: {
    current: 500,
    unit: 'groups',
    doc: 'Groups of an account in a Region.',
    adjustable: true,
    source: 'EventBridge Scheduler user guide, quotas',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {}
