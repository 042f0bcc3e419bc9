import {
  fieldKind,
  type Group,
  limits,
  type Query,
  type QueryAnswer,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { checkField, groupRows, type Plan, topK } from '@stateward/query'
import { readNow } from '../state/read-now.ts'
import { isCold } from '../state/read-view.ts'
import {
  answerWith,
  countedBy,
  countersOf,
  plannedFor,
  planOfAll,
  type QueryGround,
  rowsWanted,
  sieveOf,
} from './query-ground.ts'
import { rowsAtOnce } from './rows-at-once.ts'

const candidatesPerLook = 256

/**
 * As `runQuery`, within the call. Throws `TOO_LARGE` when more than `limits.viewBodies` records would have to be read from
 * the log for it: nothing else runs meanwhile.
 */
export function queryNow(ground: QueryGround, given: Query): QueryAnswer {
  const planned = plannedFor(ground, given)
  const { query, plan } = planned
  if (query.include !== undefined)
    throw new StatewardError('UNSUPPORTED', 'expected a query of a view without include, found one; ask with a promise')
  const { seq } = ground.view
  const wanted = rowsWanted(query)
  const rows = rowsAtOnce(ground, plan, wanted) ?? rowsNow(ground, plan, wanted)
  return answerWith(ground, planned, { rows, seq })
}

function rowsNow(ground: QueryGround, plan: Plan, wanted: number | undefined): readonly StoredRecord[] {
  if (!plan.inOrder || !ground.view.keepsOrder) return topK(passing(ground, plan), wanted, plan.compare)
  const rows: StoredRecord[] = []
  for (const record of passing(ground, plan, Math.min(wanted ?? candidatesPerLook, candidatesPerLook))) {
    rows.push(record)
    if (rows.length === wanted) break
  }
  return rows
}

/** As `runCount`, within the call. */
export function countNow(ground: QueryGround, given: Query): number {
  const plan = planOfAll(ground, given)
  return countedBy(ground, plan) ?? lengthOf(passing(ground, plan))
}

function lengthOf(rows: Iterable<unknown>): number {
  let length = 0
  for (const _ of rows) length++
  return length
}

/** As `runGroupBy`, within the call. */
export function groupByNow(ground: QueryGround, given: Query, field: string): readonly Group[] {
  checkField(field, ground.entity, 'field')
  const plan = planOfAll(ground, given)
  const kept = countersOf(ground, plan, field)
  return kept ?? groupRows(passing(ground, plan), field, fieldKind(ground.entity, field))
}

/** The candidates that pass, in their order; cold ones are read in groups, for many may stand in one line of the log. */
function* passing(ground: QueryGround, plan: Plan, perLook: number = candidatesPerLook): Generator<StoredRecord> {
  const { live, type, view } = ground
  const { access, predicate } = plan
  let left = limits.viewBodies
  for (const group of groupsOf(view.candidates(type, access, sieveOf(ground, plan)), perLook)) {
    const loaded = readNow(live, group.filter(isCold).slice(0, left))
    let at = 0
    for (const candidate of group) {
      // Whoever has enough before it comes to this does not ask for more.
      if (isCold(candidate) && at === left) throw tooManyCold(type.name)
      const record = isCold(candidate) ? loaded[at++] : candidate
      if (record !== undefined && (predicate === undefined || predicate(record))) yield record
    }
    left -= at
  }
}

function* groupsOf<T>(items: Iterable<T>, size: number): Generator<readonly T[]> {
  let group: T[] = []
  for (const item of items) {
    group.push(item)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

/** More than a call that nothing else can run beside may read. */
export function tooManyCold(type: string): StatewardError {
  return new StatewardError(
    'TOO_LARGE',
    `expected a view of ${type} to read at most ${limits.viewBodies} records from the log, found more; ask with a promise`,
    { details: { type, most: limits.viewBodies } },
  )
}
