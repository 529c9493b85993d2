// What a user sees of a problem, letter by letter.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LintSlug } from './catalogue.ts'
import type { Problem } from './problem.ts'
import { countLine, renderProblem, renderProblems, sortProblems } from './render.ts'
import type { Source, Span } from './span.ts'
import { cells } from './text.ts'

const orders: Source = {
  name: 'scenarios/orders.yaml',
  text: 'Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties:\n      VisibilityTimout: 30\n',
}
function spanOf(source: Source, word: string): Span {
  const start = source.text.indexOf(word)
  if (start < 0) throw new Error(`no ${word}`)
  return { source, start, end: start + word.length }
}
const misspelt: Problem = {
  slug: 'unknown-property',
  severity: 'error',
  message: '`VisibilityTimout` is not a property of AWS::SQS::Queue',
  span: spanOf(orders, 'VisibilityTimout'),
  label: 'did you mean `VisibilityTimeout`?',
  notes: ['see `hotshard explain unknown-property`'],
}
/** Rows without the indentation of this file. */
const rows = (text: string): string => text.replace(/^\n/, '').replace(/\n *$/, '').replace(/^ {6}/gm, '')

describe('renderProblem', () => {
  it('shows message, place, line, carets, label and notes', () => {
    expect(renderProblem(misspelt)).toBe(
      rows(`
      error[unknown-property]: \`VisibilityTimout\` is not a property of AWS::SQS::Queue
       --> scenarios/orders.yaml:5:7
        |
      5 |       VisibilityTimout: 30
        |       ^^^^^^^^^^^^^^^^ did you mean \`VisibilityTimeout\`?
        = note: see \`hotshard explain unknown-property\`
      `),
    )
  })

  it('widens the margin with the number of the line', () => {
    const source = { name: 'o.yaml', text: `${'\n'.repeat(11)}      VisibilityTimout: 30\n` }
    const text = renderProblem({ ...misspelt, span: spanOf(source, 'VisibilityTimout'), help: 'write it so' })
    expect(text.split('\n').slice(1)).toEqual([
      '  --> o.yaml:12:7',
      '   |',
      '12 |       VisibilityTimout: 30',
      '   |       ^^^^^^^^^^^^^^^^ did you mean `VisibilityTimeout`?',
      '   = help: write it so',
      '   = note: see `hotshard explain unknown-property`',
    ])
  })

  it('without a place shows the message and what helps', () => {
    expect(
      renderProblem({
        slug: 'never-happens',
        severity: 'warning',
        message: 'nothing arrives',
        help: 'add a workload\nor two',
      }),
    ).toBe('warning[never-happens]: nothing arrives\n  = help: add a workload\n          or two')
  })

  it('shows two places of one file in the order of their lines', () => {
    const source = { name: 'a.yaml', text: 'Jobs: 1\nDead: 2\nOther: 3\nJobs: 4\n' }
    const second = { source, start: source.text.lastIndexOf('Jobs'), end: source.text.lastIndexOf('Jobs') + 4 }
    const problem: Problem = {
      slug: 'duplicate-key',
      severity: 'error',
      message: '`Jobs` is defined twice',
      span: second,
      label: 'again here',
      also: [{ span: spanOf(source, 'Jobs'), label: 'first here' }],
    }
    expect(renderProblem(problem)).toBe(
      rows(`
      error[duplicate-key]: \`Jobs\` is defined twice
       --> a.yaml:4:1
        |
      1 | Jobs: 1
        | ---- first here
      ...
      4 | Jobs: 4
        | ^^^^ again here
      `),
    )
  })

  it('shows two places of one line under that line', () => {
    const source = { name: 'a.yaml', text: 'lognormal(p50=40ms, p99=8ms)\n' }
    const problem: Problem = {
      slug: 'out-of-range',
      severity: 'error',
      message: '`p99` is below `p50`',
      span: spanOf(source, '8ms'),
      label: 'too small',
      also: [{ span: spanOf(source, '40ms'), label: 'the median' }],
    }
    expect(renderProblem(problem).split('\n').slice(3)).toEqual([
      '1 | lognormal(p50=40ms, p99=8ms)',
      '  |                         ^^^ too small',
      '  |               ---- the median',
    ])
  })

  it('shows a place in another file below the first', () => {
    const other = { name: 'b.yaml', text: '\n  Jobs: 1\n' }
    const problem: Problem = { ...misspelt, notes: [], also: [{ span: spanOf(other, 'Jobs'), label: 'defined here' }] }
    expect(renderProblem(problem).split('\n').slice(5)).toEqual([
      ' ::: b.yaml:2:3',
      '  |',
      '2 |   Jobs: 1',
      '  |   ---- defined here',
    ])
  })

  it('underlines a span over several lines to the end of its first', () => {
    const source = { name: 'a.yaml', text: 'a: [1,\n  2]\n' }
    const text = renderProblem({
      slug: 'yaml-syntax',
      severity: 'note',
      message: 'm',
      span: { source, start: 3, end: 11 },
    })
    expect(text.split('\n').slice(3)).toEqual(['1 | a: [1,', '  |    ^^^'])
  })

  it('puts one caret where a span is empty, even behind the last character', () => {
    const source = { name: 'a.yaml', text: 'Rate:' }
    const text = renderProblem({
      slug: 'yaml-syntax',
      severity: 'error',
      message: 'm',
      span: { source, start: 5, end: 5 },
      label: 'here',
    })
    expect(text.split('\n').slice(3)).toEqual(['1 | Rate:', '  |      ^ here'])
  })

  it('keeps carets under their words after tabs, wide characters and emoji', () => {
    const under = (text: string): string[] => {
      const source = { name: 'a.yaml', text }
      return renderProblem({ slug: 'yaml-syntax', severity: 'error', message: 'm', span: spanOf(source, 'word') })
        .split('\n')
        .slice(3)
    }
    expect(under('\tx\tword')).toEqual(['1 |     x   word', '  |         ^^^^'])
    expect(under('注文: word')).toEqual(['1 | 注文: word', '  |       ^^^^'])
    expect(under('🎉 word')).toEqual(['1 | 🎉 word', '  |    ^^^^'])
    expect(under('e\u0301 word')).toEqual(['1 | e\u0301 word', '  |   ^^^^'])
  })

  it('never prints control characters or overrides of direction from a file', () => {
    const source = { name: 'a\u001b[31m.yaml', text: 'key: \u001b[2Jword \u202e\u0007' }
    const text = renderProblem({
      slug: 'yaml-syntax',
      severity: 'error',
      message: 'found `\u001b]0;x`\n',
      span: spanOf(source, 'word'),
      label: '\r',
      help: '\u009b',
    })
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
  })

  it('cuts a long line around its carets', () => {
    const source = { name: 'a.json', text: `${'x'.repeat(300)}word${'y'.repeat(300)}` }
    const lines = renderProblem(
      { slug: 'yaml-syntax', severity: 'error', message: 'm', span: spanOf(source, 'word') },
      { width: 60 },
    ).split('\n')
    expect(lines[1]).toBe(' --> a.json:1:301')
    expect(lines[3]).toMatch(/^1 \| \.{3}x+wordy+\.{3}$/)
    expect(lines[3]!.length).toBeLessThanOrEqual(60)
    expect(lines[4]!.indexOf('^')).toBe(lines[3]!.indexOf('word'))
  })

  it('shows hundreds of problems of one enormous line without delay', () => {
    const source = { name: 'a.json', text: `${'{"key": "value"}, '.repeat(60_000)}word` }
    const spans = Array.from({ length: 300 }, (_, i): Span => ({ source, start: i * 3000, end: i * 3000 + 5 }))
    const problem = (span: Span): Problem => ({
      slug: 'yaml-syntax',
      severity: 'error',
      message: 'm',
      span,
      also: [{ span: spanOf(source, 'word'), label: 'far' }],
    })
    const before = performance.now()
    const text = renderProblems(spans.map(problem))
    expect(performance.now() - before).toBeLessThan(3000)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(130)
  })

  it('colours by ANSI escapes when asked, and says the same', () => {
    const colored = renderProblem(misspelt, { color: true })
    expect(colored).toContain('\u001b[1;31merror[unknown-property]\u001b[0m')
    expect(colored.replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(renderProblem(misspelt))
  })

  it('puts carets under exactly the marked text, whatever stands around it', () => {
    const noise = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '注', '🎉', 'é', '\u001b'), maxLength: 80 })
    fc.assert(
      fc.property(noise, noise, fc.integer({ min: 40, max: 140 }), (before, after, width) => {
        const source = { name: 'a', text: `${before}WORD${after}` }
        const lines = renderProblem(
          { slug: 'yaml-syntax', severity: 'error', message: 'm', span: spanOf(source, 'WORD') },
          { width },
        ).split('\n')
        expect(cells(lines[3]!)).toBeLessThanOrEqual(width)
        expect(lines[4]!.indexOf('^')).toBe(cells(lines[3]!.slice(0, lines[3]!.indexOf('WORD'))))
        expect(lines[4]!.replace(/[^^]/g, '')).toBe('^^^^')
      }),
    )
  })
})

describe('renderProblems', () => {
  const a = { name: 'a.yaml', text: 'one two three\n' }
  const b = { name: 'b.yaml', text: 'four\n' }
  const problem = (slug: LintSlug, severity: Problem['severity'], span?: Span): Problem => ({
    slug,
    severity,
    message: 'm',
    ...(span === undefined ? {} : { span }),
  })
  const all = [
    problem('order/5', 'error'),
    problem('order/4', 'warning', spanOf(b, 'four')),
    problem('order/3', 'error', spanOf(a, 'three')),
    problem('order/2', 'warning', spanOf(a, 'two')),
    problem('order/1', 'error', spanOf(a, 'two')),
  ]

  it('sorts by source and position, worst first at one place, those without a place first', () => {
    expect(sortProblems(all).map(({ slug }) => slug)).toEqual(['order/5', 'order/1', 'order/2', 'order/3', 'order/4'])
    expect(sortProblems(all.toReversed()).map(({ slug }) => slug)).toEqual([
      'order/5',
      'order/1',
      'order/2',
      'order/3',
      'order/4',
    ])
  })

  it('closes with a count, and the command that explains the first of the worst', () => {
    const text = renderProblems(all, {})
    expect(text.split('\n\n').at(-1)).toBe('3 errors, 2 warnings; more: `hotshard explain order/5`')
    expect(text.split('\n\n')).toHaveLength(6)
    expect(countLine([problem('order/1', 'note'), problem('order/2', 'error')])).toBe('1 error, 1 note')
    const warned = renderProblems([problem('order/2', 'note'), problem('order/1', 'warning')])
    expect(warned).toContain('1 warning, 1 note; more: `hotshard explain order/1`')
    expect(
      renderProblems([problem('order/1', 'note')])
        .split('\n')
        .at(-1),
    ).toBe('1 note')
    expect(renderProblems([])).toBe('')
  })
})
