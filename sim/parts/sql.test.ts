// Shows what streaming SQL is read, what is refused and with which words, and what windows make of rows.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSql } from './sql.ts'
import { Pumps } from './sql-pumps.ts'
import { SqlError } from './sql-tokens.ts'
import type { Row, Value } from './sql-values.ts'

const SECOND = 1e6
const MINUTE = 60 * SECOND
const inputs = ['SOURCE_SQL_STREAM_001']

/** An application with one pump that fills `OUT (columns)` by a select from `SOURCE_SQL_STREAM_001`. */
const code = (columns: string, select: string): string =>
  `CREATE OR REPLACE STREAM "OUT" (${columns});
   CREATE OR REPLACE PUMP "P" AS INSERT INTO "OUT" ${select};`

/** What comes out of the rows `[s, values]` until `until` s: `[s, …columns]`. */
function results(
  select: string,
  columns: string,
  rows: readonly (readonly [number, Record<string, Value>])[],
  until = 1_000,
): unknown[][] {
  const pumps = new Pumps(parseSql(code(columns, select), inputs))
  const found: unknown[][] = []
  const out = (stream: string, row: Row): void => {
    if (stream === 'OUT') found.push([row.time / SECOND, ...row.values.values()])
  }
  for (const [second, values] of rows) {
    while (pumps.nextAt <= second * SECOND) pumps.close(pumps.nextAt, out)
    pumps.put(inputs[0], { time: second * SECOND, values: new Map(Object.entries(values)) }, out)
  }
  while (pumps.nextAt <= until * SECOND) pumps.close(pumps.nextAt, out)
  return found
}
const FROM = 'FROM "SOURCE_SQL_STREAM_001"'
const at = (...seconds: number[]): [number, Record<string, Value>][] => seconds.map((second) => [second, { A: 'x' }])

describe('a tumbling window', () => {
  const count = `SELECT STREAM COUNT(*) ${FROM} GROUP BY STEP("SOURCE_SQL_STREAM_001".ROWTIME BY INTERVAL '60' SECOND)`

  test('counts each row in the minute of its time and tells it at the end [KDA-02, KDA-03, FH-V5]', () => {
    const found = results(count, 'n INTEGER', at(5, 59, 60, 61, 119, 120))
    expect(found).toEqual([
      [60, 2],
      [120, 3],
      [180, 1],
    ])
  })

  test('can be written by FLOOR, of a unit or of so many [KDA-03]', () => {
    const by = (group: string): unknown[][] =>
      results(`SELECT STREAM COUNT(*) ${FROM} GROUP BY ${group}`, 'n INTEGER', at(5, 14, 15, 61))
    expect(by('FLOOR("SOURCE_SQL_STREAM_001".ROWTIME TO MINUTE)')).toEqual([
      [60, 3],
      [120, 1],
    ])
    expect(by(`FLOOR((ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND / 10 TO SECOND)`)).toEqual([
      [10, 1],
      [20, 2],
      [70, 1],
    ])
  })

  test('keeps groups apart and filters before and after', () => {
    const rows: [number, Record<string, Value>][] = [
      [1, { K: 'a', V: 1 }],
      [2, { K: 'b', V: 5 }],
      [3, { K: 'a', V: 3 }],
      [4, { K: 'a', V: 100 }],
    ]
    const select = `SELECT STREAM k, SUM(v) AS total, AVG(v), MIN(v), MAX(v) ${FROM} WHERE v < 50 GROUP BY k, FLOOR(ROWTIME TO MINUTE)`
    const columns = 'k VARCHAR(4), total INTEGER, mean DOUBLE PRECISION, least INTEGER, most INTEGER'
    expect(results(select, columns, rows)).toEqual([
      [60, 'a', 4, 2, 1, 3],
      [60, 'b', 5, 5, 5, 5],
    ])
    expect(results(select.replace('TO MINUTE)', 'TO MINUTE) HAVING COUNT(*) > 1'), columns, rows)).toEqual([
      [60, 'a', 4, 2, 1, 3],
    ])
  })
})

describe('a stagger window', () => {
  const count = `SELECT STREAM a, COUNT(*) ${FROM} WINDOWED BY STAGGER (PARTITION BY a RANGE INTERVAL '1' MINUTE)`

  test('opens with the first row of its group, so that rows around a full minute stay together [KDA-02, KDA-03]', () => {
    expect(results(count, 'a VARCHAR(1), n INTEGER', at(59.9, 60.1))).toEqual([[119.9, 'x', 2]])
    expect(
      results(
        `SELECT STREAM a, COUNT(*) ${FROM} GROUP BY a, FLOOR(ROWTIME TO MINUTE)`,
        'a VARCHAR(1), n INTEGER',
        at(59.9, 60.1),
      ),
    ).toEqual([
      [60, 'x', 1],
      [120, 'x', 1],
    ])
    // A length after it opened it is closed.
    expect(results(count, 'a VARCHAR(1), n INTEGER', at(10, 69.999999, 70))).toEqual([
      [70, 'x', 2],
      [130, 'x', 1],
    ])
  })
})

describe('a sliding window', () => {
  test('answers each row with those of the last minute, or the last rows, of its partition [KDA-02]', () => {
    const of = (window: string): unknown[] =>
      results(`SELECT STREAM SUM(v) OVER W ${FROM} WINDOW W AS (PARTITION BY k ${window} PRECEDING)`, 'total INTEGER', [
        [0, { K: 'a', V: 1 }],
        [30, { K: 'a', V: 2 }],
        [40, { K: 'b', V: 50 }],
        [60, { K: 'a', V: 4 }],
        [61, { K: 'a', V: 8 }],
      ]).map(([, total]) => total)
    expect(of("RANGE INTERVAL '1' MINUTE")).toEqual([1, 3, 50, 7, 14])
    expect(of('ROWS 1')).toEqual([1, 3, 50, 6, 12])
  })

  test('adds up what a plain loop over the rows does', () => {
    const row = fc.record({ wait: fc.integer({ min: 0, max: 40 }), v: fc.option(fc.integer({ min: -5, max: 5 })) })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (list) => {
        let now = 0
        const rows = list.map(({ wait, v }) => [(now += wait), { V: v }] as const)
        const found = results(
          `SELECT STREAM COUNT(*) OVER W, SUM(v) OVER W, MIN(v) OVER W, MAX(v) OVER W, COUNT(DISTINCT v) OVER W ${FROM} WINDOW W AS (RANGE INTERVAL '1' MINUTE PRECEDING)`,
          'a INTEGER, b INTEGER, c INTEGER, d INTEGER, e INTEGER',
          rows,
        )
        const plain = rows.map(([second], i) => {
          const inside = rows.slice(0, i + 1).filter(([other]) => other >= second - 60)
          const values = inside.flatMap(([, { V }]) => (V === null ? [] : [V]))
          const none = values.length === 0
          return [
            second,
            inside.length,
            none ? null : values.reduce((a, b) => a + b, 0),
            none ? null : Math.min(...values),
            none ? null : Math.max(...values),
            new Set(values).size,
          ]
        })
        expect(found).toEqual(plain)
      }),
    )
  })
})

test('rows go one by one where there is no window, with what is made of their columns', () => {
  const select = `SELECT STREAM UPPER(k) || '-' || v, v * (2 + 1) / 2, CASE WHEN v > 3 THEN 'big' ELSE 'small' END, COALESCE(w, -1), k IS NULL OR v <> 4 ${FROM} WHERE NOT (v BETWEEN 7 AND 9)`
  const rows: [number, Record<string, Value>][] = [
    [1, { K: 'a', V: 4 }],
    [2, { K: null, V: 1, W: 5 }],
    [3, { K: 'a', V: 8 }],
  ]
  expect(results(select, 'a INTEGER, b INTEGER, c INTEGER, d INTEGER, e BOOLEAN', rows)).toEqual([
    [1, 'A-4', 6, 'big', -1, false],
    [2, null, 1.5, 'small', 5, true],
  ])
})

test('a pump can read what another one writes', () => {
  const program = parseSql(
    `CREATE STREAM "MINUTES" (n INTEGER);
     CREATE PUMP "A" AS INSERT INTO "MINUTES" SELECT STREAM COUNT(*) ${FROM} GROUP BY FLOOR(ROWTIME TO MINUTE);
     CREATE STREAM "HOURS" (most INTEGER);
     CREATE PUMP "B" AS INSERT INTO "HOURS" SELECT STREAM MAX(n) FROM "MINUTES" GROUP BY FLOOR(ROWTIME TO HOUR)`,
    inputs,
  )
  const pumps = new Pumps(program)
  const hours: unknown[] = []
  const out = (stream: string, row: Row): void => {
    if (stream === 'HOURS') hours.push([row.time / MINUTE, ...row.values.values()])
  }
  for (const second of [1, 2, 3, 70]) {
    while (pumps.nextAt <= second * SECOND) pumps.close(pumps.nextAt, out)
    pumps.put(inputs[0], { time: second * SECOND, values: new Map() }, out)
  }
  while (pumps.nextAt < Infinity) pumps.close(pumps.nextAt, out)
  expect(hours).toEqual([[60, 3]])
})

describe('what is not simulated or wrong is refused, and where', () => {
  const fault = (text: string): string => {
    try {
      parseSql(text, inputs)
    } catch (error) {
      if (error instanceof SqlError) return `${error.at}: ${error.message}`
      throw error
    }
    return 'nothing'
  }
  test.each([
    ['SELECT STREAM * FROM "X"', '0: `CREATE` is expected, found `SELECT`'],
    ['CREATE FUNCTION f', '7: after CREATE a STREAM or a PUMP is expected, found `FUNCTION`'],
    ['CREATE STREAM "A" (b INTEGER', '28: `)` is expected, found the end'],
    ["CREATE STREAM 'A'", '14: a stream is expected, found `A`'],
    ['CREATE STREAM "A', '14: " is never closed'],
    ['CREATE STREAM A # b', '16: `#` does not belong into SQL'],
    [code('n INTEGER', `SELECT STREAM COUNT(*) ${FROM}`), /a stream has no end/],
    [code('n INTEGER', `SELECT STREAM k ${FROM} GROUP BY k`), /a stream has no end/],
    [code('n INTEGER', `SELECT STREAM k, v ${FROM}`), /`P` selects 2 columns for the 1 of `OUT`/],
    [code('n INTEGER', 'SELECT STREAM k FROM "NOWHERE"'), /reads the stream `NOWHERE`, which nobody creates/],
    [code('n INTEGER', 'SELECT STREAM n FROM "OUT"'), /`P` feeds the stream that it reads/],
    [code('n INTEGER', `SELECT STREAM SUM(v) OVER W ${FROM}`), /there is no window `W`/],
    [
      code('n INTEGER', `SELECT STREAM REGEX_REPLACE(v) ${FROM}`),
      /`REGEX_REPLACE` is not among the simulated functions/,
    ],
    [code('n INTEGER', `SELECT STREAM v ${FROM} JOIN "B" ON a = b`), /`;` is expected, found `JOIN`/],
    [code('n INTEGER', `SELECT STREAM v ${FROM} WHERE COUNT(*) > 1`), /use HAVING/],
    [code('n INTEGER', `SELECT STREAM ${'('.repeat(70)}v${')'.repeat(70)} ${FROM}`), /nested more than 64 deep/],
    ['CREATE PUMP P AS INSERT INTO "A" SELECT STREAM v FROM "B"', /`P` inserts into `A`, which is not created before/],
  ])('%s', (text, message) => {
    if (typeof message === 'string') expect(fault(text)).toBe(message)
    else expect(fault(text)).toMatch(message)
  })

  test('any text is read or refused, never more', () => {
    const word = fc.constantFrom(
      ...'CREATE STREAM PUMP AS INSERT INTO SELECT FROM "SOURCE_SQL_STREAM_001" GROUP BY STEP ( ) , ; * COUNT OVER W WINDOW 1 \'60\' INTERVAL SECOND ROWTIME'.split(
        ' ',
      ),
    )
    fc.assert(fc.property(fc.array(word, { maxLength: 40 }), (words) => typeof fault(words.join(' ')) === 'string'))
    expect(fault('x'.repeat(200_000))).toMatch(/longer than 102400 letters/)
  })
})
