import { type Entity, limits, type Query } from '@stateward/contract'
import { checkQuery, type Plan, planQuery } from '@stateward/query'
import type { LiveType } from '../state/live.ts'
import { isDegraded } from './degraded.ts'
import { JsonTree } from './json-tree.ts'

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
/** Deeper than any query may be; it also ends cycles. */
const maxDepth = limits.filterDepth + limits.depth

/**
 * Checked and planned queries of one store by their content, because programs ask the same few questions again and again. In two
 * halves: when the newer one is full, the older one is forgotten.
 */
export class PlanCache {
  #newer = new JsonTree<Planned>(maxDepth)
  #older = new JsonTree<Planned>(maxDepth)

  /** Throws what `checkQuery` and `planQuery` throw. */
  planned(given: Query, type: LiveType, entity: Entity, records: number): Planned {
    const known = this.#newer.get(given)
    if (known !== undefined && isRight(known, type, records)) return used(known, type)
    return used(this.#olderOrNew(given, type, entity, records), type)
  }

  #olderOrNew(given: Query, type: LiveType, entity: Entity, records: number): Planned {
    // What the text says, and not what a getter says when it is asked once more: others will be answered by it.
    const text = this.#newer.takes(given) ? JSON.stringify(given) : undefined
    const asked = text === undefined ? given : JSON.parse(text)
    const older = text === undefined ? undefined : this.#older.get(asked)
    const planned = older !== undefined && isRight(older, type, records) ? older : made(asked, type, entity, records)
    if (text !== undefined) this.#keep(text, planned)
    return planned
  }

  #keep(text: string, planned: Planned): void {
    if (text.length > maxChars / 2) return
    if (this.#newer.size >= limits.plannedQueries / 2 || this.#newer.chars + text.length > maxChars / 2) {
      this.#older = this.#newer
      this.#newer = new JsonTree(maxDepth)
    }
    this.#newer.set(JSON.parse(text), planned)
  }
}

function made(asked: Query, type: LiveType, entity: Entity, records: number): Planned {
  const query = checkQuery(asked, entity)
  const { indexes } = type
  const plan = planQuery(query, entity, indexes, records)
  return { query, plan, indexes, degraded: isDegraded(type, query), records }
}

function isRight({ records: then, indexes, plan }: Planned, type: LiveType, records: number): boolean {
  return records <= then * growth && records * growth >= then && indexes === type.indexes && plan.isRight()
}

/** Counts what the index has saved: the records that are not looked at. */
function used(planned: Planned, { kept }: LiveType): Planned {
  const { access, explanation } = planned.plan
  if ('index' in access) kept.used(access.index, Math.max(1, planned.records - explanation.estimatedRows))
  return planned
}
