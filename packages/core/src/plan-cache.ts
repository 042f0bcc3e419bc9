import { type Entity, limits, type Query } from '@stateward/contract'
import { checkQuery, type Plan, planQuery } from '@stateward/query'
import { LRUCache } from 'lru-cache'
import { isDegraded } from './degraded.ts'
import type { LiveType } from './live.ts'

/** A query that has passed the door, and how to answer it. */
export interface Planned {
  readonly query: Query
  readonly plan: Plan
  /** A plan names indexes of this list, and is of no use when one of them may not be asked any more. */
  readonly indexes: LiveType['indexes']
  /** Whether an index might have served it that is being built again. */
  readonly degraded: boolean
  /** Live records when it was planned: it is cheap only for about so many. */
  readonly records: number
}

const growth = 2
/** Texts of queries that are kept, in characters: a filter may list ten thousand values. */
const maxChars = 4_194_304
/**
 * Every text counts as at least this long, so that there are never more than `limits.plannedQueries`. A bound by number
 * would reserve room for all of them in every store that is opened.
 */
const leastChars = Math.ceil(maxChars / limits.plannedQueries)
/** Deeper than any query may be; it also ends cycles. */
const maxDepth = limits.filterDepth + limits.depth

/** Checked and planned queries of one store by their text, because programs ask the same few questions again and again. */
export class PlanCache {
  readonly #planned = new LRUCache<string, Planned>({ maxSize: maxChars })

  /** Throws what `checkQuery` and `planQuery` throw. */
  planned(given: Query, type: LiveType, entity: Entity, records: number): Planned {
    const key = isPlain(given, 1) ? JSON.stringify(given) : undefined
    const known = key === undefined ? undefined : this.#planned.get(key)
    const isNear = known !== undefined && records <= known.records * growth && records * growth >= known.records
    if (isNear && known.indexes === type.indexes && known.plan.isRight()) return used(known, type)
    // What the text says, and not what a getter says when it is asked once more: others will be answered by it.
    const query = checkQuery(key === undefined ? given : JSON.parse(key), entity)
    const { indexes } = type
    const plan = planQuery(query, entity, indexes, records)
    const planned = { query, plan, indexes, degraded: isDegraded(type, query), records }
    if (key !== undefined) this.#planned.set(key, planned, { size: Math.max(key.length, leastChars) })
    return used(planned, type)
  }
}

/** Counts what the index has saved: the records that are not looked at. */
function used(planned: Planned, { kept }: LiveType): Planned {
  const { access, explanation } = planned.plan
  if ('index' in access) kept.used(access.index, Math.max(1, planned.records - explanation.estimatedRows))
  return planned
}

/** Whether the text of a value says all of it; what JSON would leave out or change must reach the check as it is. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return value === null || (depth < maxDepth && isPlainComposite(value, depth))
    default:
      return false
  }
}

function isPlainComposite(value: object, depth: number): boolean {
  if ('toJSON' in value) return false
  // A loop by index, because `every` would skip the holes of a sparse list.
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) if (!isPlain(value[at], depth + 1)) return false
    return true
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  for (const key of Object.keys(value)) if (!isPlain((value as Record<string, unknown>)[key], depth + 1)) return false
  return true
}
