import type { JsonValue, Operators, OrderBy, Query, Where } from '@stateward/contract'
import type { Dice } from './dice.ts'
import { randomValue } from './random-domain.ts'

const fields = ['s', 's', 'n', 'n', 't', 'x', 'l', 'id', 'p', 'updated_at', 'created_at', 'toString', 'rev'] as const
const mostDepth = 3

/** A query as the check lets it pass. */
export function randomQuery(dice: Dice): Query {
  if (dice.once(5)) return { type: 'row', where: narrow(dice) }
  const orderBy = dice.many(dice.below(3), (): OrderBy => [dice.one(fields), dice.one(['asc', 'desc'])])
  return {
    type: 'row',
    ...(dice.once(8) ? {} : { where: randomWhere(dice, 1) }),
    ...(orderBy.length === 0 ? {} : { orderBy }),
    ...(dice.once(3) ? {} : { limit: 1 + dice.below(5) }),
  }
}

function randomWhere(dice: Dice, depth: number): Where {
  const parts = (): Where[] => dice.many(dice.below(4), () => randomWhere(dice, depth + 1))
  switch (depth > mostDepth ? 0 : dice.below(8)) {
    case 0:
    case 1:
      return condition(dice)
    case 2:
    case 3:
      return Object.assign({}, ...dice.many(1 + dice.below(3), () => condition(dice)))
    case 4:
      return { and: parts() }
    case 5:
      return { or: parts() }
    case 6:
      return { not: randomWhere(dice, depth + 1) }
    default:
      return { ...condition(dice), or: [condition(dice), condition(dice)] }
  }
}

/** Conditions on several fields, such as indexes answer one each and hardly any answers all. */
function narrow(dice: Dice): Where {
  const where: Record<string, Where[string]> = { s: dice.once(3) ? { in: ['open', 'late'] } : 'open' }
  if (dice.once(2)) where.n = dice.once(2) ? { gte: dice.below(3) } : dice.below(4)
  if (dice.once(2)) where.p = dice.once(3) ? { in: ['a', 'b', 'c'] } : dice.one(['a', 'b', 'c'])
  if (dice.once(2)) where.t = { [dice.one(['lt', 'lte', 'gt', 'gte'])]: '2024-01-20T10:00:00Z' }
  if (dice.once(3)) where.l = { contains: dice.one(['a', 'b', 'ab', 1]) }
  return where
}

function condition(dice: Dice): Where {
  const field = dice.one(fields)
  const value = randomValue(dice, field)
  if (dice.once(3) && (typeof value !== 'object' || value === null)) return { [field]: value }
  const operators = dice.many(dice.once(4) ? 2 : 1, () => operator(dice, field))
  return { [field]: Object.assign({}, ...operators) }
}

function operator(dice: Dice, field: string): Operators {
  const value = randomValue(dice, field)
  switch (dice.below(8)) {
    case 0:
      return { eq: value }
    case 1:
      return { ne: value }
    case 2:
      return { in: dice.many(dice.below(4), () => randomValue(dice, field)) }
    case 3:
      return { contains: dice.once(2) ? value : dice.one(['pen', 'done', 'lat', 'on', '2024', 'T10:0', '00Z', '01-2']) }
    case 4:
      return { prefix: dice.one(['', 'a', 'ab', 'o', '2024-01', '😀']) }
    case 5:
      return { exists: dice.once(2) }
    default:
      return range(dice, field, value)
  }
}

/** Bounds are numbers, texts or truth values, and of a field of times they are times. */
function range(dice: Dice, field: string, value: JsonValue): Operators {
  const isTime = field === 't' || field.endsWith('_at')
  const bound = isTime ? '2024-01-20T10:00:00Z' : typeof value === 'object' ? 1 : value
  return { [dice.one(['lt', 'lte', 'gt', 'gte'])]: bound }
}
