// Known traps of functions and of the mappings that feed them.
import type { HandlerView, Lints, Scene, Written } from '../../lint/contract.ts'
import { resource, workFunction } from '../../lint/examples.ts'
import { leastTime } from '../../parts/program-time.ts'
import { secretLints } from './secret-lints.ts'
import { setupLints } from './setup-lints.ts'
import { streamLints } from './stream-lints.ts'

const FUNCTION = 'AWS::Lambda::Function'
const GUIDE = 'https://docs.aws.amazon.com/lambda/latest/dg'
const MS = 1_000
/** A computation below this is no reason to think about memory. */
const WORTH_A_WORD = 100 * MS

const example = (properties: readonly string[], ...handler: readonly string[]): string =>
  `Resources:\n${workFunction(properties)}Simulation:\n  Handlers:\n    Work: [${handler.join(', ')}]\n`

const SNAPSHOTS = ['SnapStart: { ApplyOn: PublishedVersions }']

export const lints: Lints = {
  'lambda/nothing-reserved': {
    severity: 'warning',
    title: 'a function that is switched off',
    text: 'Reserved concurrency of 0 stops a function: every request is throttled, asynchronous events go to the failure destination or are lost, mappings stand still. It is the emergency brake, and is easily left on.',
    wrong: example(['ReservedConcurrentExecutions: 0']),
    right: example(['ReservedConcurrentExecutions: 10']),
    source: `${GUIDE}/configuration-concurrency.html`,
    find: (scene) =>
      scene.all(FUNCTION).flatMap((fn) => {
        if (fn.number(1, 'ReservedConcurrentExecutions') !== 0) return []
        return [
          {
            message: `nothing is reserved for \`${fn.logicalId}\`: every request is throttled`,
            span: fn.place('ReservedConcurrentExecutions'),
            help: 'take `ReservedConcurrentExecutions` away, or reserve what the function needs',
          },
        ]
      }),
  },
  'lambda/cpu-bound-below-one-vcpu': {
    severity: 'warning',
    title: 'a computation on a slice of a processor',
    text: 'Memory sets the share of the processor: one vCPU at 1,769 MB (1,792 in the notes), a fourteenth of it at 128 MB. A handler that mostly computes gets slower as its memory gets smaller, and costs the same: more memory halves the time at no price, up to one vCPU.',
    wrong: example(['MemorySize: 128', 'Timeout: 30'], 'Compute: 200ms'),
    right: example(['MemorySize: 1769', 'Timeout: 30'], 'Compute: 200ms'),
    source: `${GUIDE}/configuration-memory.html`,
    find: (scene) =>
      scene.handlers.filter(isWritten).flatMap((handler) => {
        const { of, program } = handler
        const whole = scene.quota('lambda.MemoryPerCpu')
        const memory = of.number(128, 'MemorySize')
        const computes = leastTime(program, { compute: whole / memory, wait: 0 })
        const waits = leastTime(program, { compute: 0, wait: 1 })
        if (!(memory < whole && computes >= WORTH_A_WORD && computes > waits)) return []
        const best = leastTime(program, { compute: 1, wait: 0 })
        return [
          {
            message: `\`${of.logicalId}\` computes for ${ms(computes)} with ${memory} MB, and would for ${ms(best)} with one vCPU`,
            span: of.place('MemorySize'),
            help: `\`MemorySize: ${whole}\` costs the same for each invocation`,
          },
        ]
      }),
  },
  'lambda/handler-outlasts-timeout': {
    severity: 'warning',
    title: 'a handler that cannot end in time',
    text: 'The mean times of the steps of the handler add up to more than the time-out of the function: nearly every invocation is stopped, and nothing of it is left but the bill. Mind that `Compute` stretches with less memory.',
    wrong: example(['Timeout: 3', 'MemorySize: 128'], 'Compute: 400ms'),
    right: example(['Timeout: 3', 'MemorySize: 1769'], 'Compute: 400ms'),
    source: `${GUIDE}/configuration-timeout.html`,
    find: (scene) =>
      scene.handlers.filter(isWritten).flatMap(({ of, program }) => {
        const time = leastTime(program, { compute: stretchOf(of, scene), wait: 1 })
        const timeout = of.number(3, 'Timeout')
        if (!(time > timeout * 1_000_000)) return []
        return [
          {
            message: `the steps of \`${of.logicalId}\` take ${ms(time)} in the mean, and its time-out is ${timeout} s`,
            span: of.place('Timeout'),
            help: `\`Timeout: ${Math.min(900, Math.ceil((2 * time) / 1_000_000))}\`, more \`MemorySize\`, or less work`,
          },
        ]
      }),
  },
  'client/gives-up-first': {
    severity: 'warning',
    title: 'a client that retries what is still being done',
    text: 'The client waits for less time than the function takes in the mean, and tries again: every request is given up and sent again while its predecessors still run. Under load each retry takes the concurrency of a first attempt, which is how a retry storm begins.',
    wrong: `${example(['Timeout: 30', 'MemorySize: 1769'], 'Wait: 3s')}  Workloads:
    Shoppers: { Target: Work, Rate: 5/s, Client: { Timeout: 1s, MaxAttempts: 3 } }`,
    right: `${example(['Timeout: 30', 'MemorySize: 1769'], 'Wait: 3s')}  Workloads:
    Shoppers: { Target: Work, Rate: 5/s, Client: { Timeout: 10s, MaxAttempts: 3 } }`,
    source:
      'https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_mitigate_interaction_failure_client_timeouts.html',
    find: (scene) =>
      scene.workloads.flatMap((workload) => {
        const fn = workload.reaches
        const handler = scene.handlers.find(({ of }) => of === fn)
        if (fn === undefined || handler === undefined || !handler.isWritten || workload.attempts < 2) return []
        const time = leastTime(handler.program, { compute: stretchOf(fn, scene), wait: 1 })
        if (!(time > workload.timeout)) return []
        return [
          {
            message: `\`${workload.name}\` waits ${ms(workload.timeout)} for what takes \`${fn.logicalId}\` ${ms(time)} in the mean, and sends it up to ${workload.attempts} times`,
            span: workload.span,
            help: `\`Timeout: ${Math.ceil((2 * time) / 1_000_000)}s\`, or an answer at once and the work behind a queue`,
          },
        ]
      }),
  },
  'lambda/snapshots-without-a-version': {
    severity: 'warning',
    title: 'snapshots that nobody starts from',
    text: 'SnapStart takes its snapshot when a version is published and serves only that version. A function without a published version, called by its plain name, starts as cold as before.',
    wrong: `Resources:\n${workFunction(SNAPSHOTS).replace('nodejs22.x', 'java21')}`,
    right: `Resources:\n${workFunction(SNAPSHOTS).replace('nodejs22.x', 'java21')}${resource('First', 'AWS::Lambda::Version', ['FunctionName: !Ref Work'])}`,
    source: `${GUIDE}/snapstart.html`,
    find: (scene) =>
      scene.all(FUNCTION).flatMap((fn) => {
        if (fn.text('SnapStart', 'ApplyOn') !== 'PublishedVersions') return []
        if (scene.all('AWS::Lambda::Version').some((version) => scene.at(version.value('FunctionName')) === fn))
          return []
        return [
          {
            message: `\`${fn.logicalId}\` has SnapStart and no published version to start from`,
            span: fn.place('SnapStart', 'ApplyOn'),
            help: 'add an `AWS::Lambda::Version` and call it through an alias (`AutoPublishAlias: live` in SAM)',
          },
        ]
      }),
  },
  ...streamLints,
  ...secretLints,
  ...setupLints,
}

function isWritten(handler: HandlerView): boolean {
  return handler.isWritten && handler.of.type === FUNCTION
}

/** How much longer a computation takes than on one vCPU. */
function stretchOf(fn: Written, scene: Scene): number {
  return Math.max(1, scene.quota('lambda.MemoryPerCpu') / fn.number(128, 'MemorySize'))
}

function ms(us: number): string {
  const whole = us / MS
  return whole >= 1_000 ? `${Number((whole / 1_000).toPrecision(3))} s` : `${Math.round(whole)} ms`
}
