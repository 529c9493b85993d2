// Schedule expressions as recorded on AWS: those that Scheduler and rules took, and those that they refused.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSchedule, type Dialect } from '../../sim/parts/schedules.ts'
import { CORPUS, type Case, type Suite } from './suite.ts'

interface Step {
  readonly call?: string
  readonly kwargs?: { readonly ScheduleExpression?: string; readonly EventBusName?: string }
  readonly expect_error_begin?: string
}

interface Vector {
  readonly id: string
  readonly steps: readonly Step[]
}

/** The operations that take an expression. */
const CALLS = /(\.|^events_)(create_schedule|put_rule)$/

function casesOf(service: string, dialect: Dialect): Case[] {
  const file = join(CORPUS, 'conformance', service, 'scripts.json')
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }
  return vectors.flatMap(({ id, steps }) => {
    const at = steps.findIndex(({ call, kwargs }) => CALLS.test(call ?? '') && kwargs?.ScheduleExpression !== undefined)
    const { ScheduleExpression: expression, EventBusName: bus } = steps[at]?.kwargs ?? {}
    // A schedule on a bus of one's own is refused for the bus, whatever it says.
    if (expression === undefined || bus !== undefined) return []
    const isRefused = steps.slice(0, at).some(({ expect_error_begin: begin }) => begin !== undefined)
    return [
      {
        name: id,
        run() {
          const read = parseSchedule(expression, dialect)
          if ((typeof read === 'string') !== isRefused)
            throw new Error(
              `${expression}: AWS ${isRefused ? 'refused' : 'took'} it, here it ${typeof read === 'string' ? `is refused (${read})` : 'is taken'}`,
            )
        },
      },
    ]
  })
}

const suite: Suite = {
  name: 'scheduler',
  cases: [...casesOf('scheduler', 'scheduler'), ...casesOf('events', 'rule')],
}
export default suite
