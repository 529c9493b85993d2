// Applies update expressions: a new item from an old one, which stays as it was.
//
// Every right side is evaluated against the item as it was before; then the clauses are applied from the outside in.
import type { Clause, Path, Term } from './expressions.ts'
import { nameOf, operandOf, valueAt, type Placeholders } from './conditions.ts'
import { equalValues, Invalid, isSet, membersOf, typeOf, type Item } from './values.ts'

const INVALID_PATH = 'The document path provided in the update expression is invalid for update'
const WRONG_TYPE = 'An operand in the update expression has an incorrect data type'

/** The item after the update. `base` holds at least the key; `keys` are names that may not be changed. Throws `Invalid`. */
export function update(base: Item, clauses: readonly Clause[], given: Placeholders, keys: readonly string[]): Item {
  if (clauses.length === 1) return updateOne(base, clauses[0], given, keys)
  checkPaths(clauses, given, keys)
  const changes = clauses.map((clause) => ({ path: clause.path, value: resultOf(clause, base, given) }))
  // Positions behind the end of a list are filled in their order, and members are removed from the end, so that
  // positions are those of the item as it was.
  changes.sort((a, b) => lastIndex(a.path) - lastIndex(b.path))
  let item = base
  for (const { path, value } of changes) if (value !== undefined) item = replace(item, path, 0, value, given) as Item
  for (const { path, value } of changes.reverse()) {
    if (value === undefined && valueAt(item, path, given) !== undefined)
      item = replace(item, path, 0, undefined, given) as Item
  }
  return item
}

/** One clause cannot overlap with another. */
function updateOne(base: Item, clause: Clause, given: Placeholders, keys: readonly string[]): Item {
  const first = nameOf(clause.path[0] as string, given)
  if (keys.includes(first)) throw new Invalid(keyChanged(first))
  const value = resultOf(clause, base, given)
  if (value === undefined && valueAt(base, clause.path, given) === undefined) return base
  return replace(base, clause.path, 0, value, given) as Item
}

function keyChanged(name: string): string {
  return `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`
}

function lastIndex(path: Path): number {
  const last = path[path.length - 1]
  return typeof last === 'number' ? last : -1
}

/** What a clause puts at its path; undefined = the attribute goes. */
function resultOf(clause: Clause, item: Item, given: Placeholders): unknown {
  checkHolder(clause.path, item, given)
  switch (clause.kind) {
    case 'SET':
      return termOf(clause.term, item, given)
    case 'REMOVE':
      return undefined
    case 'ADD':
      return added(valueAt(item, clause.path, given), given.values![clause.value])
    case 'DELETE':
      return without(valueAt(item, clause.path, given), given.values![clause.value])
  }
}

/** What holds the last element of a path must be there, and be a list or a map as the element asks. */
function checkHolder(path: Path, item: Item, given: Placeholders): void {
  if (path.length === 1) return
  const holder = valueAt(item, path.slice(0, -1), given)
  if (typeOf(holder) !== (typeof path[path.length - 1] === 'number' ? 'L' : 'M')) throw new Invalid(INVALID_PATH)
}

function termOf(term: Term, item: Item, given: Placeholders): unknown {
  switch (term.kind) {
    case 'if_not_exists':
      return valueAt(item, term.path, given) ?? termOf(term.otherwise, item, given)
    case 'list_append': {
      const left = termOf(term.left, item, given)
      const right = termOf(term.right, item, given)
      if (!Array.isArray(left) || !Array.isArray(right)) throw new Invalid(WRONG_TYPE)
      return [...(left as unknown[]), ...(right as unknown[])]
    }
    case 'sum':
    case 'difference': {
      const left = termOf(term.left, item, given)
      const right = termOf(term.right, item, given)
      if (typeof left !== 'number' || typeof right !== 'number') throw new Invalid(WRONG_TYPE)
      return term.kind === 'sum' ? left + right : left - right
    }
    default: {
      const value = operandOf(term, item, given)
      if (value === undefined)
        throw new Invalid('The provided expression refers to an attribute that does not exist in the item')
      return value
    }
  }
}

/** `ADD`: a number to a number, members to a set; to nothing, the value itself. */
function added(present: unknown, value: unknown): unknown {
  const type = typeOf(value)
  if (type === 'N') {
    if (present === undefined) return value
    if (typeof present !== 'number') throw new Invalid(WRONG_TYPE)
    return present + (value as number)
  }
  if (!isSet(type))
    throw new Invalid('Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD')
  if (present === undefined) return value
  if (typeOf(present) !== type) throw new Invalid(WRONG_TYPE)
  const members = membersOf(present, type)
  return { [type]: [...members, ...membersOf(value, type).filter((member) => !members.includes(member))] }
}

/** `DELETE`: the set without the members; an empty set goes. */
function without(present: unknown, value: unknown): unknown {
  const type = typeOf(value)
  if (!isSet(type))
    throw new Invalid('Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE')
  if (present === undefined) return undefined
  if (typeOf(present) !== type) throw new Invalid(WRONG_TYPE)
  const gone = membersOf(value, type)
  const left = membersOf(present, type).filter((member) => !gone.includes(member))
  return left.length === 0 ? undefined : { [type]: left }
}

/** A copy of `holder` with `value` at the path from position `from`; undefined removes. What lies beside is shared. */
function replace(holder: unknown, path: Path, from: number, value: unknown, given: Placeholders): unknown {
  const element = path[from]
  const isLast = from === path.length - 1
  if (typeof element === 'number') {
    if (!Array.isArray(holder)) throw new Invalid(INVALID_PATH)
    const list = [...(holder as unknown[])]
    if (isLast && value === undefined) list.splice(element, 1)
    else if (isLast) list[Math.min(element, list.length)] = value
    else {
      if (element >= list.length) throw new Invalid(INVALID_PATH)
      list[element] = replace(list[element], path, from + 1, value, given)
    }
    return list
  }
  if (from > 0 && typeOf(holder) !== 'M') throw new Invalid(INVALID_PATH)
  const name = nameOf(element, given)
  const map: Record<string, unknown> = { ...(holder as Item) }
  if (!isLast) {
    if (!Object.hasOwn(map, name)) throw new Invalid(INVALID_PATH)
    map[name] = replace(map[name], path, from + 1, value, given)
  } else if (value === undefined) delete map[name]
  else map[name] = value
  return map
}

/** No two paths may overlap, and none may lead to a key. */
function checkPaths(clauses: readonly Clause[], given: Placeholders, keys: readonly string[]): void {
  const paths = clauses.map((clause) =>
    clause.path.map((element) => (typeof element === 'number' ? element : nameOf(element, given))),
  )
  paths.forEach((path, i) => {
    if (keys.includes(path[0] as string)) throw new Invalid(keyChanged(path[0] as string))
    for (let j = 0; j < i; j++) {
      const common = Math.min(path.length, paths[j].length)
      if (equalValues(path.slice(0, common), paths[j].slice(0, common)))
        throw new Invalid(
          'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths',
        )
    }
  })
}
