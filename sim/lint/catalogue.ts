// Every lint by its slug: those of the services, and those between services.
import type { LintSlug } from '../diag/catalogue.ts'
import type { Lint } from './contract.ts'
import { serviceLints } from '../services/index.ts'
import { alarmLints } from './alarms.ts'
import { apiLints } from './apis.ts'
import { networkLints } from './network.ts'
import { permissionLints } from './permissions.ts'
import { queueMappingLints } from './queue-mappings.ts'
import { recursionLints } from './recursion.ts'

export const lints: ReadonlyMap<LintSlug, Lint> = new Map(
  [...serviceLints, alarmLints, apiLints, networkLints, permissionLints, queueMappingLints, recursionLints]
    .flatMap((lints) => Object.entries(lints) as [LintSlug, Lint][])
    .sort(([a], [b]) => (a < b ? -1 : 1)),
)
