import {
  type Domain,
  defineDomain,
  type Entity,
  entity,
  type JsonObject,
  type JsonValue,
  type Schema,
} from '@stateward/contract'
import type { Dice } from './dice.ts'

/** What a record may hold of its own, in no schema. */
type Loose = JsonObject
export type RandomDomain = Domain<{ readonly row: Entity<Loose, Loose, 'string'> }>

const anything: Schema<Loose, Loose> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Loose }) },
}

type Index = string | readonly [string, ...string[]]
const indexes: readonly Index[] = [
  ...['s', 'n', 't', 'x', 'l', 'created_at', 'updated_at'],
  ...([
    ['s', 't'],
    ['s', 'n'],
    ['x', 't'],
    ['n', 'x'],
    ['s', 'x', 'n'],
    ['s', 'updated_at'],
    ['l', 'n'],
    ['n', 'id'],
  ] as const),
]

/** A type with some of the indexes that it could have; `t` holds times in most of them. */
export function randomDomain(dice: Dice): RandomDomain {
  return defineDomain({
    row: entity({
      schema: anything,
      id: 'string',
      indexes: dice.some(indexes) as never,
      ...(dice.once(4) ? {} : { times: ['t'] as never }),
      ...(dice.once(2) ? {} : { texts: dice.some(['s', 't', 'x', 'l']) }),
      ...(dice.once(3) ? {} : { refs: { p: { to: 'row', onDelete: 'keep' } } as never }),
    }),
  })
}

export const ids: readonly [string, ...string[]] = ['a', ...'bcdefghijklmn', 'aa', 'é', '😀']

const times = [
  '2024-01-20T10:00:00.000Z',
  '2024-01-20T10:00:00Z',
  '2024-01-20T11:00:00+01:00',
  '2024-01-20T10:00:00.000000001Z',
  '2024-01-19T23:30:00-10:30',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.9999999999Z',
] as const
const values: readonly [JsonValue, ...JsonValue[]] = [
  ...([null, false, true, 0, -0, 1, 2, 1.5, -3, 1e21] as const),
  ...(['', 'a', 'b', 'ab', 'A', 'é', 'e\u0301', '😀', 'a\uffff', 'toString', '2024-01-20', 'soon'] as const),
  ...([[], ['a'], ['a', 'b'], ['b', 1], [1, [2]], [null], {}, { x: 1 }, { x: 1, y: null }, { y: null, x: 1 }] as const),
]
const numbers = [0, 1, 2, 3, 5, 8, -1, 0.5] as const

/** A value such as records hold in this field, or, now and then, any. */
export function randomValue(dice: Dice, field: string): JsonValue {
  if (dice.once(8)) return dice.one(values)
  switch (field) {
    case 's':
      return dice.one(['open', 'open', 'done', 'late'])
    case 'n':
      return dice.one(numbers)
    case 't':
    case 'created_at':
    case 'updated_at':
      return dice.one(times)
    case 'l':
      return dice.once(5) ? dice.one(['a', 'ab']) : dice.some(['a', 'b', 1, 'ab'])
    case 'id':
    case 'p':
      return dice.one(ids)
    default:
      return dice.one(values)
  }
}

/** Some of the fields of a record. */
export function randomFields(dice: Dice): JsonObject {
  const own = dice.some(['s', 's', 'n', 't', 'x', 'l']).map((field) => [field, randomValue(dice, field)] as const)
  const stamped = dice.once(2) ? [] : [['updated_at', dice.one(times)] as const]
  return Object.fromEntries([...own, ...stamped])
}
