// What comes from a file or from another host is somebody else's data until its shape has been looked at.

/** Whether a value is of a shape. */
export type Shape = (value: unknown) => boolean

export const isText: Shape = (value) => typeof value === 'string'
export const isNumber: Shape = (value) => typeof value === 'number'
export const isTruth: Shape = (value) => typeof value === 'boolean'

/** One of the names that the members of `words` have. */
export const isOneOf =
  (words: object): Shape =>
  (value) =>
    typeof value === 'string' && Object.hasOwn(words, value)

export const maybe =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || shape(value)

export const listOf =
  (shape: Shape, most = Number.MAX_SAFE_INTEGER): Shape =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every(shape)

/** Every member of a type has a shape: whoever adds one to it is reminded by the compiler. */
export type Members<T> = { readonly [Name in keyof T]-?: Shape }

/** These members and no others. */
export const mapOf =
  <T>(members: Members<T>): Shape =>
  (value) =>
    isMap(value) &&
    Object.keys(value).every((name) => Object.hasOwn(members, name)) &&
    Object.entries<Shape>(members).every(([name, shape]) => shape(value[name]))

/** Members with names of any kind, such as those of settings. */
export const namesOf =
  (shape: Shape): Shape =>
  (value) =>
    isMap(value) && Object.values(value).every(shape)

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
