// Shows each rule of a pipe: batches, filters, enrichment, targets, what fails, and what all pipes share.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { constant, steps, wait } from '../../../test/lambda.ts'
import { DAY, lab, MINUTE, MS, SECOND, type Lab, type LabOptions, type Part } from '../../../test/kit.ts'
import { problemsOf, scenarioOf } from '../../../test/scenarios.ts'
import type { Instruction } from '../../parts/program.ts'
import { runScenario } from '../../run/run.ts'
import { services } from '../index.ts'
import { account } from '../lambda/account.ts'
import { lambdaFunction } from '../lambda/function.ts'
import { queue } from '../sqs/queue.ts'
import type { Queue } from '../sqs/queue-state.ts'
import { topic } from '../sns/topic.ts'
import { pipe } from './pipe.ts'
import type { Pipe } from './pipe-state.ts'
import { STAGES } from './pipe-stages.ts'

const AT_ONCE = { ApiLatency: '0ms' }
const plain: Part = { def: queue, assumptions: AT_ONCE }
/** A queue that takes no body above 1 KB. */
const small: Part = { def: queue, properties: { MaximumMessageSize: 1024 }, assumptions: AT_ONCE }

function work(program: readonly Instruction[]): Part {
  return {
    def: lambdaFunction,
    properties: { MemorySize: 1769, Timeout: 900 },
    config: { Handler: steps(...program) },
    assumptions: { ColdStart: '0ms', InvokeLatency: '0ms' },
  }
}

/** A pipe `Way` from the queue `Jobs` to the queue `Out`. */
function world(
  properties: Record<string, unknown> = {},
  parts: Record<string, Part> = {},
  options: LabOptions = {},
): Lab {
  return lab(
    {
      Jobs: plain,
      Out: plain,
      'Sim::Lambda::Account': { def: account },
      Way: {
        def: pipe,
        properties: { Source: 'Jobs', Target: 'Out', RoleArn: 'r', ...properties },
        assumptions: AT_ONCE,
      },
      ...parts,
    },
    {
      probe: [
        ['Jobs', 'sqs:SendMessage'],
        ['Out', 'sqs:ReceiveMessage'],
        ['Way', 'pipes:StartPipe'],
        ['Way', 'pipes:StopPipe'],
      ],
      ...options,
    },
  )
}

const send = (l: Lab, ...bodies: unknown[]): void => {
  for (const MessageBody of bodies) l.call('Jobs', 'sqs:SendMessage', { MessageBody })
}
const bodies = (l: Lab, name = 'Out'): unknown[] => l.state<Queue>(name).messages.body.filter((body) => body !== null)
const of = (l: Lab): Pipe => l.state<Pipe>('Way')

describe('a pipe', () => {
  test('brings what comes to a queue to its target, and deletes it then [EB-60]', () => {
    const l = world()
    send(l, 'a', 'b', 'c')
    l.run(SECOND)
    expect(bodies(l).map((event: any) => event.body)).toEqual(['a', 'b', 'c'])
    expect(bodies(l)[0]).toMatchObject({ eventSource: 'aws:sqs', eventSourceARN: 'Jobs', awsRegion: 'us-east-1' })
    expect(l.state<Queue>('Jobs').stored.inside).toBe(0)
  })

  test('drops what matches none of its filters, by the JSON in bodies too [EB-60]', () => {
    const filter = (pattern: object) => ({ Pattern: JSON.stringify(pattern) })
    const Filters = [filter({ body: { kind: ['order'] } }), filter({ body: { price: [{ numeric: ['>', 100] }] } })]
    const l = world({ SourceParameters: { FilterCriteria: { Filters } } })
    send(
      l,
      { kind: 'order', n: 1 },
      '{"kind": "order", "n": 2}',
      { kind: 'gift', price: 101 },
      { kind: 'gift', price: 100 },
      'x',
    )
    l.run(SECOND)
    expect(bodies(l).map((event: any) => event.body.n ?? event.body.price)).toEqual([1, 2, 101])
    expect(of(l)).toMatchObject({ dropped: 2 })
    expect(l.state<Queue>('Jobs').stored.inside).toBe(0)
  })

  test('makes inputs of templates whose paths stand in place [EB-60]', () => {
    const l = world({
      TargetParameters: { InputTemplate: '{"id": <$.body.id>, "text": "by <aws.pipes.pipe-name>: <$.body.who>"}' },
    })
    send(l, '{"id": 7, "who": "Ann"}')
    l.run(SECOND)
    expect(bodies(l)).toEqual([{ id: 7, text: 'by Way: Ann' }])
  })

  test('costs nothing at an empty queue', () => {
    const l = world()
    l.run(DAY)
    const before = l.world.kernel.steps
    l.run(300 * DAY)
    expect(l.world.kernel.steps - before).toBe(0)
  })

  test('reads nothing while it is stopped [EB-60]', () => {
    const l = world({ DesiredState: 'STOPPED' })
    send(l, 'a')
    l.run(MINUTE)
    expect(bodies(l)).toEqual([])
    expect(l.ask('Way', 'pipes:StartPipe').answer).toMatchObject({ CurrentState: 'RUNNING' })
    l.run(2 * MINUTE)
    expect(bodies(l)).toHaveLength(1)
    l.ask('Way', 'pipes:StopPipe')
    // Polls that wait at the queue when it is stopped still bring what comes first.
    const left = 8
    send(l, ...Array.from({ length: 20 }, (_, i) => i))
    l.run(3 * MINUTE)
    expect(bodies(l).length).toBeLessThan(20 + 1 - left)
  })
})

describe('batches', () => {
  const Target = 'Work'
  const slow = { Work: work([wait(1000 * MS)]) }

  test('run five at once at first, and 60 more a minute while all run [EB-60]', () => {
    const l = world({ Target, SourceParameters: { SqsQueueParameters: { BatchSize: 1 } } }, slow)
    send(l, ...Array.from({ length: 3000 }, (_, i) => i))
    l.run(900 * MS)
    expect(of(l).running.inside).toBe(5)
    l.run(61 * SECOND)
    expect(of(l).running.peak).toBeGreaterThan(60)
    expect(of(l).running.peak).toBeLessThan(70)
  })

  test('never run more than all pipes of the account may [EB-60]', () => {
    const other = {
      Other: {
        def: pipe,
        properties: {
          Source: 'Jobs',
          Target,
          RoleArn: 'r',
          SourceParameters: { SqsQueueParameters: { BatchSize: 1 } },
        },
        assumptions: AT_ONCE,
      },
    }
    const l = world(
      { Target, SourceParameters: { SqsQueueParameters: { BatchSize: 1 } } },
      { ...slow, ...other },
      { quotas: { 'pipes.ConcurrentExecutions': 6 } },
    )
    send(l, ...Array.from({ length: 200 }, (_, i) => i))
    for (let at = 0; at < 60; at++) {
      l.run(at * SECOND + 500 * MS)
      expect(of(l).running.inside + l.state<Pipe>('Other').running.inside).toBeLessThanOrEqual(6)
    }
    l.run(DAY)
    expect(l.state<Queue>('Jobs').stored.inside).toBe(0)
  })

  test('are collected for their window [EB-60]', () => {
    const SqsQueueParameters = { BatchSize: 4, MaximumBatchingWindowInSeconds: 10 }
    const l = world({ SourceParameters: { SqsQueueParameters } })
    send(l, 'a', 'b')
    l.run(10 * SECOND - 1)
    expect(bodies(l)).toEqual([])
    l.run(10 * SECOND + MS)
    expect(bodies(l)).toHaveLength(2)
    send(l, 'c', 'd', 'e', 'f')
    l.run(10 * SECOND + 2 * MS)
    expect(bodies(l)).toHaveLength(6)
  })
})

describe('an enrichment', () => {
  const enriched = (answer: readonly Instruction[]): Lab => world({ Enrichment: 'Ask' }, { Ask: work(answer) })

  test('has its answer go to the target in place of the events [EB-60]', () => {
    const l = enriched([wait(100 * MS), { op: 'return', value: constant([{ rich: 1 }, { rich: 2 }]) }])
    send(l, 'a')
    l.run(99 * MS)
    expect(bodies(l)).toEqual([])
    l.run(200 * MS)
    expect(bodies(l)).toEqual([{ rich: 1 }, { rich: 2 }])
  })

  test('that answers with nothing ends the execution, and the messages are deleted [EB-60]', () => {
    const l = enriched([{ op: 'return', value: constant([]) }])
    send(l, 'a', 'b')
    l.run(MINUTE)
    expect(bodies(l)).toEqual([])
    expect(l.state<Queue>('Jobs').stored.inside).toBe(0)
    l.finish()
    expect(l.sum('Way', 'TargetStageSkipped')).toBeGreaterThan(0)
  })

  test('that fails leaves the messages to come back [EB-60]', () => {
    const l = enriched([{ op: 'fail', error: 'Oops', catches: [] }])
    send(l, 'a')
    l.run(29 * SECOND)
    expect(of(l)).toMatchObject({ failedRecords: 1 })
    l.run(31 * SECOND)
    expect(of(l)).toMatchObject({ failedRecords: 2 })
    l.finish()
    expect(l.sum('Way', 'EnrichmentStageFailed')).toBe(2)
  })
})

describe('what fails', () => {
  test('is part of a batch: the rest is deleted, the part comes back [EB-60]', () => {
    const l = world({ TargetParameters: { InputTemplate: '<$.body>' } }, { Out: small })
    send(l, 'x'.repeat(2000), 'fine', 'too')
    l.run(10 * SECOND)
    expect(bodies(l)).toEqual(['fine', 'too'])
    expect(l.state<Queue>('Jobs').stored.inside).toBe(1)
    l.run(35 * SECOND)
    expect(of(l).failedRecords).toBe(2)
    expect(bodies(l)).toHaveLength(2)
  })

  test('is what a function reports of its batch [EB-60]', () => {
    const stage = STAGES.get('lambda:InvokeFunction')!
    const reports = (Payload: unknown) => stage.failed({ Payload }, ['a', 'b'])
    expect(reports({ batchItemFailures: [{ itemIdentifier: 'b' }] })).toEqual([false, true])
    expect(reports({ batchItemFailures: [] })).toEqual([false, false])
    expect(reports({ batchItemFailures: null })).toEqual([])
    expect(reports(null)).toEqual([])
    expect(reports({ batchItemFailures: [{ itemIdentifier: 'c' }] })).toBe('all')
    expect(reports({ batchItemFailures: [{}] })).toBe('all')
    expect(reports({ batchItemFailures: 'b' })).toBe('all')
    expect(stage.failed({ FunctionError: 'Unhandled' }, ['a', 'b'])).toBe('all')
  })

  test('takes longer than five minutes: it is given up, and what answers later finds nobody [EB-60]', () => {
    const l = world(
      { Enrichment: 'Ask' },
      {
        Ask: work([wait(301 * SECOND)]),
        Jobs: { def: queue, properties: { VisibilityTimeout: 900 }, assumptions: AT_ONCE },
      },
    )
    send(l, 'a')
    l.run(300 * SECOND - 1)
    expect(of(l).running.inside).toBe(1)
    l.run(300 * SECOND)
    expect(of(l)).toMatchObject({ running: { inside: 0 }, failedRecords: 1 })
    l.run(400 * SECOND)
    expect(bodies(l)).toEqual([])
    l.finish()
    expect(l.sum('Way', 'ExecutionTimeout')).toBe(1)
  })

  test('again and again is told when the run is over', () => {
    const findings = (parts: Record<string, Part>) => {
      const l = world({}, parts)
      send(l, 'x'.repeat(2000))
      l.run(5 * MINUTE)
      return pipe.insights!(of(l), { warmUp: 0, callees: () => [] } as never)
    }
    expect(findings({ Out: small })).toMatchObject([{ kind: 'pipe-fails', share: 1 }])
    expect(findings({})).toEqual([])
  })
})

test('operations of targets are those of their rooms', () => {
  const answered = new Map(services.flatMap((def) => Object.keys(def.ops).map((action) => [action, def] as const)))
  for (const { action } of STAGES.values()) {
    // Rooms that do not exist yet are found by nobody.
    const service = action.split(':')[0]!
    if ([...answered.keys()].some((each) => each.startsWith(`${service}:`)))
      expect(answered.has(action), action).toBe(true)
  }
})

describe('a template', () => {
  const template = (pipe: string, target = '!Ref News'): string => `
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  News: { Type: AWS::SNS::Topic }
  Fifo: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }
  Way: { Type: AWS::Pipes::Pipe, Properties: { RoleArn: "arn:aws:iam::123456789012:role/r", Source: !GetAtt Jobs.Arn, Target: ${target}, ${pipe} } }
`

  test('runs as it is', () => {
    const { world: ran } = runScenario(scenarioOf(template('Name: way')))
    expect(ran.stateOf<Pipe>('Way').done).toBeGreaterThan(2500)
  })

  test('with what AWS would refuse is refused [EB-60]', () => {
    const wrong = (pipe: string, words: string, target?: string): void =>
      expect(problemsOf(template(pipe, target)), pipe).toContain(words)
    const size = (text: string): string => `SourceParameters: { SqsQueueParameters: { ${text} } }`
    wrong(size('BatchSize: 11'), 'take at most 10 records')
    wrong(size('BatchSize: 11'), 'without a window', '"arn:aws:ecs:us-east-1:123456789012:cluster/c"')
    wrong(size('MaximumBatchingWindowInSeconds: 301'), '301')
    wrong('SourceParameters: { FilterCriteria: { Filters: [{ Pattern: "{" }] } }', 'it is no JSON')
    wrong(
      'SourceParameters: { FilterCriteria: { Filters: [{ Pattern: \'{"body": "x"}\' }] } }',
      'the filter is refused',
    )
    wrong('Name: way', 'names no message group', '!GetAtt Fifo.Arn')
    wrong('TargetParameters: { InputTemplate: \'{"a": <$.b>, }\' }', 'no JSON')
    expect(
      problemsOf(
        template('TargetParameters: { SqsQueueParameters: { MessageGroupId: $.messageId } }', '!GetAtt Fifo.Arn'),
      ),
    ).not.toContain('error')
  })
})

test('a topic takes ten at once, and says which it did not take', () => {
  const l = world({ Target: 'News' }, { News: { def: topic, assumptions: AT_ONCE } })
  send(l, ...Array.from({ length: 25 }, (_, i) => i))
  l.run(MINUTE)
  l.finish()
  expect(l.sum('News', 'NumberOfMessagesPublished')).toBe(25)
})

test('no message is lost and none that has arrived comes again, whatever fails, in batches of any kind [EB-60]', () => {
  const message = fc.record({ at: fc.integer({ min: 0, max: 120 }), kind: fc.constantFrom('good', 'bad', 'unwanted') })
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 60 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 0, max: 20 }),
      (sent, BatchSize, MaximumBatchingWindowInSeconds) => {
        const l = world(
          {
            SourceParameters: {
              SqsQueueParameters: { BatchSize, MaximumBatchingWindowInSeconds },
              FilterCriteria: { Filters: [{ Pattern: '{"body":{"kind":["good","bad"]}}' }] },
            },
            TargetParameters: { InputTemplate: '{"n": <$.body.n>, "text": <$.body.text>}' },
          },
          { Out: small },
        )
        const order = sent.map(({ at, kind }, n) => ({ at, kind, n })).sort((a, b) => a.at - b.at)
        for (const { at, kind, n } of order) {
          l.run(at * SECOND)
          send(l, { n, kind, text: kind === 'bad' ? 'x'.repeat(2000) : '' })
        }
        l.run(20 * MINUTE)
        const numbers = (kind: string): number[] => order.filter((each) => each.kind === kind).map(({ n }) => n)
        const arrived = bodies(l).map((body: any) => body.n as number)
        expect(arrived.sort((a, b) => a - b)).toEqual(numbers('good').sort((a, b) => a - b))
        expect(l.state<Queue>('Jobs').stored.inside).toBe(numbers('bad').length)
        expect(of(l)).toMatchObject({ dropped: numbers('unwanted').length, done: sent.length - numbers('bad').length })
      },
    ),
    { numRuns: 40 },
  )
})

describe('the bill of a pipe', () => {
  const chunks = (bodies: readonly unknown[], properties: Record<string, unknown> = {}): unknown => {
    const l = world(properties)
    for (const MessageBody of bodies) l.call('Jobs', 'sqs:SendMessage', { MessageBody })
    return l.run(MINUTE).finish().bill('Way')['Requests']
  }
  test('has each record that passes the filter, by 64 KB [PR-R1, PR-R2]', () => {
    expect(chunks([{ a: 1 }, { a: 2 }, { a: 3 }])).toEqual({ used: 3, run: 0.0000012 })
    const FilterCriteria = { Filters: [{ Pattern: '{ "body": { "a": [1] } }' }] }
    expect(chunks([{ a: 1 }, { a: 2 }, { a: 1 }], { SourceParameters: { FilterCriteria } })).toEqual({
      used: 2,
      run: 0.0000008,
    })
    // The envelope is part of the record.
    expect(chunks(['x'.repeat(65_536), 'y'])).toEqual({ used: 3, run: 0.0000012 })
  })
})
