// What a program is for, as far as its names and routes tell: list, read, create, update or delete.
import type { Intent } from './actions.ts'

const WORDS: ReadonlyMap<string, Intent> = new Map(
  (
    [
      ['list', 'list all scan search find browse query filter'],
      ['read', 'get read fetch load show view lookup describe retrieve check validate verify download'],
      [
        'create',
        'put create add insert save store post new register submit write record audit append enqueue upload import ingest connect place seed populate persist publish send place',
      ],
      [
        'update',
        'update edit modify change set patch increment decrement approve confirm cancel complete toggle mark reserve aggregate count',
      ],
      ['delete', 'delete remove clean cleanup purge disconnect expire drop destroy'],
    ] as const
  ).flatMap(([intent, words]) => words.split(' ').map((word) => [word, intent] as const)),
)

/** The words of a name: `GetCartTotal`, `get_cart_total`, `get-cart-total`; without the eight digits that the CDK adds. */
export function wordsOf(name: string): readonly string[] {
  return name
    .slice(0, 255)
    .replace(/[0-9A-F]{8}$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean)
}

/** The intent of a name's first verb; a name that reads `all` of something lists it. */
export function intentOfName(name: string): Intent | undefined {
  const words = wordsOf(name)
  const verb = words.find((word) => WORDS.has(word))
  const intent = verb === undefined ? undefined : WORDS.get(verb)
  return intent === 'read' && words.some((word) => WORDS.get(word) === 'list') ? 'list' : intent
}

/** The intent of a route: GET reads where its path ends with the key of one thing, and lists otherwise; PUT replaces as POST creates. */
export function intentOfRoute(method: string, path: string): Intent | undefined {
  switch (method.toUpperCase()) {
    case 'GET':
    case 'HEAD':
      return /\{[^/+]*\}\/?$/.test(path) ? 'read' : 'list'
    case 'POST':
    case 'PUT':
      return 'create'
    case 'PATCH':
      return 'update'
    case 'DELETE':
      return 'delete'
    case '$CONNECT':
      return 'create'
    case '$DISCONNECT':
      return 'delete'
    default:
      return undefined
  }
}

/** Whether a name's last noun is a plural: `GetOrders`, `get_orders_function`. */
export function isPlural(name: string): boolean {
  const words = wordsOf(name).filter((word) => !/^(function|lambda|handler|fn)$/.test(word))
  return /[^s]s$/.test(words[words.length - 1] ?? '')
}
