// Which of several files is the scenario, and how it sees the others.
import { describe, expect, it } from 'vitest'
import { besides, mainOf, namedIn } from './main-file.ts'

const TEMPLATE = 'Resources:\n  Jobs: { Type: AWS::SQS::Queue }\n'
const SCENARIO = 'Simulation:\n  Template: ../template.yaml\n'

describe('the main file', () => {
  it.each<[what: string, files: Record<string, string>, expected: unknown]>([
    ['the only one, whatever it is', { 'a.txt': 'x' }, { main: 'a.txt' }],
    [
      'the scenario, not its template',
      { 'p/template.yaml': TEMPLATE, 'p/load/a.yaml': SCENARIO },
      { main: 'p/load/a.yaml' },
    ],
    [
      'the template, not its state machine',
      { 't.json': '{\n  "Resources": {} }', 'sm.json': '{ "StartAt": "A" }' },
      { main: 't.json' },
    ],
    [
      'the one that names the other',
      { 'root.yaml': `${TEMPLATE}# inner.yaml`, 'inner.yaml': TEMPLATE },
      { main: 'root.yaml' },
    ],
    ['the usual name', { 'p/template.yaml': TEMPLATE, 'p/other.yaml': TEMPLATE }, { main: 'p/template.yaml' }],
    [
      'the usual name furthest up',
      { 'p/template.yaml': TEMPLATE, 'p/q/template.yml': TEMPLATE },
      { main: 'p/template.yaml' },
    ],
    [
      'to be asked for',
      { 'b.yaml': TEMPLATE, 'a.yaml': TEMPLATE, 'code.py': 'Resources:' },
      { candidates: ['a.yaml', 'b.yaml'] },
    ],
    [
      'to be asked for when each names the other',
      { 'a.yaml': `${TEMPLATE}# b.yaml`, 'b.yaml': `${TEMPLATE}# a.yaml` },
      { candidates: ['a.yaml', 'b.yaml'] },
    ],
    ['none', { 'a.py': 'x', 'b.yaml': 'x: 1' }, undefined],
  ])('is %s', (_, files, expected) => {
    expect(mainOf(files)).toEqual(expected)
  })

  it('sees the others from its folder', () => {
    const files = { 'p/load/a.yaml': '1', 'p/template.yaml': '2', 'p/load/rates.csv': '3', 'p/load/x/y.json': '4' }
    expect({ ...besides(files, 'p/load/a.yaml') }).toEqual({
      '../template.yaml': '2',
      'rates.csv': '3',
      'x/y.json': '4',
    })
    expect({ ...besides(files, 'p/template.yaml') }).toEqual({
      'load/a.yaml': '1',
      'load/rates.csv': '3',
      'load/x/y.json': '4',
    })
  })

  it('needs those that it names, and those that they name', () => {
    const files = { '../inner.yaml': 'uses sm.json', 'src/sm.json': '{}', 'app.py': 'x', __proto__x: 'y' }
    expect(Object.keys(namedIn('TemplateURL: ../inner.yaml', files)).sort()).toEqual(['../inner.yaml', 'src/sm.json'])
    expect(Object.keys(namedIn('nothing', files))).toEqual([])
  })
})
