import { type AskOptions, StatewardError, type StoredRecord } from '@stateward/contract'
import type { Plan } from '@stateward/query'
import { type Candidate, isCold } from '../state/read-view.ts'
import { listed, takeMatching } from './matching.ts'
import { type Found, mayBeAsked, type QueryGround, sieveOf } from './query-ground.ts'

/** Candidates that are taken beyond those wanted where the index does not answer the whole filter. None is read for that. */
const firstReach = 64
const reachGrowth = 4
/** Where some of those looked at do not match, so many parts of them are read beyond what is still wanted: each read has its price. */
const partsOfLooked = 4

/** A cold candidate that was read already: its record, or `undefined` where that does not match. By id. */
type Looked = Map<string, { readonly rev: number; readonly match: StoredRecord | undefined }>

/**
 * The first rows of an ordered access, up to the limit and one more, which tells of a next page: where the index answers the
 * whole filter that one is not looked at. Candidates are taken in one turn, and read in portions until there are enough; where
 * too many do not match, all is begun anew with a longer reach, so that the answer still is of one moment. No version is read
 * twice. `undefined` where the index may not be asked any more by then.
 */
export async function firstInOrder(
  ground: QueryGround,
  plan: Plan,
  limit: number,
  options: AskOptions,
): Promise<Found | undefined> {
  const sieve = sieveOf(ground, plan)
  const looked: Looked = new Map()
  for (let reach = limit + 1 + (plan.isCovered ? 0 : firstReach); ; reach *= reachGrowth) {
    if (!mayBeAsked(ground, plan)) return undefined
    const { seq } = ground.view
    const candidates: Candidate[] = []
    for (const candidate of ground.view.candidates(ground.type, plan.access, sieve)) {
      candidates.push(candidate)
      if (candidates.length === reach) break
    }
    const { rows, isMore } = await rowsAmong(ground, plan, { candidates, limit, looked }, options)
    if (isMore || candidates.length < reach) return { rows, seq, isMore }
  }
}

interface Among {
  readonly candidates: readonly Candidate[]
  readonly limit: number
  readonly looked: Looked
}

async function rowsAmong(
  ground: QueryGround,
  plan: Plan,
  { candidates, limit, looked }: Among,
  options: AskOptions,
): Promise<{ readonly rows: StoredRecord[]; readonly isMore: boolean }> {
  const wanted = plan.isCovered ? limit : limit + 1
  const rows: StoredRecord[] = []
  const release = ground.live.bodies.hold()
  try {
    for (let at = 0; at < candidates.length && rows.length < wanted; ) {
      const size = Math.max(wanted - rows.length, Math.floor(at / partsOfLooked))
      const portion = candidates.slice(at, at + size)
      await addMatching(ground, plan, { portion, rows, wanted, looked }, options)
      if (options.signal?.aborted === true)
        throw new StatewardError('ABORTED', 'the query was aborted while it ran', { cause: options.signal.reason })
      at += portion.length
    }
  } finally {
    release()
  }
  // What is behind the last row matches, for the index says so.
  const isBefore = plan.isCovered && rows.length === limit && rows.at(-1)?.id !== candidates.at(-1)?.id
  return { rows, isMore: rows.length > limit || isBefore }
}

interface Portion {
  readonly portion: readonly Candidate[]
  readonly rows: StoredRecord[]
  readonly wanted: number
  readonly looked: Looked
}

/** Adds those of a portion that match, until there are as many as wanted. */
async function addMatching(
  ground: QueryGround,
  plan: Plan,
  { portion, rows, wanted, looked }: Portion,
  options: AskOptions,
): Promise<void> {
  const before = rows.length
  const left = portion.flatMap((candidate) => {
    if (!isCold(candidate)) return candidate
    const known = looked.get(candidate.id)
    return known?.rev === candidate.place.rev ? (known.match ?? []) : candidate
  })
  await takeMatching(ground, plan, listed(left), (record) => rows.push(record) < wanted, options)
  const matches = new Map(rows.slice(before).map((row) => [row.id, row]))
  for (const one of left) if (isCold(one)) looked.set(one.id, { rev: one.place.rev, match: matches.get(one.id) })
}
