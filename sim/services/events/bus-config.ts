// What buses, rules and archives say of one another in a template.
import type { Near, ResourceView } from '../../model/contract.ts'
import { DEFAULT_BUS, isDefaultBus } from '../../parts/targets.ts'
import type { BusConfig } from './bus.ts'

export const BUS = 'AWS::Events::EventBus'
export const RULE = 'AWS::Events::Rule'
export const ARCHIVE = 'AWS::Events::Archive'
const DISCOVERER = 'AWS::EventSchemas::Discoverer'
const POLICY = 'AWS::Events::EventBusPolicy'

/** The component of the bus that a text names, the default one without a name; null = outside of the scenario. */
export function busNamed(near: Near, text: unknown): string | null {
  if (text === undefined || text === null || isDefaultBus(text)) return DEFAULT_BUS
  const found = near.resourceAt(text)
  return found?.type === BUS ? found.logicalId : null
}

/** What the neighbours of a bus say about it. */
export function busConfig(near: Near, name: string): BusConfig {
  const rules = near.all(RULE).filter(({ config }) => busNamed(near, config['EventBusName']) === name)
  const archives = near.all(ARCHIVE).filter(({ config }) => busNamed(near, config['SourceArn']) === name)
  const most = near.quota('RulesPerBus')
  const first = rules[most]
  if (first !== undefined)
    first.error(
      [],
      'out-of-range',
      `its bus has ${rules.length} rules: \`LimitExceededException\``,
      `expected up to ${most}`,
    )
  return {
    Rules: rules.map(({ logicalId }) => logicalId),
    Archives: archives.map(({ logicalId }) => logicalId),
    Discoverers: near
      .all(DISCOVERER)
      .filter(({ config }) => busNamed(near, config['SourceArn']) === name)
      .map(({ logicalId }) => logicalId),
    Buses: Object.fromEntries(
      near.all(BUS).map(({ config, logicalId }) => [String(config['Name'] ?? logicalId), logicalId]),
    ),
    Allowed: near
      .all(POLICY)
      .filter(({ config }) => busNamed(near, config['EventBusName']) === name)
      .flatMap(accountsOf),
    Partner: (near.self.config['EventSourceName'] as string | undefined) ?? null,
  }
}

/** Whom a policy lets put events: account ids, or `*`. */
function accountsOf({ config }: ResourceView): readonly string[] {
  const { Action: action, Principal: principal, Statement: statement } = config
  const own = principal !== undefined && (action === undefined || covers(action)) ? [accountOf(principal)] : []
  const statements = [statement ?? []].flat() as any[]
  return [
    ...own,
    ...statements.flatMap((each) =>
      each?.Effect === 'Allow' && [each.Action].flat().some(covers) ? textsIn(each.Principal).map(accountOf) : [],
    ),
  ]
}

function covers(action: unknown): boolean {
  return ['*', 'events:*', 'events:putevents'].includes(String(action).toLowerCase())
}

/** `111122223333` of itself or of an ARN. */
function accountOf(principal: unknown): string {
  const text = String(principal)
  return /^arn:[\w-]+:iam::(\d{12}):/.exec(text)?.[1] ?? text
}

function textsIn(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.values(value).flat()
    : [value].flat()
}
