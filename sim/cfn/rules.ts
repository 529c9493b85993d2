// The `Rules` section: assertions about parameters that hold before anything is made.
import type { Problems } from '../diag/problem.ts'
import { nearest } from '../diag/suggest.ts'
import { callOf } from './intrinsics.ts'
import { entries, get, isList, isMap, items, textOf } from './node.ts'
import type { Node } from './node.ts'
import type { TemplateScope } from './scope.ts'

const members = ['RuleCondition', 'Assertions']
const assertionMembers = ['Assert', 'AssertDescription']

/** Functions about what an account holds, which is not known here. */
const aboutAccount = ['Fn::RefAll', 'Fn::ValueOf', 'Fn::ValueOfAll']

/** Reports every assertion that does not hold, with its author's own description. */
export function checkRules(section: Node | undefined, scope: TemplateScope, problems: Problems): void {
  for (const { key: name, keySpan, value: rule } of entries(section)) {
    if (!isMap(rule)) {
      problems.error('wrong-type', `the rule \`${name}\` is a map with \`Assertions\``, keySpan)
      continue
    }
    checkMembers(rule, members, `the rule \`${name}\``, problems)
    const assertions = get(rule, 'Assertions')
    if (!isList(assertions))
      problems.error('rule-shape', `the rule \`${name}\` has a list of \`Assertions\``, assertions?.span ?? keySpan)
    const condition = get(rule, 'RuleCondition')
    if (asksAccount(rule)) {
      const message = `the rule \`${name}\` asks what the account holds and is not checked`
      problems.note('rule-not-checked', message, keySpan)
      continue
    }
    const isTrue = (node: Node): boolean =>
      scope.beforeResources(`the rule \`${name}\``, () => scope.intrinsics.isTrue(node))
    if (condition !== undefined && !isTrue(condition)) continue
    for (const assertion of items(assertions)) {
      const assert = get(assertion, 'Assert')
      checkMembers(assertion, assertionMembers, `an assertion of the rule \`${name}\``, problems)
      if (assert === undefined) problems.error('rule-shape', 'an assertion has an `Assert`', assertion.span)
      if (assert === undefined || isTrue(assert)) continue
      const description = textOf(get(assertion, 'AssertDescription'))
      const message = `the rule \`${name}\` does not hold${description ? `: ${description}` : ''}`
      // Values that nobody gave say nothing about what the author would deploy.
      if (scope.isUncertain) problems.warning('rule-broken', message, assertion.span)
      else problems.error('rule-broken', message, assertion.span)
    }
  }
}

function checkMembers(node: Node, known: readonly string[], what: string, problems: Problems): void {
  for (const { key, keySpan } of entries(node)) {
    if (known.includes(key)) continue
    const near = nearest(key, known)
    const help = near === undefined ? undefined : { help: `did you mean \`${near}\`?` }
    problems.error('unknown-member', `\`${key}\` is not a member of ${what}`, keySpan, help)
  }
}

function asksAccount(node: Node): boolean {
  const name = callOf(node)?.key
  if (name !== undefined && aboutAccount.includes(name)) return true
  if (isList(node)) return node.items.some(asksAccount)
  return entries(node).some(({ value }) => asksAccount(value))
}
