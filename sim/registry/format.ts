// AWS's resource types, their properties and attributes as lines of text: small to ship, and read one type at a time.
//
//   a type        AWS::SQS::Queue|QueueName:s;RedrivePolicy:(j,s);…|Arn:s;QueueName:s|QueueUrl
//   a definition  AttributeDefinition|AttributeName!s;AttributeType!s
//
// A property is its name, `!` when it is required or `:` when it is not, and its shape. A shape is one letter (string, integer, number,
// boolean, json), `[` or `{` before the shape of a list's items or of a map's values, `#` and the number of a definition, `=` and
// the number of a row of values, or shapes in parentheses of which any will do. Numbers are written to the base 36.

export type Shape =
  | { readonly kind: 'integer' | 'number' | 'boolean' | 'json' }
  /** `values` are all that AWS accepted when the registry was published. */
  | { readonly kind: 'string'; readonly values?: readonly string[] }
  | { readonly kind: 'list' | 'map'; readonly of: Shape }
  | { readonly kind: 'record'; readonly definition: number }
  | { readonly kind: 'union'; readonly of: readonly Shape[] }

export interface Property {
  readonly required: boolean
  readonly shape: Shape
}

export type Properties = ReadonlyMap<string, Property>

/** A named map of properties inside a resource. */
export interface Definition {
  readonly name: string
  readonly properties: Properties
}

export interface ResourceType {
  readonly name: string
  readonly properties: Properties
  /** What `Fn::GetAtt` may ask for; names may have dots. */
  readonly attributes: ReadonlyMap<string, Shape>
  /** The properties or attributes whose values `Ref` gives, joined by `|` where there are several. */
  readonly identifiers: readonly string[]
}

const LETTERS = { string: 's', integer: 'i', number: 'n', boolean: 'b', json: 'j' } as const

/** The text of a shape; `row` gives the number of a list of values. */
export function shapeText(shape: Shape, row: (values: readonly string[]) => number): string {
  switch (shape.kind) {
    case 'list':
      return `[${shapeText(shape.of, row)}`
    case 'map':
      return `{${shapeText(shape.of, row)}`
    case 'record':
      return `#${shape.definition.toString(36)}`
    case 'union':
      return `(${shape.of.map((each) => shapeText(each, row)).join(',')})`
    case 'string':
      return shape.values === undefined ? LETTERS.string : `=${row(shape.values).toString(36)}`
    default:
      return LETTERS[shape.kind]
  }
}

/** The text of properties in order of their names. */
export function propertiesText(properties: Properties, row: (values: readonly string[]) => number): string {
  return [...properties]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { required, shape }]) => `${name}${required ? '!' : ':'}${shapeText(shape, row)}`)
    .join(';')
}

/** What `propertiesText` wrote; `rows` are the lists of values, joined by `|`. */
export function parseProperties(text: string, rows: readonly string[]): Properties {
  const properties = new Map<string, Property>()
  for (const each of text === '' ? [] : text.split(';')) {
    const mark = each.search(/[!:]/)
    const shape = new ShapeReader(each, mark + 1, rows).read()
    properties.set(each.slice(0, mark), { required: each[mark] === '!', shape })
  }
  return properties
}

class ShapeReader {
  private readonly text: string
  private readonly rows: readonly string[]
  private at: number

  constructor(text: string, at: number, rows: readonly string[]) {
    this.text = text
    this.at = at
    this.rows = rows
  }

  read(): Shape {
    const mark = this.text[this.at++]
    switch (mark) {
      case '[':
        return { kind: 'list', of: this.read() }
      case '{':
        return { kind: 'map', of: this.read() }
      case '#':
        return { kind: 'record', definition: this.number() }
      case '=':
        return { kind: 'string', values: this.rows[this.number()]!.split('|') }
      case '(': {
        const of = [this.read()]
        while (this.text[this.at++] === ',') of.push(this.read())
        return { kind: 'union', of }
      }
      case LETTERS.string:
        return { kind: 'string' }
      case LETTERS.integer:
        return { kind: 'integer' }
      case LETTERS.number:
        return { kind: 'number' }
      case LETTERS.boolean:
        return { kind: 'boolean' }
      default:
        return { kind: 'json' }
    }
  }

  private number(): number {
    const from = this.at
    while (/[0-9a-z]/.test(this.text[this.at] ?? '')) this.at++
    return Number.parseInt(this.text.slice(from, this.at), 36)
  }
}
