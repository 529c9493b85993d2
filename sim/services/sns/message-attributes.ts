// What AWS refuses in a message's attributes (SNS-03), in the words in which it says so, and how an envelope tells them.
import { jsonSize, utf8Size } from '../../parts/json-size.ts'

export interface Attribute {
  readonly DataType?: unknown
  readonly StringValue?: unknown
  readonly BinaryValue?: unknown
}

export type Attributes = Readonly<Record<string, Attribute | null>>

/** Longest name, in bytes. */
const NAME_MAX = 256

/** Why attributes are refused: the exception and its message; undefined = they are not. */
export function flawOfAttributes(attributes: Attributes): readonly [error: string, message: string] | undefined {
  for (const name of Object.keys(attributes)) {
    const attribute = attributes[name]
    if (attribute?.DataType === undefined || attribute.DataType === null)
      return [
        'ValidationError',
        `1 validation error detected: Value null at 'messageAttributes.${name}.member.dataType' failed to satisfy constraint: Member must not be null`,
      ]
    const flaw = flawOfName(name) ?? flawOfValue(name, String(attribute.DataType), attribute)
    if (flaw !== undefined) return ['ParameterValueInvalid', flaw]
  }
  return undefined
}

function flawOfName(name: string): string | undefined {
  if (utf8Size(name) >= NAME_MAX) return `Length of message attribute name must be less than ${NAME_MAX} bytes.`
  const wrong = /[^\w.-]/u.exec(name)?.[0]
  if (wrong !== undefined)
    return `Invalid non-alphanumeric character '#x${wrong.codePointAt(0)!.toString(16).toUpperCase()}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`
  if (name.startsWith('.')) return "Invalid message attribute name starting with character '.' was found."
  if (name.endsWith('.')) return "Invalid message attribute name ending with character '.' was found."
  return name.includes('..') ? "Message attribute name can not have successive '.' character." : undefined
}

function flawOfValue(name: string, type: string, attribute: Attribute): string | undefined {
  // A type may have a label of its own behind a dot.
  const kind = /^(String|Number|Binary)(\..+)?$/s.exec(type)?.[1]
  if (kind === undefined)
    return `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`
  const [field, value, other] =
    kind === 'Binary'
      ? ['Binary', attribute.BinaryValue, attribute.StringValue]
      : ['String', attribute.StringValue, attribute.BinaryValue]
  if (value !== undefined && value !== null && value !== '') return undefined
  return other === undefined || other === null
    ? `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`
    : `The message attribute '${name}' with type '${type}' must use field '${field}'.`
}

/** Attributes as an envelope tells them (SNS-07). */
export function typed(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      { Type: attribute?.DataType, Value: attribute?.StringValue ?? attribute?.BinaryValue },
    ]),
  )
}

/** Bytes of the attributes: names, types and values (SNS-03). */
export function attributesSize(attributes: Attributes): number {
  let bytes = 0
  for (const name of Object.keys(attributes)) {
    const { DataType: type = '', StringValue: value = '' } = attributes[name] ?? {}
    bytes += utf8Size(name) + utf8Size(String(type)) + (typeof value === 'string' ? utf8Size(value) : jsonSize(value))
  }
  return bytes
}
