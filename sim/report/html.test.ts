// The report as a file: well-formed, with a policy that lets nothing in, and never more markup than ours.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openNamed, scenarioOf } from '../../test/scenarios.ts'
import { runWithHistory } from '../frames/history.ts'
import { Session } from '../frames/session.ts'
import type { Scenario } from '../lang/scenario.ts'
import { reportOf } from '../run/report.ts'
import { Running } from '../run/run.ts'
import { reportHtml } from './html.ts'
import { STYLE, STYLE_HASH } from './style.ts'

function htmlOf(scenario: Scenario, command = 'npx hotshard run'): string {
  const running = new Running(scenario)
  const history = runWithHistory(running)
  return reportHtml(reportOf(running.finish(), command), history)
}

/** Elements that stand open at the end or close another one than the last; attributes and texts as they were found. */
function parse(html: string): { wrong: string[]; names: Set<string>; attributes: Set<string> } {
  const wrong: string[] = []
  const names = new Set<string>()
  const attributes = new Set<string>()
  const open: string[] = []
  for (const [whole, slash, name, rest] of html.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/gi,
  )) {
    names.add(name!)
    for (const [, attribute] of rest!.matchAll(/\s([\w:-]+)(?==|\s|$)/g)) attributes.add(attribute!)
    if (['meta', 'br'].includes(name!) || whole.endsWith('/>')) continue
    if (slash === '') open.push(name!)
    else if (open.pop() !== name) wrong.push(whole)
  }
  const texts = html.replace(/<style>[^]*?<\/style>/, '').replace(/<!?\/?[a-z][^>]*>/gi, '')
  if (/[<>]/.test(texts)) wrong.push('a stray < or >')
  return { wrong: [...wrong, ...open], names, attributes }
}

describe('the style', () => {
  it('is the one text that the policy of the report allows', () => {
    expect(STYLE_HASH).toBe(createHash('sha256').update(STYLE).digest('base64'))
  })
})

describe('a report', () => {
  it('is well-formed, runs nothing and loads nothing', () => {
    const html = htmlOf(openNamed('poison-message.yaml'))
    const { wrong, names, attributes } = parse(html)
    expect(wrong).toEqual([])
    expect([...names].filter((name) => /script|iframe|object|embed|link|img|form|base/.test(name))).toEqual([])
    expect([...attributes].filter((name) => /^on|^src$|^style$|xlink/.test(name))).toEqual([])
    expect(html).toContain("content=\"default-src 'none'; style-src 'sha256-")
    expect([...html.matchAll(/href="([^"]*)"/g)].every(([, to]) => /^#resource-\d+$/.test(to!))).toBe(true)
    expect(html).not.toMatch(/NaN|undefined|Infinity|\[object/)
  })

  it('says what is going on with its times, what was expected, and each resource with its limits', () => {
    const scenario = openNamed('flash-crowd.yaml')
    const html = htmlOf(scenario)
    expect(html).toContain('<b>The account&#39;s concurrency is used up.</b>')
    expect(html).toMatch(/from 4 m 39 s to 7 m 56 s/)
    expect(html).toContain('<code>sum(Buy.Throttles) &gt; 1000</code>')
    expect(html).toContain('✓ 6 expectations hold')
    // What the chart says in a word stands in the table too.
    expect(html).toMatch(/aria-label="Over time\. requests: most 1,\d{3} at [^"]*throttles: most [^"]*errors: most/)
    expect(html).toMatch(
      /<th scope="row">Limit<\/th><td><svg [^>]*>.*?<\/svg><\/td><td class="number">170 requests<\/td>/s,
    )
    expect(html).toContain('▲ ALARM')
    for (const { name } of scenario.plan.components.filter(({ type }) => type.startsWith('AWS::')))
      expect(html, name).toContain(name)
  })

  it('has the bill: lines with their prices, totals, and what is not priced', () => {
    const html = htmlOf(openNamed('flash-crowd.yaml'))
    expect(html).toMatch(
      /<th scope="row">Buy<\/th><td>Requests<\/td><td class="number">[\d,]+ requests<\/td><td class="number">0\.20 USD for 1,000,000/,
    )
    expect(html).toMatch(/<th scope="row"><b>total<\/b><\/th>.*USD/)
    expect(html).toContain('not on the bill: data transfer')
  })

  it('takes every text of a scenario for a text', () => {
    const bad = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&\``
    const scenario = scenarioOf(
      `
Description: ${JSON.stringify(`${bad} & <b>so on</b>`)}
Parameters: { Words: { Type: String, Default: ${JSON.stringify(bad)} } }
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, QueueCapacity: 0, ServiceTime: 100ms } }
  Net: { Type: AWS::EC2::DHCPOptions }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 30/s } }
`,
    )
    const html = htmlOf({ ...scenario, name: `${bad}.yaml` }, `npx hotshard run ${bad}\u001b[31m\u202e`)
    const { wrong, names } = parse(html)
    expect(wrong).toEqual([])
    expect(names.has('script') || names.has('img')).toBe(false)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(html).not.toMatch(/[\u001b\u202e]/)
  })

  it('has the same bytes from the page and from the command line, and every time', () => {
    const text = readFileSync(new URL('../../scenarios/cold-starts.yaml', import.meta.url), 'utf8')
    const scenario = scenarioOf(text)
    let inPage = ''
    let command = ''
    const session = new Session((answer) => {
      if (answer.answer === 'report') inPage = answer.html
      if (answer.answer === 'done') command = (answer.outcomes.report as { reproduce: string }).reproduce
    })
    session.take({ ask: 'load', run: 1, name: scenario.name, text, knobs: {}, files: {} })
    // Nothing can be told of a run that is not done.
    session.take({ ask: 'report', run: 1 })
    expect(inPage).toBe('')
    session.take({ ask: 'ahead', run: 1, until: Infinity })
    while (session.work());
    session.take({ ask: 'report', run: 1 })
    expect(htmlOf(scenario, command)).toBe(inPage)
    const again = inPage
    session.take({ ask: 'report', run: 1 })
    expect(inPage).toBe(again)
  })
})
