import { type Entity, limits, type Query } from '@stateward/contract'
import { checkQuery, type Plan, planQuery } from '@stateward/query'
import { LRUCache } from 'lru-cache'
import type { LiveType } from './live.ts'

/** A query that has passed the door, and how to answer it. */
export interface Planned {
  readonly query: Query
  readonly plan: Plan
  /** Live records when it was planned: a plan is right for ever, but cheap only for about so many. */
  readonly records: number
}

const growth = 2

/** Checked and planned queries of one store by their text, because programs ask the same few questions again and again. */
export class PlanCache {
  readonly #planned = new LRUCache<string, Planned>({ max: limits.plannedQueries })

  /** Throws what `checkQuery` and `planQuery` throw. */
  planned(given: Query, type: LiveType, entity: Entity, records: number): Planned {
    const key = isPlain(given) ? JSON.stringify(given) : undefined
    const known = key === undefined ? undefined : this.#planned.get(key)
    if (known !== undefined && records <= known.records * growth && records * growth >= known.records) return known
    const query = checkQuery(given, entity)
    const planned = { query, plan: planQuery(query, entity, type.indexes, records), records }
    if (key !== undefined) this.#planned.set(key, planned)
    return planned
  }
}

/** Whether the text of a value says all of it; what JSON would leave out or change must reach the check as it is. */
function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      if (value === null) return true
      if (Array.isArray(value)) return value.every(isPlain)
      return isPlainObject(value)
    default:
      return false
  }
}

function isPlainObject(value: object): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype || 'toJSON' in value) return false
  for (const key of Object.keys(value)) if (!isPlain((value as Record<string, unknown>)[key])) return false
  return true
}
