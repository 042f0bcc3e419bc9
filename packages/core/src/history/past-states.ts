import { type Domain, type LogReader, limits, type Ptr, type Seq, StatewardError } from '@stateward/contract'
import { decodeCommit } from '../log/codec.ts'
import { linesAt } from '../log/commits-at.ts'
import { PlanCache } from '../querying/plan-cache.ts'
import { Bodies } from '../records/bodies.ts'
import { take, warmFor } from '../recovery/replay.ts'
import { Live } from '../state/live.ts'
import { LiveView } from '../state/read-view.ts'
import { withoutCustomIndexes } from '../state/without-custom-indexes.ts'

export interface PastStatesOptions {
  readonly reader: LogReader
  readonly domain: Domain
  readonly cacheBytes: number
  readonly breathe: () => Promise<void>
}

/** A state of the past, to run queries on. */
export interface PastState {
  readonly view: LiveView
  readonly plans: PlanCache
}

interface Kept extends PastState {
  readonly live: Live
  /** Where the rows stand that came from a base: their pointers are their places here. */
  readonly baseRows: Ptr[]
  users: number
}

/** A pointer of a past state is the seq of a commit; from here on it is a row of the base. */
const rowOrigin = 2 ** 52

/**
 * States of the past as tables and indexes, made by folding the log up to there: from the base, if that is older, or from
 * the last state that was asked for and is older, or from the beginning. One is made at a time, and few are kept.
 */
export class PastStates {
  readonly #options: PastStatesOptions
  /** The one used last is last. */
  readonly #kept: Kept[] = []
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: PastStatesOptions) {
    this.#options = options
  }

  /** Runs `work` on the state after this commit, which must be one that the log can still tell. O(commits since the nearest). */
  async using<T>(seq: Seq, work: (state: PastState) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const state = await this.#inTurn(() => this.#at(seq, signal))
    try {
      return await work(state)
    } finally {
      state.users--
    }
  }

  #inTurn<T>(make: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(make)
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  async #at(seq: Seq, signal: AbortSignal | undefined): Promise<Kept> {
    const same = this.#kept.find(({ live }) => live.lastSeq === seq)
    // What somebody reads from must stay where it is, and what has failed half-way is of no use.
    const older = this.#kept.filter(({ live, users }) => users === 0 && live.lastSeq < seq)
    const nearest = older.sort((left, right) => right.live.lastSeq - left.live.lastSeq)[0]
    const state = same ?? (await this.#folded(nearest, seq, signal))
    this.#drop(state)
    this.#kept.push(state)
    for (const idle of this.#kept.filter(({ users }) => users === 0).slice(0, -limits.pastStates)) this.#drop(idle)
    state.users++
    return state
  }

  #drop(state: Kept): void {
    const at = this.#kept.indexOf(state)
    if (at >= 0) this.#kept.splice(at, 1)
  }

  async #folded(nearest: Kept | undefined, seq: Seq, signal: AbortSignal | undefined): Promise<Kept> {
    const base = await this.#options.reader.loadBase()
    const isBaseNearer = base !== undefined && base.upTo <= seq && base.upTo > (nearest?.live.lastSeq ?? 0)
    if (nearest !== undefined) this.#drop(nearest)
    const state = isBaseNearer || nearest === undefined ? this.#fresh() : nearest
    const { live, baseRows } = state
    if (isBaseNearer) {
      for await (const { records, seqs, ptrs } of base.chunks) {
        for (const [at, record] of records.entries()) {
          live.takeBase(decodeCommit(record, seqs[at] ?? 0), rowOrigin + baseRows.length)
          baseRows.push(ptrs[at] ?? 0)
        }
        await this.#pause(signal)
      }
      live.lastSeq = base.upTo
    }
    await this.#foldLog(live, seq, signal)
    return state
  }

  async #foldLog(live: Live, seq: Seq, signal: AbortSignal | undefined): Promise<void> {
    if (live.lastSeq >= seq) return
    for await (const { records, firstSeq, lost } of this.#options.reader.read(live.lastSeq + 1)) {
      if (lost !== undefined) live.lastSeq = Math.max(live.lastSeq, lost.to)
      const wanted = records.slice(0, seq - firstSeq + 1)
      const commits = wanted.map((record, at) => decodeCommit(record, firstSeq + at))
      await warmFor(commits, live)
      for (const commit of commits) if (commit.seq > live.lastSeq) await take(commit, commit.seq, live)
      live.pinned.clear()
      if (live.lastSeq >= seq) break
      await this.#pause(signal)
    }
    live.lastSeq = seq
  }

  async #pause(signal: AbortSignal | undefined): Promise<void> {
    await this.#options.breathe()
    if (signal?.aborted === true)
      throw new StatewardError('ABORTED', 'the query of the past was aborted while the log was folded', {
        cause: signal.reason,
      })
  }

  #fresh(): Kept {
    const { reader, domain, cacheBytes } = this.#options
    const baseRows: Ptr[] = []
    const fetch = (ptrs: readonly Ptr[]): Promise<(Uint8Array | undefined)[]> => fetchAt(reader, baseRows, ptrs)
    const live = new Live(withoutCustomIndexes(domain), new Bodies({ fetch }, cacheBytes), letGo)
    return { live, baseRows, view: new LiveView(live), plans: new PlanCache(), users: 0 }
  }
}

/** Rows of a base by their pointers, commits by their seq. */
async function fetchAt(
  reader: LogReader,
  baseRows: readonly Ptr[],
  ptrs: readonly Ptr[],
): Promise<(Uint8Array | undefined)[]> {
  const rows = ptrs.filter((ptr) => ptr >= rowOrigin)
  const lines = await linesAt(
    reader,
    ptrs.filter((ptr) => ptr < rowOrigin),
  )
  const fetched = rows.length === 0 ? [] : await reader.fetch(rows.map((ptr) => baseRows[ptr - rowOrigin] ?? 0))
  for (const [at, ptr] of rows.entries()) {
    const line = fetched[at]
    if (line !== undefined) lines.set(ptr, line)
  }
  return ptrs.map((ptr) => lines.get(ptr))
}

/** The log was compacted while the past was looked at. */
function letGo(type: string, id: string, seq: Seq): StatewardError {
  return new StatewardError(
    'TRIMMED',
    `expected ${type} ${id} at seq ${seq}, found that the log has let go of it since; ask again`,
    { details: { type, id, seq } },
  )
}
