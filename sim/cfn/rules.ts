// The `Rules` section: assertions about parameters that hold before anything is made.
import type { Intrinsics } from './intrinsics.ts'
import { entries, get, items, textOf } from './node.ts'
import type { Node } from './node.ts'

/** Reports every assertion that does not hold, with its author's own description. */
export function checkRules(section: Node | undefined, intrinsics: Intrinsics): void {
  for (const { key: name, value: rule } of entries(section)) {
    const condition = get(rule, 'RuleCondition')
    if (condition !== undefined && !intrinsics.isTrue(condition)) continue
    for (const assertion of items(get(rule, 'Assertions'))) {
      const assert = get(assertion, 'Assert')
      if (assert === undefined || intrinsics.isTrue(assert)) continue
      const description = textOf(get(assertion, 'AssertDescription'))
      intrinsics.problem(
        'rule-broken',
        `the rule \`${name}\` does not hold${description ? `: ${description}` : ''}`,
        assertion.span,
      )
    }
  }
}
