// Combinators for the properties of a room: each line of a definition's `props` is one of these.
import type { Prop, Props } from './contract.ts'

type Extra = Partial<Pick<Prop, 'default' | 'required' | 'unit'>>
type Limit = number | string

/** A whole number within limits; a limit given as text names a quota of the service. */
export const int = (doc: string, range: readonly [Limit, Limit], extra: Extra = {}): Prop => ({
  kind: 'int',
  doc,
  range,
  ...extra,
})
/** A number within limits. */
export const number = (doc: string, range: readonly [Limit, Limit], extra: Extra = {}): Prop => ({
  kind: 'number',
  doc,
  range,
  ...extra,
})
export const bool = (doc: string, extra: Extra = {}): Prop => ({ kind: 'bool', doc, ...extra })
export const string = (doc: string, extra: Extra = {}): Prop => ({ kind: 'string', doc, ...extra })
/** One of a list of words. */
export const oneOf = (doc: string, values: readonly string[], extra: Extra = {}): Prop => ({
  kind: 'enum',
  doc,
  values,
  ...extra,
})
/** The ARN, URL or name of another resource; its value in the config is that resource's logical id. */
export const ref = (doc: string, extra: Extra = {}): Prop => ({ kind: 'ref', doc, ...extra })
export const list = (doc: string, of: Prop, extra: Extra = {}): Prop => ({ kind: 'list', doc, of, ...extra })
export const record = (doc: string, fields: Props, extra: Extra = {}): Prop => ({
  kind: 'record',
  doc,
  fields,
  ...extra,
})
/** Keys chosen by the user, values of one kind. */
export const map = (doc: string, of: Prop, extra: Extra = {}): Prop => ({ kind: 'map', doc, of, ...extra })
/** How a quantity varies, in the scenario's language (`lognormal(p50=3ms, p99=8ms)`); its value in the config is a `Sampler`. */
export const distribution = (doc: string, measure: 'duration' | 'size' | 'count', extra: Extra = {}): Prop => ({
  kind: 'distribution',
  doc,
  measure,
  ...extra,
})
/** Anything, taken as it stands; the room looks into it in `gather`. */
export const any = (doc: string, extra: Extra = {}): Prop => ({ kind: 'any', doc, ...extra })
/** A property that CloudFormation knows and the model leaves out; writing it puts a line on the 'not simulated' list. */
export const unused = (doc: string): Prop => ({ kind: 'any', doc, unused: true })
/** A property without any effect on time, throughput, errors or cost (a tag, a description): accepted in silence. */
export const inert = (doc: string): Prop => ({ kind: 'any', doc })
