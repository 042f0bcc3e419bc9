import {
  compareValues,
  type Entity,
  type FieldKind,
  fieldKind,
  type Group,
  type Index,
  type Query,
  type QueryAnswer,
  type Seq,
  type StoredRecord,
} from '@stateward/contract'
import type { Sieve } from '@stateward/index'
import { encodeCursor, indexesOf, type Plan, type topK } from '@stateward/query'
import type { Live, LiveType } from '../state/live.ts'
import type { readNow } from '../state/read-now.ts'
import type { readAll } from '../state/read-records.ts'
import { type ReadView, slotsOf } from '../state/read-view.ts'
import type { PlanCache } from './plan-cache.ts'
import type { Planned } from './planned-shape.ts'

/** What a query runs on. */
export interface QueryGround {
  readonly view: ReadView
  readonly type: LiveType
  readonly entity: Entity
  readonly live: Live
  readonly plans: PlanCache
  /** Lets other work have its turn; called between slices of long evaluations. */
  readonly breathe: () => Promise<void>
  readonly monotonicMs: () => number
  /** Stand in for what takes the time of a query, where that is looked at. */
  readonly metered?: {
    readonly readAll: typeof readAll
    readonly readNow: typeof readNow
    readonly topK: typeof topK
    readonly view: (view: ReadView) => ReadView
  }
}

/** A query, checked, and how it is answered. Throws what `checkQuery` and `planQuery` throw. */
export function plannedFor({ type, entity, view, plans }: QueryGround, given: Query): Planned {
  return plans.planned(given, type, entity, view.size(type))
}

/** Tells candidates of this plan that cannot match; `undefined` where there is nothing to tell them by, as of a state that was. */
export function sieveOf({ type, view }: QueryGround, { held }: Plan): Sieve | undefined {
  return held.length === 0 || !view.keepsOrder ? undefined : type.rows.fingerprints.sieve(held)
}

/** The plan for all that match: order and paging are checked, and do not matter. */
export function planOfAll(ground: QueryGround, given: Query): Plan {
  const { query, plan } = plannedFor(ground, given)
  const { orderBy, limit, cursor } = query
  const isAll = orderBy === undefined && limit === undefined && cursor === undefined
  return isAll ? plan : plannedFor(ground, withoutPaging(query)).plan
}

function withoutPaging({ orderBy: _, limit: __, cursor: ___, ...query }: Query): Query {
  return query
}

/** Groups of everything as an index has counted them; `undefined` where the query asks for more, or none has. */
export function countersOf(
  { type, view, entity }: QueryGround,
  plan: Plan,
  field: string,
): readonly Group[] | undefined {
  if (plan.predicate !== undefined || !view.keepsOrder) return undefined
  const index = type.indexes.find((one) => one.counters !== undefined && one.fields[0] === field)
  if (index === undefined) return undefined
  const size = view.size(type)
  type.kept.used(index, Math.max(1, size))
  // A list of the caller's own; its groups are frozen.
  return type.kept.groupsOf(index, () => groupsIn(index, size, fieldKind(entity, field))).slice()
}

function groupsIn({ counters }: Index, size: number, kind: FieldKind): readonly Group[] {
  const groups = [...(counters?.counts() ?? [])].map(([value, count]) => ({ value, count }))
  const absent = size - groups.reduce((sum, { count }) => sum + count, 0)
  const rows: Group[] = groups.filter(({ count }) => count > 0)
  rows.sort((left, right) => compareValues(left.value, right.value, kind))
  if (absent > 0) rows.unshift({ count: absent })
  return rows.map((group) => Object.freeze(group))
}

/** Whether the index that a plan rests on may still be asked: where others had a turn, that may have ended. */
export function mayBeAsked({ type }: QueryGround, { access }: Plan): boolean {
  return indexesOf(access).every((index) => type.indexes.some((one) => one === index))
}

/** The first rows of an answer, or all. */
export interface Found {
  readonly rows: readonly StoredRecord[]
  readonly seq: Seq
  /** Whether there are more, where that is known without the next one; else one more than the limit tells. */
  readonly isMore?: boolean
}

/** The answer of these rows, of which one more than the limit tells of a next page. */
export function answerWith(
  ground: QueryGround,
  { query, degraded }: Pick<Planned, 'query' | 'degraded'>,
  { rows, seq, isMore }: Found,
): QueryAnswer {
  const { limit } = query
  const isLast = limit === undefined || (rows.length <= limit && isMore !== true)
  const answer = isLast ? { rows, seq } : pageOf(ground, query, rows, seq)
  return degraded ? Object.assign(answer, { degraded } as const) : answer
}

/** A page that is not the last. Its cursor is made when it is looked at: most callers never do. */
export function pageOf({ entity }: QueryGround, query: Query, rows: readonly StoredRecord[], seq: Seq): QueryAnswer {
  const page = rows.slice(0, query.limit)
  const last = page.at(-1)
  if (last === undefined) return { rows: page, seq }
  return {
    rows: page,
    seq,
    get cursor() {
      return encodeCursor(query, last, entity)
    },
  }
}

/** One more than asked tells whether a next page is worth a cursor. */
export function rowsWanted({ limit }: Query): number | undefined {
  return limit === undefined ? undefined : limit + 1
}

/** How many match, where that is known without a look at any of them; else `undefined`. */
export function countedBy({ type, view }: QueryGround, { access, predicate, isCovered }: Plan): number | undefined {
  if (predicate === undefined) return view.size(type)
  if (!view.keepsOrder || !isCovered) return undefined
  let count = 0
  for (const _ of slotsOf(type, access)) count++
  return count
}
