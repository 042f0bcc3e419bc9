import type { Query } from '@stateward/contract'
import type { Dice } from './dice.ts'
import { randomValue } from './random-domain.ts'

class Own {
  readonly a = 1
}

/** What JSON has no word for, or has another one for, and what is not what it seems. */
const strange: readonly [() => unknown, ...(() => unknown)[]] = [
  () => undefined,
  () => Number.NaN,
  () => Number.NEGATIVE_INFINITY,
  () => new Array(2),
  () => [undefined],
  () => new Own(),
  () => Object.create(null),
  () => ({ toJSON: () => 'done' }),
  () => new Date(0),
  () => () => 'done',
  () => 10n,
  () => JSON.parse('{"__proto__": 1}'),
  () => JSON.parse('{"eq": {"__proto__": {"x": 1}}}'),
  () => ({ constructor: 1 }),
  () => circle(),
  () => 'x'.repeat(1_001),
  () => new Array(101).fill('a'),
]

function circle(): unknown {
  const endless: Record<string, unknown> = {}
  endless.eq = endless
  return endless
}

/** The same query with other values: of the same type, of others, and now and then of none. */
export function withOtherValues(dice: Dice, query: Query): Query {
  const { where, limit } = query
  const other: Record<string, unknown> = {}
  if (where !== undefined) other.where = revalued(dice, where, 's')
  if (limit !== undefined)
    other.limit = dice.once(8) ? dice.one([0, -1, 1.5, 1_000_001, '5', null, Number.NaN]) : 1 + dice.below(5)
  if (dice.once(12))
    Object.assign(other, dice.one([{ snapshot: '' }, { snapshot: 'x' }, { asOf: -1 }, { asOf: 1 }, { cursor: '' }]))
  // What is wrong in it is for the check to say.
  return Object.assign({}, query, other)
}

function revalued(dice: Dice, value: unknown, field: string): unknown {
  if (dice.once(60)) return dice.one(strange)()
  if (Array.isArray(value)) {
    const isList = value.length > 0 && value.every((item) => typeof item !== 'object')
    return isList && dice.once(2)
      ? dice.many(1 + dice.below(4), () => randomValue(dice, field))
      : value.map((item) => revalued(dice, item, field))
  }
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        revalued(dice, item, key.length > 3 || key === 'eq' ? field : key),
      ]),
    )
  return dice.once(3) ? value : randomValue(dice, field)
}
