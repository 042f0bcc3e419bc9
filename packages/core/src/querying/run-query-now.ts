import {
  type AggregateRow,
  fieldKind,
  type Group,
  type Query,
  type QueryAnswer,
  type StoredRecord,
} from '@stateward/contract'
import { type AggregateAsk, checkField, groupRows, type Plan, rowMeasures, topK } from '@stateward/query'
import { type Candidate, isCold } from '../state/read-view.ts'
import { measuresWanted, onlyCount } from './measures-wanted.ts'
import type { Planned } from './planned-shape.ts'
import {
  answerWith,
  countedBy,
  countersOf,
  type Found,
  plannedFor,
  planOfAll,
  type QueryGround,
  rowsWanted,
  sieveOf,
} from './query-ground.ts'
import { ReadsAllowed, tooManyCold } from './reads-allowed.ts'
import { relatedNow } from './related-records.ts'
import { rowsAtOnce } from './rows-at-once.ts'

const candidatesPerLook = 256

/**
 * As `runQuery`, within the call. Throws `TOO_LARGE` when more than `limits.viewBodies` records would have to be read from
 * the log for it, related ones among them: nothing else runs meanwhile.
 */
export function queryNow(ground: QueryGround, given: Query): QueryAnswer {
  return plannedNow(ground, plannedFor(ground, given))
}

/** As `queryNow`, of a query that was planned in this turn. */
export function plannedNow(ground: QueryGround, planned: Pick<Planned, 'query' | 'plan' | 'degraded'>): QueryAnswer {
  const { query, plan } = planned
  const { seq } = ground.view
  const reads = new ReadsAllowed(ground)
  const found = rowsAtOnce(ground, plan) ??
    coveredNow(ground, plan, reads) ?? { rows: rowsNow(ground, plan, rowsWanted(query), reads), seq }
  const answer = answerWith(ground, planned, found)
  const { include } = query
  if (include === undefined) return answer
  return Object.assign(answer, { related: relatedNow(ground, include, answer.rows, (cold) => reads.all(cold)) })
}

/** The rows of a page whose filter the index answers by itself: there are more where it gives one more, which is not read. */
function coveredNow(ground: QueryGround, plan: Plan, reads: ReadsAllowed): Found | undefined {
  const { view, type } = ground
  const { limit, predicate, access } = plan
  if (!plan.isCovered || !plan.inOrder || limit === undefined || !view.keepsOrder) return undefined
  const page: Candidate[] = []
  let isMore = false
  for (const candidate of view.candidates(type, access, sieveOf(ground, plan))) {
    isMore = page.length === limit
    if (isMore) break
    page.push(candidate)
  }
  const loaded = reads.all(page.filter(isCold))
  let at = 0
  const rows = page.flatMap((one) => (isCold(one) ? (loaded[at++] ?? []) : one))
  const isExact = predicate === undefined || rows.every(predicate)
  return isExact ? { rows, seq: view.seq, isMore } : undefined
}

function rowsNow(
  ground: QueryGround,
  plan: Plan,
  wanted: number | undefined,
  reads: ReadsAllowed,
): readonly StoredRecord[] {
  if (!plan.inOrder || !ground.view.keepsOrder) {
    const matching = passing(ground, plan, reads)
    // What is watched is first found and then sorted, so that each has its own time.
    return ground.metered?.topK([...matching], wanted, plan.compare) ?? topK(matching, wanted, plan.compare)
  }
  const rows: StoredRecord[] = []
  for (const record of passing(ground, plan, reads, Math.min(wanted ?? candidatesPerLook, candidatesPerLook))) {
    rows.push(record)
    if (rows.length === wanted) break
  }
  return rows
}

/** As `runCount`, within the call. */
export function countNow(ground: QueryGround, given: Query): number {
  return countOf(ground, planOfAll(ground, given))
}

function countOf(ground: QueryGround, plan: Plan): number {
  return countedBy(ground, plan) ?? lengthOf(passing(ground, plan, new ReadsAllowed(ground)))
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
  return kept ?? groupRows(passing(ground, plan, new ReadsAllowed(ground)), field, fieldKind(ground.entity, field))
}

/** As `runAggregate`, within the call. */
export function aggregateNow(ground: QueryGround, ask: AggregateAsk): readonly AggregateRow[] {
  const wanted = measuresWanted(ground, ask)
  const plan = planOfAll(ground, ask.query)
  const name = onlyCount(wanted)
  if (name !== undefined) return [{ measures: { [name]: countOf(ground, plan) } }]
  const into = rowMeasures(wanted)
  for (const record of passing(ground, plan, new ReadsAllowed(ground))) into.add(record)
  return into.result()
}

/** The candidates that pass, in their order; cold ones are read in groups, for many may stand in one line of the log. */
function* passing(
  ground: QueryGround,
  plan: Plan,
  reads: ReadsAllowed,
  perLook: number = candidatesPerLook,
): Generator<StoredRecord> {
  const { type, view } = ground
  const { access, predicate } = plan
  for (const group of groupsOf(view.candidates(type, access, sieveOf(ground, plan)), perLook)) {
    const loaded = reads.some(group.filter(isCold))
    let at = 0
    for (const candidate of group) {
      // Whoever has enough before it comes to this does not ask for more.
      if (isCold(candidate) && at === loaded.length) throw tooManyCold(type.name)
      const record = isCold(candidate) ? loaded[at++] : candidate
      if (record !== undefined && (predicate === undefined || predicate(record))) yield record
    }
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
