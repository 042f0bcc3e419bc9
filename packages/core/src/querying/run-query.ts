import {
  type AggregateRow,
  type AskOptions,
  fieldKind,
  type Group,
  type Query,
  type QueryAnswer,
  type Seq,
  type StoredRecord,
} from '@stateward/contract'
import {
  type Accumulator,
  type AggregateAsk,
  checkField,
  type Plan,
  type RowsMeasured,
  rowGroups,
  rowMeasures,
  topK,
  topRows,
} from '@stateward/query'
import { SnapshotView } from '../snapshots/snapshot-view.ts'
import { firstInOrder } from './first-in-order.ts'
import { HeldCandidates } from './held-candidates.ts'
import { listed, takeMatching } from './matching.ts'
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
import { relatedRecords } from './related-records.ts'
import { rowsAtOnce } from './rows-at-once.ts'

/** Readings of rows and what they lead to, before the state is held still for one. */
const triesTogether = 3

/**
 * Answers a query, within the call where few records have to be looked at and all are in memory. Rows are as of one seq, fixed in
 * the turn in which their candidates were taken.
 */
export function runQuery(
  ground: QueryGround,
  given: Query,
  options: AskOptions = {},
): QueryAnswer | Promise<QueryAnswer> {
  // Outside of the promise, because whatever reading the query throws is for the dispatcher to put into words.
  const planned = plannedFor(ground, given)
  const { query, plan } = planned
  const found = query.include === undefined ? rowsAtOnce(ground, plan) : undefined
  if (found !== undefined) return answerWith(ground, planned, found)
  return runPlanned(ground, planned, options)
}

/** As `runQuery`, of a query that was planned in this turn. */
export async function runPlanned(ground: QueryGround, first: Planning, options: AskOptions): Promise<QueryAnswer> {
  const { include } = first.query
  if (include === undefined) return answered(ground, first, options)
  let planned = first
  for (let tries = 0; tries < triesTogether; tries++) {
    const answer = await answered(ground, planned, options)
    // Nothing was written while the rows were read, so that what they lead to is as of the same commit.
    if (ground.view.seq === answer.seq) return withRelated(ground, include, answer, options)
    planned = plannedFor(ground, first.query)
  }
  return onFrozen(ground, (frozen) => runPlanned(frozen, plannedFor(frozen, first.query), options))
}

async function withRelated(
  ground: QueryGround,
  include: readonly string[],
  answer: QueryAnswer,
  options: AskOptions,
): Promise<QueryAnswer> {
  return Object.assign(answer, { related: await relatedRecords(ground, include, answer.rows, options) })
}

/** Runs on a state that stays as it is: slower, since its indexes go on, and certain. */
async function onFrozen<T>(ground: QueryGround, run: (frozen: QueryGround) => Promise<T>): Promise<T> {
  const { live } = ground
  if (!live.whole.isReached) await live.whole.reached()
  const view = new SnapshotView(live)
  try {
    return await run({ ...ground, view: ground.metered?.view(view) ?? view })
  } finally {
    view.close()
  }
}

type Planning = Pick<Planned, 'query' | 'plan' | 'degraded'>

async function answered(ground: QueryGround, first: Planning, options: AskOptions): Promise<QueryAnswer> {
  const { query } = first
  const wanted = rowsWanted(query)
  for (let planned = first; ; planned = plannedFor(ground, query)) {
    const found = await rowsOf(ground, planned.plan, wanted, options)
    if (found !== undefined) return answerWith(ground, planned, found)
  }
}

/** Counts what matches; from the index alone, and within the call, where it answers the whole filter. */
export function runCount(ground: QueryGround, given: Query, options: AskOptions = {}): number | Promise<number> {
  return countOf(ground, planOfAll(ground, given), options)
}

function countOf(ground: QueryGround, plan: Plan, options: AskOptions): number | Promise<number> {
  return countedBy(ground, plan) ?? accumulatedOf(ground, plan, counter(), options)
}

/** Groups what matches by one field; from kept counters, and within the call, where there is no filter. */
export function runGroupBy(
  ground: QueryGround,
  given: Query,
  field: string,
  options: AskOptions = {},
): readonly Group[] | Promise<readonly Group[]> {
  checkField(field, ground.entity, 'field')
  const plan = planOfAll(ground, given)
  const kept = countersOf(ground, plan, field)
  return kept ?? accumulatedOf(ground, plan, rowGroups(field, fieldKind(ground.entity, field)), options)
}

/** Measures of what matches, of all or by one field. */
export function runAggregate(
  ground: QueryGround,
  ask: AggregateAsk,
  options: AskOptions = {},
): Promise<readonly AggregateRow[]> {
  const wanted = measuresWanted(ground, ask)
  return aggregated(ground, planOfAll(ground, ask.query), wanted, options)
}

async function aggregated(
  ground: QueryGround,
  plan: Plan,
  wanted: RowsMeasured,
  options: AskOptions,
): Promise<readonly AggregateRow[]> {
  const name = onlyCount(wanted)
  if (name !== undefined) return [{ measures: { [name]: await countOf(ground, plan, options) } }]
  return accumulatedOf(ground, plan, rowMeasures(wanted), options)
}

/** What is made of all that match, of which no row is held for it. */
async function accumulatedOf<Result>(
  ground: QueryGround,
  plan: Plan,
  into: Accumulator<StoredRecord, Result>,
  options: AskOptions,
): Promise<Result> {
  await everyMatch(ground, plan, (record) => into.add(record), options)
  return into.result()
}

function counter(): Accumulator<StoredRecord, number> {
  let count = 0
  return { add: () => void count++, result: () => count }
}

/** Takes those candidates that pass, in their order; the commit as of which they are. */
async function everyMatch(
  ground: QueryGround,
  plan: Plan,
  take: (record: StoredRecord) => unknown,
  options: AskOptions,
): Promise<Seq> {
  const { view, type, live, metered } = ground
  const takeOn = (record: StoredRecord): boolean => {
    take(record)
    return true
  }
  if (!view.keepsOrder || metered !== undefined) {
    const { seq } = view
    await takeMatching(
      ground,
      plan,
      listed([...view.candidates(type, plan.access, sieveOf(ground, plan))]),
      takeOn,
      options,
    )
    return seq
  }
  const held = new HeldCandidates(live, type, plan.access, sieveOf(ground, plan))
  try {
    await takeMatching(ground, plan, held, takeOn, options)
    return held.seq
  } finally {
    held.close()
  }
}

async function rowsOf(
  ground: QueryGround,
  plan: Plan,
  wanted: number | undefined,
  options: AskOptions,
): Promise<Found | undefined> {
  const isOrdered = plan.inOrder && ground.view.keepsOrder
  if (isOrdered && plan.limit !== undefined) return firstInOrder(ground, plan, plan.limit, options)
  const { metered } = ground
  if (!isOrdered && metered === undefined) {
    const top = topRows(wanted, plan.compare)
    const seq = await everyMatch(ground, plan, (record) => top.add(record), options)
    return { rows: top.result(), seq }
  }
  const rows: StoredRecord[] = []
  const seq = await everyMatch(ground, plan, (record) => rows.push(record), options)
  return { rows: isOrdered ? rows : (metered?.topK ?? topK)(rows, wanted, plan.compare), seq }
}
