// Known traps of event buses: patterns that no event can match, rules that lead nowhere.
import type { Finding, Lints, Scene, Written } from '../../lint/contract.ts'
import { resource } from '../../lint/examples.ts'
import { isMap } from '../../parts/patterns.ts'

const RULE = 'AWS::Events::Rule'
const GUIDE = 'https://docs.aws.amazon.com/eventbridge/latest/userguide'
/** What every event has at its top (EB-01), and a replayed one besides (EB-50). */
const FIELDS = [
  ...['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail'],
  'replay-name',
]

const TARGETS = 'Targets: [{ Id: a, Arn: "arn:aws:sqs:us-east-1:123456789012:jobs" }]'
const rule = (...properties: readonly string[]): string => `Resources:\n${resource('Work', RULE, properties)}`
const placed = (pattern: string): string =>
  rule('EventBusName: !Ref Shop', `EventPattern: ${pattern}`, TARGETS) +
  resource('Shop', 'AWS::Events::EventBus', ['Name: shop'])

export const lints: Lints = {
  'events/pattern-matches-nothing': {
    severity: 'warning',
    title: 'a pattern that no event can match',
    text: 'A pattern names fields as events have them: `source`, `detail-type`, `detail` and a few more at the top, everything of one’s own within `detail`. A field that no event has is never matched, and the rule is never triggered; nobody says so. Events of AWS services come on the default bus alone.',
    wrong: placed('{ source: [shop], detailType: [placed] }'),
    right: placed('{ source: [shop], detail-type: [placed] }'),
    source: `${GUIDE}/eb-event-patterns.html`,
    find: (scene) => scene.all(RULE).flatMap((rule) => [...unknownFields(rule), ...servicesElsewhere(scene, rule)]),
  },
  'events/rule-without-targets': {
    severity: 'warning',
    title: 'a rule that leads nowhere',
    text: 'A rule without targets takes events and does nothing with them: no call, no metric of an invocation, no dead letter.',
    wrong: rule('EventPattern: { source: [shop] }'),
    right: rule('EventPattern: { source: [shop] }', TARGETS),
    source: `${GUIDE}/eb-rules.html`,
    find: (scene) =>
      scene.all(RULE).flatMap((rule) => {
        if (rule.value('Targets') !== undefined && rule.list('Targets').length > 0) return []
        return [
          {
            message: `the rule \`${rule.logicalId}\` has no targets`,
            span: rule.place('Targets'),
            help: '`Targets: [{ Id: …, Arn: … }]`',
          },
        ]
      }),
  },
}

function unknownFields(rule: Written): Finding[] {
  const pattern = rule.value('EventPattern')
  if (!isMap(pattern)) return []
  return Object.entries(pattern).flatMap(([name, wanted]) => {
    // What must be missing is missing.
    if (FIELDS.includes(name) || name === '$or' || JSON.stringify(wanted).includes('"exists":false')) return []
    const meant = FIELDS.find((field) => plain(field) === plain(name))
    return [
      {
        message: `no event has a field \`${name}\`: the rule \`${rule.logicalId}\` is never triggered`,
        span: rule.place('EventPattern', name),
        help:
          meant === undefined
            ? `what an application says stands within \`detail\`: \`detail: { ${name}: … }\``
            : `\`${meant}\` is the field’s name`,
      },
    ]
  })
}

/** Rules on a bus of one's own that wait for AWS services, where nothing could bring their events there. */
function servicesElsewhere(scene: Scene, rule: Written): Finding[] {
  const bus = scene.at(rule.value('EventBusName'))
  const sources = rule.list('EventPattern', 'source')
  const isOwn = bus?.type === 'AWS::Events::EventBus' && bus.value('EventSourceName') === undefined
  if (
    !isOwn ||
    sources.length === 0 ||
    !sources.every((each) => typeof each === 'string' && /^aws\.(?!partner\/)/.test(each))
  )
    return []
  const isFed =
    scene
      .all(RULE)
      .some((other) => other.list('Targets').some((target) => isMap(target) && scene.at(target['Arn']) === bus)) ||
    scene.all('AWS::Events::EventBusPolicy').some((policy) => scene.at(policy.value('EventBusName')) === bus)
  if (isFed) return []
  return [
    {
      message: `\`${rule.logicalId}\` waits for \`${String(sources[0])}\` on \`${bus.logicalId}\`, and events of AWS services come on the default bus alone`,
      span: rule.place('EventBusName'),
      help: 'leave `EventBusName` out, or forward the events by a rule of the default bus',
    },
  ]
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '')
}
