// Every format that is read: what it is taken for, its requests or metrics, and what is left out.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { readRecording } from './read.ts'
import { loadOf } from './load.ts'
import { momentOf } from './moments.ts'
import type { Format, Metrics, ReadOptions, Recording, Requests } from './contract.ts'

function read(text: string | readonly string[], options?: ReadOptions): Recording {
  const outcome = readRecording(typeof text === 'string' ? text : text.join('\n'), options)
  if (!outcome.ok) throw new Error(`${outcome.slug}: ${outcome.message}`)
  return outcome.value
}
const requestsOf = (recording: Recording): Requests => recording.content as Requests
const metricsOf = (recording: Recording): Metrics => recording.content as Metrics
const cells = (recording: Recording, name: string): readonly string[] =>
  requestsOf(recording).columns.find((column) => column.name === name)!.cells
const at = (recording: Recording): number[] => [...requestsOf(recording).at!]
const why = (text: string | readonly string[], options?: ReadOptions): string => {
  const outcome = readRecording(typeof text === 'string' ? text : text.join('\n'), options)
  return outcome.ok ? 'read' : `${outcome.slug}: ${outcome.message}`
}

const MONDAY = 1_767_607_200_000_000 // 2026-01-05T10:00:00Z

describe('moments', () => {
  test.each([
    ['2026-01-05T10:00:00Z', 0],
    ['2026-01-05T10:00:00.25Z', 250_000],
    ['2026-01-05 10:00:00.1234567', 123_456],
    ['2026-01-05T11:00:00+01:00', 0],
    ['2026-01-05T04:30:00-0530', 0],
    ['2026/01/05 10:00', 0],
    ['2026-01-05 10:00:01 UTC', 1_000_000],
    ['2026-1-5 10:00:00', 0],
    ['05/Jan/2026:02:00:00 -0800', 0],
    ['[05/Jan/2026:10:00:59 +0000]', 59_000_000],
    ['2026-01-05T10:00:60Z', 60_000_000],
  ])('%s', (text, later) => expect(momentOf(text)).toBe(MONDAY + later))

  test.each([
    '',
    '2026-02-29',
    '2026-13-01',
    '2026-01-05T24:00:00Z',
    '2026-01/05',
    '31/Feb/2026:00:00:00 +0000',
    '05/Foo/2026:00:00:00',
    'now',
    '12',
  ])('not %s', (text) => expect(momentOf(text)).toBeUndefined())

  test('leap days and the centuries agree with the calendar of the language', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
        (date) => {
          expect(momentOf(date.toISOString())).toBe(date.getTime() * 1000)
        },
      ),
    )
  })
})

describe('CSV', () => {
  it('of times and attributes is a request a row, in whatever order and by whatever delimiter', () => {
    for (const mark of [',', ';', '\t']) {
      const recording = read(
        ['at;path;bytes', '2026-01-05T10:00:02Z;"/a;b,c";5', '2026-01-05T10:00:01Z;/d;6']
          .join('\n')
          .replaceAll(/;(?!b,)/g, mark),
      )
      expect([recording.format, at(recording), cells(recording, 'path')]).toEqual([
        'csv',
        [MONDAY + 2_000_000, MONDAY + 1_000_000],
        ['/a;b,c', '/d'],
      ])
      const load = loadOf(recording)
      expect(load).toMatchObject({
        ok: true,
        value: { at: Float64Array.of(0, 1_000_000), rows: Uint32Array.of(1, 0), origin: MONDAY + 1_000_000 },
      })
    }
  })

  it('takes the unit of plain numbers from the name of their column, from their size, or as it is told', () => {
    expect(at(read(['timestamp_ms,size', '0,1', '27.5,1', '20,2']))).toEqual([0, 27_500, 20_000])
    expect(at(read(['time,path', '1767607200,/', '1767607201.5,/']))).toEqual([MONDAY, MONDAY + 1_500_000])
    expect(at(read(['time,path', '1767607200000,/', '1767607201500,/']))).toEqual([MONDAY, MONDAY + 1_500_000])
    expect(at(read(['time,path', '0.5,/', '2,/']))).toEqual([500_000, 2_000_000])
    expect(at(read(['time,path', '5,/', '2,/'], { unit: 1000 }))).toEqual([5000, 2000])
    expect(at(read(['a,b', '5,7', '2,x'], { column: 'a' }))).toEqual([5_000_000, 2_000_000])
    expect(at(read(['a,b', '5,7', '2,8'], { column: '2' }))).toEqual([7_000_000, 8_000_000])
  })

  it('of ends and durations has the beginnings', () => {
    const recording = read(['app,func,end_timestamp,duration', 'a,f,2.5,0.5', 'a,f,1.25,1.5', 'a,g,10,0.001'])
    expect(at(recording)).toEqual([2_000_000, 0, 9_999_000])
    expect(cells(recording, 'duration')).toEqual(['0.5', '1.5', '0.001'])
  })

  it('of values at equal distances is a metric by period, with its gaps', () => {
    const lines = [0, 5, 10, 15, 20, 30, 35, 40, 45, 50].map(
      (minute, i) => `2026-01-05 10:${String(minute).padStart(2, '0')}:53,${i + 1}`,
    )
    const recording = read(['timestamp,value', ...lines])
    const [series] = metricsOf(recording).series
    expect([recording.detected, series!.period]).toEqual(['a CSV file of `value` by 5 minutes', 300_000_000])
    const load = loadOf(recording)
    expect(load.ok && load.value).toMatchObject({
      kind: 'counts',
      counts: Float64Array.of(1, 2, 3, 4, 5, 0, 6, 7, 8, 9, 10),
      origin: MONDAY + 53_000_000,
    })
  })

  it('of numbered minutes or seconds has nothing in those that are left out', () => {
    for (const [name, period] of [
      ['minute', 60_000_000],
      ['second', 1_000_000],
    ] as const) {
      const load = loadOf(read([`${name},requests`, '1,7', '2,8', '5,9']))
      expect(load.ok && load.value).toMatchObject({
        period,
        counts: Float64Array.of(0, 7, 8, 0, 0, 9),
        origin: undefined,
      })
    }
  })

  it('of counts without times has a period after the other', () => {
    const load = loadOf(read(['n,other', '7,a', '8,b'], { count: 'n', period: 1_000_000 }), 'n')
    expect(load.ok && load.value).toMatchObject({ period: 1_000_000, counts: Float64Array.of(7, 8) })
  })

  it('with a column for each minute adds its rows up', () => {
    const minutes = Array.from({ length: 60 }, (_, i) => i + 1)
    const recording = read([
      `Owner,Function,${minutes.join(',')}`,
      `o,f,${minutes.map(() => 1).join(',')}`,
      `o,g,${minutes.join(',')}`,
    ])
    const load = loadOf(recording)
    expect(recording.format).toBe('csv-wide')
    expect(load.ok && load.value).toMatchObject({
      period: 60_000_000,
      counts: Float64Array.from(minutes, (n) => n + 1),
    })
  })

  it('without times is rows for who wants their columns', () => {
    const recording = read(['name,ms', 'a,5', 'b,6'])
    expect(requestsOf(recording).at).toBeUndefined()
    expect(cells(recording, 'ms')).toEqual(['5', '6'])
    expect(loadOf(recording)).toMatchObject({ ok: false, message: 'no column of times' })
  })

  it('of the CloudWatch console has a metric a column and its names above', () => {
    const recording = read([
      'Id,m1,m2',
      'Label,"Invocations, all",p99',
      'Metric,Invocations,Duration',
      'Statistic,Sum,p99',
      'Period,60,60',
      '2026/01/05 10:01:00,5,',
      '2026/01/05 10:00:00,3,12.5',
    ])
    expect(recording.format).toBe('cloudwatch-csv')
    expect(metricsOf(recording).series).toMatchObject([
      {
        name: 'Invocations, all',
        metric: 'Invocations',
        statistic: 'Sum',
        period: 60_000_000,
        at: Float64Array.of(MONDAY, MONDAY + 60_000_000),
        values: Float64Array.of(3, 5),
      },
      { name: 'p99', metric: 'Duration', statistic: 'p99', values: Float64Array.of(12.5) },
    ])
  })

  it('says which lines cannot be read, and refuses a file of many such lines', () => {
    const rows = Array.from({ length: 99 }, (_, i) => `${i},/`)
    const recording = read(['time,path', ...rows, '', 'soon,/'])
    expect(recording.malformed).toMatchObject({ count: 1, first: [{ line: 102, why: '`soon` is no time' }] })
    expect(requestsOf(recording).rows).toBe(99)
    expect(why(['time,path', '1,/', '2,/', 'x,/', 'y,/'])).toBe(
      'malformed-lines: line 4: `x` is no time, and 1 other line',
    )
    expect(why(['time', '-1'], { column: 'time' })).toBe('malformed-lines: line 2: `-1` is negative')
    expect(why('time,path\n')).toBe('no-values: no values')
    expect(why(['time,path', '1,/'], { column: 'tmie' })).toBe('unknown-column: no column `tmie`')
  })
})

describe('logs', () => {
  const COMBINED =
    '203.0.113.9 - ann [05/Jan/2026:10:00:00 +0000] "GET /a%20b?q=\\"x\\" HTTP/1.1" 200 5120 "https://e.org/" "Mozilla/5.0 (X11)"'

  it('of web servers, in common and in combined format', () => {
    const recording = read([COMBINED, '::1 - - [05/Jan/2026:10:00:00 +0000] "-" 408 -'])
    expect([recording.format, at(recording)]).toEqual(['access-log', [MONDAY, MONDAY]])
    expect(['client', 'user', 'method', 'path', 'status', 'bytes'].map((name) => cells(recording, name))).toEqual([
      ['203.0.113.9', '::1'],
      ['ann', ''],
      ['GET', ''],
      ['/a%20b?q=\\"x\\"', '-'],
      ['200', '408'],
      ['5120', '0'],
    ])
  })

  it('of application and classic load balancers, whose time is the end and the beginning of the request', () => {
    const alb =
      'https 2026-01-05T10:00:00.250000Z app/lb/1 192.0.2.1:2817 10.0.0.1:80 0.050 0.150 0.050 200 200 34 366 "GET https://e.org:443/a?b=1 HTTP/1.1" "curl" - - arn:x "Root=1-2" "-" "-" 0'
    const classic =
      '2026-01-05T10:00:00.000000Z lb 192.0.2.1:2817 - -1 -1 -1 503 0 0 0 "GET http://e.org:80/ HTTP/1.1" "curl" - -'
    const recording = read([alb, classic])
    // The classic line's durations are −1; a second one of it has some, and its time is that of the request all the same.
    expect([recording.format, at(recording)]).toEqual(['elb', [MONDAY, MONDAY]])
    expect(at(read(classic.replace('- -1 -1 -1 503', '10.0.0.1:80 0.1 0.2 0.1 200')))).toEqual([MONDAY])
    expect(['path', 'status', 'duration', 'target_processing_time'].map((name) => cells(recording, name))).toEqual([
      ['/a?b=1', '/'],
      ['200', '503'],
      ['0.25', '0'],
      ['0.150', ''],
    ])
  })

  it('of CloudFront by the fields that they name', () => {
    const recording = read([
      '#Version: 1.0',
      '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status time-taken',
      '2026-01-05\t10:00:01\tFRA56-P1\t392\t192.0.2.1\tGET\td.cloudfront.net\t/i.html\t200\t0.250',
    ])
    expect([recording.format, at(recording), cells(recording, 'path'), cells(recording, 'duration')]).toEqual([
      'w3c',
      [MONDAY + 750_000],
      ['/i.html'],
      ['0.250'],
    ])
  })

  const REPORT =
    'REPORT RequestId: 8f5-a\tDuration: 102.25 ms\tBilled Duration: 103 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t'

  it('of a function have its durations, and with times its invocations', () => {
    const log = read([
      `2026-01-05T10:00:01.000Z ${REPORT}Init Duration: 200.75 ms`,
      '2026-01-05T10:00:01Z START RequestId: 8',
      `2026-01-05T10:00:01Z ${REPORT}`,
    ])
    expect(log.format).toBe('lambda-log')
    expect(['duration_ms', 'init_ms', 'used_mb'].map((name) => cells(log, name))).toEqual([
      ['102.25', '102.25'],
      ['200.75', ''],
      ['70', '70'],
    ])
    expect(at(log)).toEqual([MONDAY + 1_000_000 - 303_000, MONDAY + 1_000_000 - 102_250])
    expect(requestsOf(read(`x\n${REPORT}`)).at).toBeUndefined()
    const events = { events: [{ timestamp: MONDAY / 1000, message: `${REPORT}\n` }] }
    expect(at(read(JSON.stringify(events)))).toEqual([MONDAY - 102_250])
    expect(cells(read(JSON.stringify({ events: [{ timestamp: 1, message: `${REPORT}\n` }] })), 'duration_ms')).toEqual([
      '102.25',
    ])
  })
})

describe('JSON', () => {
  const json = (value: unknown): Recording => read(JSON.stringify(value))

  it('of get-metric-data is known by its labels, and by its queries where they are there', () => {
    const results = [
      {
        Id: 'a',
        Label: 'Invocations',
        Timestamps: ['2026-01-05T10:01:00+00:00', '2026-01-05T10:00:00+00:00'],
        Values: [4, 3],
        StatusCode: 'Complete',
      },
      { Id: 'b', Label: 'Duration p99', Timestamps: ['2026-01-05T10:00:00+00:00'], Values: [90.5] },
    ]
    const MetricDataQueries = [
      {
        Id: 'b',
        MetricStat: {
          Metric: {
            Namespace: 'AWS/Lambda',
            MetricName: 'Duration',
            Dimensions: [{ Name: 'FunctionName', Value: 'work' }],
          },
          Period: 300,
          Stat: 'p99',
        },
      },
    ]
    expect(metricsOf(json({ MetricDataResults: results, Messages: [] })).series).toMatchObject([
      { name: 'Invocations', period: 60_000_000, values: Float64Array.of(3, 4) },
      { name: 'Duration p99', values: Float64Array.of(90.5) },
    ])
    expect(metricsOf(json([{ MetricDataQueries }, { MetricDataResults: results }])).series[1]).toMatchObject({
      namespace: 'AWS/Lambda',
      metric: 'Duration',
      dimensions: { FunctionName: 'work' },
      statistic: 'p99',
      period: 300_000_000,
    })
  })

  it('of get-metric-statistics has a series for each statistic, in order of time', () => {
    const point = (minute: number, sum: number): unknown => ({
      Timestamp: `2026-01-05T10:0${minute}:00Z`,
      Sum: sum,
      Average: sum / 2,
      Unit: 'Count',
      ExtendedStatistics: { p99: 9 },
    })
    const { series } = metricsOf(json({ Label: 'RequestCount', Datapoints: [point(2, 8), point(0, 4), point(1, 6)] }))
    expect(series.map(({ name, statistic, values }) => [name, statistic, ...values])).toEqual([
      ['RequestCount Average', 'Average', 2, 3, 4],
      ['RequestCount Sum', 'Sum', 4, 6, 8],
      ['RequestCount p99', 'p99', 9, 9, 9],
    ])
  })

  it('of a metric stream is a line for each minute', () => {
    const line = (metric: string, timestamp: number, value: unknown): string =>
      JSON.stringify({
        metric_stream_name: 's',
        namespace: 'AWS/Lambda',
        metric_name: metric,
        dimensions: { FunctionName: 'work' },
        timestamp,
        value,
        unit: 'Milliseconds',
      })
    const recording = read([
      line('Duration', MONDAY / 1000, { max: 9, min: 1, sum: 12, count: 4, p99: 8.5 }),
      'broken',
      ...Array.from({ length: 19 }, (_, i) => line('Duration', MONDAY / 1000 + 60_000 * (i + 1), { sum: 1, count: 1 })),
    ])
    expect(recording.malformed).toMatchObject({ count: 1, first: [{ line: 2 }] })
    const series = metricsOf(recording).series
    expect(series.map(({ name }) => name)).toEqual([
      'work Duration Maximum',
      'work Duration Minimum',
      'work Duration Sum',
      'work Duration SampleCount',
      'work Duration p99',
      'work Duration Average',
    ])
    expect(series[5]).toMatchObject({
      namespace: 'AWS/Lambda',
      dimensions: { FunctionName: 'work' },
      period: 60_000_000,
    })
    expect([series[5]!.values[0], series[5]!.values.length]).toEqual([3, 20])
  })

  it('of X-Ray traces has a row for each segment, of which those without a parent come from outside', () => {
    const Document = JSON.stringify({
      ...{
        id: '1',
        name: 'shop',
        start_time: MONDAY / 1e6,
        end_time: MONDAY / 1e6 + 0.5,
        origin: 'AWS::Lambda::Function',
        http: { response: { status: 200 } },
      },
      subsegments: [
        {
          id: '2',
          name: 'DynamoDB',
          start_time: MONDAY / 1e6 + 0.1,
          end_time: MONDAY / 1e6 + 0.125,
          fault: true,
          namespace: 'aws',
        },
      ],
    })
    const child = JSON.stringify({
      id: '3',
      parent_id: '2',
      name: 'orders',
      start_time: MONDAY / 1e6 + 0.11,
      end_time: MONDAY / 1e6 + 0.12,
      throttle: true,
      error: true,
    })
    const recording = json({
      Traces: [
        {
          Id: 't',
          Duration: 0.5,
          Segments: [
            { Id: '1', Document },
            { Id: '3', Document: child },
          ],
        },
      ],
      UnprocessedTraceIds: [],
    })
    expect([
      recording.format,
      cells(recording, 'name'),
      cells(recording, 'duration'),
      cells(recording, 'outcome'),
    ]).toEqual(['xray', ['shop', 'DynamoDB', 'orders'], ['0.5', '0.025', '0.01'], ['ok', 'fault', 'throttle']])
    const load = loadOf(recording)
    expect(load.ok && load.value).toMatchObject({ at: Float64Array.of(0), rows: Uint32Array.of(0), origin: MONDAY })
  })

  it('of records has their members as columns, lists of numbers as cells', () => {
    const recording = json({
      metadata: {},
      data: [
        { d: 'a', i: [1.5, 2], m: 128 },
        { d: 'b', i: [3], m: 256 },
      ],
    })
    expect([recording.format, cells(recording, 'i'), cells(recording, 'm')]).toEqual([
      'json',
      ['1.5 2', '3'],
      ['128', '256'],
    ])
    expect(at(read(['{"timestamp": 27, "n": 1}', '{"timestamp": 30, "n": 2}']))).toEqual([27_000_000, 30_000_000])
  })

  it('of labelled windows', () => {
    expect(json({ a: [['2026-01-05 10:00:00', '2026-01-05 11:00:00']], b: [] }).content).toEqual({
      kind: 'windows',
      windows: [{ name: 'a', from: MONDAY, to: MONDAY + 3_600_000_000 }],
    })
  })

  it('that is none is said to be none', () => {
    expect(why('{ "a": ')).toBe('malformed-lines: it is neither JSON nor a JSON value a line')
    expect(why('[]')).toBe('no-values: no values')
  })
})

describe('the metric that counts requests', () => {
  const results = (...labels: readonly string[]): Recording =>
    read(
      JSON.stringify({
        MetricDataResults: labels.map((Label, i) => ({
          Id: `m${i}`,
          Label,
          Timestamps: ['2026-01-05T10:00:00Z'],
          Values: [i + 1],
        })),
      }),
    )
  const counts = (recording: Recording, count?: string): unknown => {
    const load = loadOf(recording, count)
    return load.ok ? (load.value as { name: string }).name : `${load.message} ${load.label ?? load.help ?? ''}`
  }

  it('is the one that is named, the only one, or one that AWS has for it', () => {
    expect(counts(results('Whatever'))).toBe('Whatever')
    expect(counts(results('Errors', 'Invocations', 'Duration'))).toBe('Invocations')
    expect(counts(results('Errors', 'Invocations'), 'Errors')).toBe('Errors')
    expect(counts(results('Errors', 'Faults'))).toContain('which of 2 metrics counts the requests?')
    expect(counts(results('Errors', 'Invocations'), 'Invocation')).toContain('did you mean `Invocations`?')
  })
})

test('whatever a text holds, reading it ends with a recording or a reason', () => {
  const pieces = [
    '"',
    ',',
    '\n',
    '[',
    ']',
    '{',
    '}',
    '2026-01-05T10:00:00Z',
    '1',
    'time',
    'value',
    ' ',
    '\t',
    'REPORT RequestId: a',
    '#Fields: date time',
    ':',
    '-',
    '\\',
    '"Datapoints":[',
    '"Traces":[',
    'é',
  ]
  const formats: (Format | undefined)[] = [
    undefined,
    'csv',
    'csv-wide',
    'access-log',
    'elb',
    'w3c',
    'lambda-log',
    'cloudwatch-csv',
    'cloudwatch-json',
    'xray',
    'json',
    'windows',
  ]
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...pieces), { maxLength: 60 }),
      fc.constantFrom(...formats),
      (text, format) => {
        const outcome = readRecording(text.join(''), { format })
        if (!outcome.ok) expect(outcome.message).not.toBe('')
        else if (outcome.value.content.kind !== 'windows') loadOf(outcome.value)
      },
    ),
    { numRuns: 2000 },
  )
})
