// Mapping templates: what they make of a request, what they do not know, and that none of them takes long.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTemplate } from './vtl.ts'
import { fillTemplate, type TemplateInput } from './vtl-run.ts'

const input: TemplateInput = {
  body: { name: 'Ann', age: 42, tags: ['a', 'b'], deep: { list: [{ id: 1 }, { id: 2 }] }, secret: 'x' },
  params: { header: { 'X-A': 'h' }, path: { id: '7' }, querystring: { q: 'find me' } },
  context: { requestId: 'r-1', stage: 'prod', identity: { sourceIp: '192.0.2.1' } },
  stageVariables: { table: 't1' },
}
function fill(text: string, over: Partial<TemplateInput> = {}): string | undefined {
  const nodes = parseTemplate(text)
  if ('problem' in nodes) throw new Error(nodes.problem)
  return fillTemplate(nodes, { ...input, ...over })
}

describe('references', () => {
  test.each([
    ["$input.path('$.name')", 'Ann'],
    ["$input.path('$').age", '42'],
    ["$input.path('$.deep.list[1].id')", '2'],
    ["$input.json('$.tags')", '["a","b"]'],
    ["$input.json('$.none')", 'null'],
    ['$input.body', JSON.stringify(input.body)],
    ["$input.params('id') $input.params('q') $input.params('X-A')", '7 find me h'],
    ["$input.params().header.get('X-A') $input.params().path.id", 'h 7'],
    ['$context.requestId ${context.stage} $context.identity.sourceIp', 'r-1 prod 192.0.2.1'],
    ["$stageVariables.table $stageVariables['table'] ${stageVariables.table}s", 't1 t1 t1s'],
    ['$unknown $!unknown ${unknown}', '$unknown  ${unknown}'],
    ['costs 5$ and $1', 'costs 5$ and $1'],
    ["$util.escapeJavaScript('a\"b')", 'a\\"b'],
    ["$util.urlEncode('a b&c') $util.urlDecode('a+b%26c')", 'a+b%26c a b&c'],
    ['$util.parseJson(\'{"a":[1]}\').a[0]', '1'],
    ["$input.path('$.tags').size() $input.path('$.name').length()", '2 3'],
  ])('%s [N.APIGATEWAY-23]', (text, expected) => {
    expect(fill(text)).toBe(expected)
  })
})

describe('directives', () => {
  test.each([
    ["#set($n = $input.path('$.age') + 1)$n", '43'],
    ['#set($s = \'a\')#set($t = "${s}-$context.stage")$t', 'a-prod'],
    ['#set($n = (1 + 2) * 3 - 7 / 2 % 2)$n', '8'],
    ["#if($input.path('$.age') >= 18)adult#{else}child#end", 'adult'],
    ["#if($input.path('$.age') < 18)child#elseif($input.path('$.name') == 'Ann')Ann#else other#end", 'Ann'],
    ["#if(!$input.path('$.none') && true)none#end", 'none'],
    ["#if($input.path('$.name').equals('Bob') || false)x#else y#end", ' y'],
    ["#foreach($t in $input.path('$.tags'))$t#if($foreach.hasNext),#end#end", 'a,b'],
    ["#foreach($e in $input.path('$.deep.list'))$foreach.index:$e.id $velocityCount;#end", '0:1 1;1:2 2;'],
    ['#foreach($i in [1..3])$i#end#foreach($i in [3..1])$i#end', '123321'],
    ["#set($m = {'a': 1, 'b': [2]})$m.a $m.get('b')[0] #foreach($k in $m.keySet())$k#end", '1 2 ab'],
    ["#set($l = [])#foreach($t in $input.path('$.tags'))#set($x = $l.add($t))#end$l.size()", '2'],
    ['## a comment\n#* another\none *#x', 'x'],
    ['#notadirective $5', '#notadirective $5'],
  ])('%s [N.APIGATEWAY-23]', (text, expected) => {
    expect(fill(text)).toBe(expected)
  })
})

test.each([
  ['#if($x)open', true],
  ['#foreach($x $y)#end', true],
  ['#set($x = )', true],
  ['#end', true],
  ["$input.path('$.a", true],
  ['#* never ends', true],
  ['#set($x.y = 1)', false],
  ["$util.base64Encode('x')", false],
  ["$input.path('$').class.getName()", false],
  ['(' + '#if('.repeat(200), true],
])('%s cannot be read [N.APIGATEWAY-23]', (text, isSyntax) => {
  expect(parseTemplate(text)).toMatchObject({ isSyntax })
})

test('members of the language itself are none of a value', () => {
  expect(fill("$input.path('$').constructor $input.path('$').__proto__ $context.toString")).toBe(
    "$input.path('$').constructor $input.path('$').__proto__ $context.toString",
  )
})

test('a template that would never end, or never stop growing, is given up', () => {
  const nested = '#foreach($i in [1..1000])#foreach($j in [1..1000])x#end#end'
  expect(fill(nested)).toBeUndefined()
  const grows = '#set($x = "xxxxxxxxxx")' + '#set($x = "$x$x")'.repeat(40) + '$x'
  expect(fill(grows)).toBeUndefined()
})

test('no text makes the reader fail or hang, and what it can read can be filled', () => {
  const piece = fc.constantFrom(
    ...[
      '#if(',
      '#end',
      '#else',
      '#foreach($a in ',
      '#set($a = ',
      '$a',
      '$input.path(',
      "'$.a'",
      ')',
      '[',
      ']',
      '{',
      '}',
      '..',
    ],
    ...['"', "'", '1', ' + ', ' == ', '!', '#*', '##', '\n', '.size()', '$', '#', ',', ':', 'text'],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const nodes = parseTemplate(pieces.join(''))
      if (!('problem' in nodes)) expect(typeof fillTemplate(nodes, input)).toMatch(/string|undefined/)
    }),
    { numRuns: 3000, seed: 23 },
  )
  for (const deep of ['!', '-', '(', '[', '{', '#if($x)', '$a[', '#elseif($x)'])
    expect(() => parseTemplate(`#if(${deep.repeat(20_000)}`)).not.toThrow()
})

test('adding to a list of the request leaves the request as it was', () => {
  const before = JSON.stringify(input.body)
  expect(fill("#set($t = $input.path('$.tags'))#set($x = $t.add('c'))$t")).toBe('["a","b","c"]')
  expect(JSON.stringify(input.body)).toBe(before)
})

test.each([
  ['a list that holds itself', '#set($l = [])#set($x = $l.add($l))$l'],
  ['lists deep in one another', '#foreach($i in [1..1000])#foreach($j in [1..20])#set($l = [$l])#end#end$l'],
  ['lists that double', '#set($l = [1])#foreach($i in [1..60])#set($l = [$l, $l])#end$l'],
  ['sums of texts that double', "#set($a = 'xxxxxxxx')#foreach($i in [1..60])#set($a = $a + $a)#end"],
  ['texts that are joined', "#set($a = 'xxxxxxxx')#foreach($i in [1..60])#set($a = $a.concat($a))#end"],
  ['replacements', "#set($a = 'xxxxxxxx')#foreach($i in [1..60])#set($a = $a.replace('x', 'xx'))#end"],
  ['escapes', "#set($a = '\\')#foreach($i in [1..60])#set($a = $util.escapeJavaScript($a))#end"],
])('gives up: %s', (_, text) => {
  expect(fill(text)).toBeUndefined()
})

test('what is put into a map is in it; into what belongs to the request nothing is put', () => {
  const before = JSON.stringify(input)
  expect(fill("#set($m = {})#set($x = $m.put('k', 'v'))$m")).toBe('{"k":"v"}')
  expect(fill("#set($h = $input.params().header)#set($x = $h.put('k', 'v'))$h.k")).toBe('v')
  expect(fill("#set($x = $stageVariables.put('k', 'v'))$!stageVariables.k")).toBe('')
  expect(fill("#set($m = {})#set($x = $m.put('__proto__', 'v'))$m")).toBe('{"__proto__":"v"}')
  expect(JSON.stringify(input)).toBe(before)
})

test('a map is no number, whatever its members are called', () => {
  expect(fill("#set($m = {'toString': 1, 'valueOf': 1})#if($m > 1)yes#{else}no#end")).toBe('no')
})
