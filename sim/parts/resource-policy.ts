// Policies at resources: whether what delivers by itself, as a topic, a rule or a bucket, is let in where it leads.
//
// A service that calls is judged by the target's policy alone (IAM-R12). What cannot be known here, such as an account or an ARN with
// wildcards, is taken for met where something is allowed and for not met where it is denied: nobody is locked out by a guess.
import type { Action, Ref } from '../model/contract.ts'
import { matchesWildcards } from './wildcards.ts'

/** One statement of a policy. */
export interface Statement {
  readonly allows: boolean
  /** Services, accounts and users; `*` = anyone. */
  readonly principals: readonly string[]
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  /** By operator and key; null = without a condition. */
  readonly condition: Readonly<Record<string, unknown>> | null
  /** Whether it speaks of all but those that it names. */
  readonly except: { readonly principals: boolean; readonly actions: boolean; readonly resources: boolean }
  /** From the document down. */
  readonly path: readonly (string | number)[]
}

/** A delivery that somebody has to let in. */
export interface Delivery {
  /** The service that calls: `sns.amazonaws.com`. */
  readonly service: string
  readonly action: Action
  /** The topic, rule or bucket that it comes from, and the resource that it goes to. */
  readonly source: Ref
  readonly target: Ref
}

/** The resource that a text stands for. */
export type Resolve = (text: string) => Ref | undefined

/** The statements of a policy as it is written; what is none is passed over. */
export function statementsOf(document: unknown): readonly Statement[] {
  const written = member(document, 'Statement')
  const isList = Array.isArray(written)
  return (isList ? written : [written]).flatMap((each: unknown, i): Statement[] => {
    if (!isMap(each)) return []
    const either = (name: string): string[] => textsIn(member(each, name) ?? member(each, `Not${name}`))
    const isExcept = (name: string): boolean => member(each, name) === undefined && Object.hasOwn(each, `Not${name}`)
    const condition = member(each, 'Condition')
    return [
      {
        allows: member(each, 'Effect') === 'Allow',
        principals: either('Principal'),
        actions: either('Action').map((action) => action.toLowerCase()),
        resources: either('Resource'),
        condition: isMap(condition) ? condition : null,
        except: {
          principals: isExcept('Principal'),
          actions: isExcept('Action'),
          resources: isExcept('Resource'),
        },
        path: ['Statement', ...(isList ? [i] : [])],
      },
    ]
  })
}

/** The one statement that a `AWS::Lambda::Permission` with these properties stands for. */
export function permissionOf(properties: unknown): Statement {
  const source = member(properties, 'SourceArn')
  return {
    allows: true,
    principals: textsIn(member(properties, 'Principal')),
    actions: textsIn(member(properties, 'Action')).map((action) => action.toLowerCase()),
    resources: [],
    condition: source === undefined ? null : { ArnLike: { 'AWS:SourceArn': source } },
    except: { principals: false, actions: false, resources: false },
    path: [],
  }
}

/** Whether statements let a delivery in: one allows it and none denies it (IAM-R2, IAM-R12). */
export function allow(statements: readonly Statement[], delivery: Delivery, resolve: Resolve): boolean {
  return (
    statements.some((each) => each.allows && applies(each, delivery, resolve) !== 'no') &&
    !statements.some((each) => !each.allows && applies(each, delivery, resolve) === 'yes')
  )
}

type Verdict = 'yes' | 'no' | 'unknown'

function applies(statement: Statement, { service, action, source, target }: Delivery, resolve: Resolve): Verdict {
  const { principals, actions, resources, except } = statement
  const name = action.toLowerCase()
  const isNamed = principals.some((who) => who === '*' || who === service)
  const isAction = actions.some((pattern) => matchesWildcards(pattern, name))
  if (isNamed === except.principals || isAction === except.actions) return 'no'
  const about = resources.length === 0 ? 'yes' : oneOf(resources.map((text) => leadsTo(text, target, resolve)))
  const meant = except.resources ? not(about) : about
  return allOf([meant, conditionOf(statement.condition, source, resolve)])
}

/** All operators and keys of a condition together; only where a delivery comes from can be known. */
function conditionOf(condition: Statement['condition'], source: Ref, resolve: Resolve): Verdict {
  if (condition === null) return 'yes'
  return allOf(
    Object.entries(condition).flatMap(([operator, keys]) =>
      !isMap(keys)
        ? []
        : Object.entries(keys).map(([key, values]): Verdict => {
            if (key.toLowerCase() !== 'aws:sourcearn' || !SAMENESS.test(operator)) return 'unknown'
            return oneOf(textsIn(values).map((text) => leadsTo(text, source, resolve)))
          }),
    ),
  )
}

const SAMENESS = /^(ForAnyValue:|ForAllValues:)?(Arn|String)(Equals|Like)(IgnoreCase)?(IfExists)?$/

/** Whether a text of a policy stands for a resource. One with wildcards, or of a resource elsewhere, may. */
function leadsTo(text: string, wanted: Ref, resolve: Resolve): Verdict {
  if (text === '*') return 'yes'
  const found = resolve(text)
  return found === undefined ? 'unknown' : found === wanted ? 'yes' : 'no'
}

function oneOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes('yes') ? 'yes' : verdicts.includes('unknown') ? 'unknown' : 'no'
}

function allOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes('no') ? 'no' : verdicts.includes('unknown') ? 'unknown' : 'yes'
}

function not(verdict: Verdict): Verdict {
  return verdict === 'unknown' ? 'unknown' : verdict === 'yes' ? 'no' : 'yes'
}

/** The texts of a value, a list, or a map of them. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return isMap(value) ? Object.values(value).flatMap(textsIn) : []
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function member(value: unknown, name: string): unknown {
  return isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
