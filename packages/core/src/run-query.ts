import {
  type AggregateRow,
  type AskOptions,
  fieldKind,
  type Group,
  type Query,
  type QueryAnswer,
  type Seq,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import {
  type AggregateAsk,
  aggregateRows,
  checkField,
  checkMeasures,
  groupRows,
  type Plan,
  topK,
} from '@stateward/query'
import { HeldCandidates } from './held-candidates.ts'
import type { Planned } from './plan-cache.ts'
import {
  answerWith,
  countedBy,
  countersOf,
  mayBeAsked,
  plannedFor,
  planOfAll,
  type QueryGround,
  rowsWanted,
} from './query-ground.ts'
import { readAll } from './read-records.ts'
import { type Candidate, isCold } from './read-view.ts'
import { relatedRecords } from './related-records.ts'
import { rowsAtOnce } from './rows-at-once.ts'
import { SnapshotView } from './snapshot-view.ts'

const sliceMs = 2
const candidatesPerLook = 256
const firstReach = 64
const reachGrowth = 4
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
  const rows = query.include === undefined ? rowsAtOnce(ground, plan, rowsWanted(query)) : undefined
  if (rows !== undefined) return answerWith(ground, planned, { rows, seq: ground.view.seq })
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
  return countedBy(ground, plan) ?? everyRow(ground, plan, options).then(({ length }) => length)
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
  return countersOf(ground, plan, field) ?? groupsOf(ground, plan, field, options)
}

async function groupsOf(
  ground: QueryGround,
  plan: Plan,
  field: string,
  options: AskOptions,
): Promise<readonly Group[]> {
  return groupRows(await everyRow(ground, plan, options), field, fieldKind(ground.entity, field))
}

/** Measures of what matches, of all or by one field. */
export function runAggregate(
  ground: QueryGround,
  { query, by, measures }: AggregateAsk,
  options: AskOptions = {},
): Promise<readonly AggregateRow[]> {
  const { entity } = ground
  const checked = checkMeasures(measures, entity)
  if (by !== undefined) checkField(by, entity, 'by')
  return aggregated(ground, planOfAll(ground, query), { measures: checked, by, entity }, options)
}

async function aggregated(
  ground: QueryGround,
  plan: Plan,
  wanted: Parameters<typeof aggregateRows>[1],
  options: AskOptions,
): Promise<readonly AggregateRow[]> {
  const { by, measures } = wanted
  const [only] = measures
  if (by === undefined && only?.kind === 'count' && measures.length === 1)
    return [{ measures: { [only.name]: await countOf(ground, plan, options) } }]
  return aggregateRows(await everyRow(ground, plan, options), wanted)
}

/** All that match, in no order. */
async function everyRow(ground: QueryGround, plan: Plan, options: AskOptions): Promise<readonly StoredRecord[]> {
  return (await everyMatch(ground, plan, options)).rows
}

interface Found {
  readonly rows: StoredRecord[]
  readonly seq: Seq
}

/** Those candidates that pass, in their order. */
async function everyMatch(ground: QueryGround, plan: Plan, options: AskOptions): Promise<Found> {
  const { view, type, live, metered } = ground
  if (!view.keepsOrder || metered !== undefined) {
    const { seq } = view
    const candidates = [...view.candidates(type, plan.access)]
    return { seq, rows: await matching(ground, plan, listed(candidates), undefined, options) }
  }
  const held = new HeldCandidates(live, type, plan.access)
  try {
    return { seq: held.seq, rows: await matching(ground, plan, held, undefined, options) }
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
  if (isOrdered && wanted !== undefined) return firstInOrder(ground, plan, wanted, options)
  const found = await everyMatch(ground, plan, options)
  if (isOrdered) return found
  return { rows: (ground.metered?.topK ?? topK)(found.rows, wanted, plan.compare), seq: found.seq }
}

/**
 * The first rows of an ordered access. Candidates are taken in one turn, a few more than wanted; where too many of them
 * do not match, all is begun anew with a longer reach, so that the answer still is of one moment. `undefined` where the
 * index may not be asked any more by then.
 */
async function firstInOrder(
  ground: QueryGround,
  plan: Plan,
  wanted: number,
  options: AskOptions,
): Promise<Found | undefined> {
  // Where the index answers the whole filter hardly any candidate fails, and each that is cold costs a read.
  const spare = plan.explanation.residual === undefined && plan.after === undefined ? 0 : firstReach
  for (let reach = wanted + spare; ; reach *= reachGrowth) {
    if (!mayBeAsked(ground, plan)) return undefined
    const { seq } = ground.view
    const candidates: Candidate[] = []
    const hot: StoredRecord[] = []
    let allHot = true
    for (const candidate of ground.view.candidates(ground.type, plan.access)) {
      if (candidates.length === reach) break
      candidates.push(candidate)
      allHot &&= !isCold(candidate)
      if (allHot && !isCold(candidate) && (plan.predicate === undefined || plan.predicate(candidate)))
        hot.push(candidate)
      if (hot.length === wanted) return { rows: hot, seq }
    }
    const rows = allHot ? hot : await matching(ground, plan, listed(candidates), wanted, options)
    if (rows.length === wanted || candidates.length < reach) return { rows, seq }
  }
}

/** What is looked at, some places after the other. */
interface Candidates {
  readonly length: number
  some(from: number, to: number): readonly Candidate[]
}

function listed(candidates: readonly Candidate[]): Candidates {
  return { length: candidates.length, some: (from, to) => candidates.slice(from, to) }
}

/** Those candidates that pass, in their order, at most `most`; reads cold ones in groups, and gives way between slices. */
async function matching(
  ground: QueryGround,
  plan: Plan,
  candidates: Candidates,
  most: number | undefined,
  options: AskOptions,
): Promise<StoredRecord[]> {
  const release = ground.live.bodies.hold()
  try {
    return await passing(ground, plan, candidates, most, options)
  } finally {
    release()
  }
}

async function passing(
  ground: QueryGround,
  plan: Plan,
  candidates: Candidates,
  most: number | undefined,
  options: AskOptions,
): Promise<StoredRecord[]> {
  const rows: StoredRecord[] = []
  let sliceStart = ground.monotonicMs()
  for (let from = 0; from < candidates.length; from += candidatesPerLook) {
    const group = candidates.some(from, from + candidatesPerLook)
    const cold = group.filter(isCold)
    const loaded = cold.length === 0 ? undefined : await (ground.metered?.readAll ?? readAll)(ground.live, cold)
    for (const candidate of group) {
      const record = isCold(candidate) ? loaded?.get(candidate) : candidate
      if (record === undefined || (plan.predicate !== undefined && !plan.predicate(record))) continue
      rows.push(record)
      if (rows.length === most) return rows
    }
    if (from + candidatesPerLook >= candidates.length || ground.monotonicMs() - sliceStart < sliceMs) continue
    await ground.breathe()
    if (options.signal?.aborted === true)
      throw new StatewardError('ABORTED', 'the query was aborted while it ran', { cause: options.signal.reason })
    sliceStart = ground.monotonicMs()
  }
  return rows
}
