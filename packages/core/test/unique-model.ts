import { fieldKind, type JsonObject, type Operation, sameValue } from '@stateward/contract'
import { uniqueOfUsers, userDomain } from './unique-store.ts'

const type = 'user'
/** Messages whose outcome a map foretells. */
export type Foretold =
  | { readonly do: 'one'; readonly operation: Operation }
  | { readonly do: 'transact'; readonly operations: readonly Operation[] }
  | { readonly do: 'createMany'; readonly rows: readonly JsonObject[] }
  | { readonly do: 'updateMany'; readonly updates: readonly { readonly id: string; readonly changes: JsonObject }[] }

const domain = userDomain()
/** What was ever there, by id. */
export type Users = ReadonlyMap<string, { readonly fields: JsonObject; readonly isLive: boolean }>

/** Whether two of these would hold what only one may: every pair is looked at. */
function shares(one: JsonObject, other: JsonObject): boolean {
  return uniqueOfUsers.some((key) =>
    [key].flat().every((field) => {
      const [left, right] = [one[field], other[field]]
      if (left === undefined || left === null || right === undefined || right === null) return false
      return sameValue(left, right, fieldKind(domain.entities.user, field))
    }),
  )
}

/** Whether two live users hold what only one may. */
export function hasShared(users: Users): boolean {
  const live = [...users.values()].filter(({ isLive }) => isLive).map(({ fields }) => fields)
  return live.some((one, at) => live.some((other, place) => place > at && shares(one, other)))
}

export const refused = Symbol('refused')

function after(users: Users, one: Operation): Users | typeof refused {
  const next = new Map(users)
  const id = one.op === 'create' ? String(one.data.id) : String(Reflect.get(one, 'id'))
  const known = users.get(id)
  if (one.op === 'create') {
    if (known?.isLive === true) return isEqual(known.fields, one.data) ? users : refused
    return next.set(id, { fields: one.data, isLive: true })
  }
  if (one.op === 'restore')
    return known === undefined || known.isLive ? refused : next.set(id, { ...known, isLive: true })
  if (known === undefined || !known.isLive) return refused
  if (one.op === 'delete') return next.set(id, { ...known, isLive: false })
  if (one.op !== 'update') return refused
  const kept = Object.entries({ ...known.fields, ...one.changes }).filter(
    ([field]) => one.unset?.includes(field) !== true,
  )
  return next.set(id, { fields: Object.fromEntries(kept), isLive: true })
}

function isEqual(one: JsonObject, other: JsonObject): boolean {
  return sameValue(one, other, 'value')
}

/** What a message leaves: all of its operations, or nothing. Rows are each looked at by itself, a transaction as a whole. */
export function foresee(users: Users, one: Foretold): Users | typeof refused {
  const operations = operationsOf(one)
  const isOfRows = one.do === 'createMany' || one.do === 'updateMany'
  let now = users
  for (const operation of operations) {
    const next = after(now, operation)
    if (next === refused || (isOfRows && hasShared(next))) return refused
    now = next
  }
  return hasShared(now) ? refused : now
}

function operationsOf(one: Foretold): readonly Operation[] {
  switch (one.do) {
    case 'one':
      return [one.operation]
    case 'transact':
      return one.operations
    case 'createMany':
      return one.rows.map((data): Operation => ({ op: 'create', type, data }))
    case 'updateMany':
      return one.updates.map((row): Operation => ({ op: 'update', type, ...row }))
    default:
      return one satisfies never
  }
}
