import type { Direction, JsonObject, JsonValue, Operators, OrderBy, Where } from '@stateward/contract'
import type { Seeded } from '../seeded.ts'

/** Fields of `item` that hold date-times. */
export const itemTimes: ReadonlySet<string> = new Set(['when', 'created_at', 'updated_at'])

/** One instant in several spellings, moments around it, and a text that is no instant. */
const times = [
  '2026-01-01T10:00:00Z',
  '2026-01-01T10:00:00.000Z',
  '2026-01-01T12:00:00+02:00',
  '2026-01-01T10:00:00.5Z',
  '2026-01-01T10:00:00.500000001Z',
  '2025-12-31T23:59:59-01:00',
  '2026-01-01T09:59:59.999Z',
] as const
const texts = ['', 'a', 'ab', 'abc', 'b', 'B', 'é', '10', 'true'] as const
const numbers = [-1, 0, 0.5, 1, 2, 10, 1e9] as const

/** Fields for an item, with some absent, some null, and some of a kind that does not belong there. */
export function randomFields(seeded: Seeded): JsonObject {
  const fields: Record<string, JsonValue> = {}
  const odd: readonly JsonValue[] = [null, 'a', 1, true, [], {}]
  const set = (field: string, pick: () => JsonValue): void => {
    if (!seeded.once(5)) fields[field] = seeded.once(8) ? seeded.pick(odd) : pick()
  }
  set('n', () => seeded.pick(numbers))
  set('s', () => seeded.pick(texts))
  set('when', () => seeded.pick(times))
  set('flag', () => seeded.once(2))
  set('list', () => Array.from({ length: seeded.below(3) }, () => seeded.pick(texts)))
  return fields
}

/** A filter that the contract allows, over those fields. */
export function randomWhere(seeded: Seeded, depth = 2): Where {
  if (depth > 0 && seeded.once(3)) {
    const parts = Array.from({ length: seeded.between(1, 3) }, () => randomWhere(seeded, depth - 1))
    return seeded.pick<Where>([
      { and: parts },
      { or: parts },
      { not: parts[0] ?? {} },
      { ...parts[0], not: parts[1] ?? { id: 'none' } },
    ])
  }
  const fields = Array.from({ length: seeded.below(3) }, () => condition(seeded))
  return Object.fromEntries(fields)
}

export function randomOrder(seeded: Seeded): readonly OrderBy[] {
  const directions: readonly Direction[] = ['asc', 'desc']
  const fields = ['n', 's', 'when', 'flag', 'list', 'updated_at', 'id']
  return Array.from({ length: seeded.below(3) }, (): OrderBy => [seeded.pick(fields), seeded.pick(directions)])
}

function condition(seeded: Seeded): [field: string, condition: JsonValue | Operators] {
  switch (seeded.below(6)) {
    case 0:
      return ['n', comparison(seeded, () => seeded.pick(numbers))]
    case 1:
      return [
        's',
        seeded.once(3) ? { prefix: seeded.pick(['', 'a', 'ab']) } : comparison(seeded, () => seeded.pick(texts)),
      ]
    case 2:
      return ['when', comparison(seeded, () => seeded.pick(times))]
    case 3:
      return ['flag', comparison(seeded, () => seeded.once(2))]
    case 4:
      return ['list', seeded.once(3) ? { eq: ['a'] } : { contains: seeded.pick<JsonValue>([...texts, 1, null]) }]
    default:
      return [seeded.pick(['absent', 'n', 's', 'list']), { exists: seeded.once(2) }]
  }
}

function comparison(seeded: Seeded, pick: () => JsonValue): JsonValue | Operators {
  switch (seeded.below(8)) {
    case 0:
      return pick()
    case 1:
      return null
    case 2:
      return { ne: pick() }
    case 3:
      return { in: [pick(), pick(), null].slice(0, seeded.between(1, 3)) }
    case 4:
      return { gte: pick(), lt: pick() }
    case 5:
      return { gt: pick() }
    case 6:
      return { lte: pick() }
    default:
      return { eq: pick(), exists: true }
  }
}
