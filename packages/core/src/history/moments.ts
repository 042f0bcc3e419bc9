import {
  instantKey,
  type LogReader,
  type LostCommits,
  type Moment,
  type Seq,
  StatewardError,
} from '@stateward/contract'
import { commitsAt } from '../log/commits-at.ts'
import { invalid } from '../validation/check.ts'
import { describe } from '../validation/frozen-json.ts'
import type { HistoryIndex } from './history-index.ts'

export interface MomentsOptions {
  readonly reader: LogReader
  readonly index: HistoryIndex
  readonly lastSeq: () => Seq
  readonly now: () => number
}

/** Says which moments of the past there are. */
export class Moments {
  readonly #options: MomentsOptions

  constructor(options: MomentsOptions) {
    this.#options = options
  }

  /** As the message `asOf`. */
  async find({ seq, time }: { readonly seq?: unknown; readonly time?: unknown }): Promise<Moment> {
    if ((seq === undefined) === (time === undefined))
      throw invalid('expected either seq or time, found both or neither')
    const oldestSeq = await this.oldest()
    const found = seq === undefined ? await this.#seqAt(time, oldestSeq) : await this.checked(seq, 'seq')
    const [commit] = found === 0 ? [] : await commitsAt(this.#options.reader, [found])
    return { seq: found, oldestSeq, ...(commit === undefined ? {} : { timestamp: commit.timestamp }) }
  }

  /** A seq whose state can be read. `INVALID`, `TRIMMED`, `CORRUPT`. */
  async checked(seq: unknown, name = 'asOf'): Promise<Seq> {
    const lastSeq = this.#options.lastSeq()
    if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0)
      throw invalid(`expected ${name} to be the seq of a commit, a whole number from 0, found ${describe(seq)}`)
    if (seq > lastSeq) throw inFuture(`${name} up to ${lastSeq}, the last commit`, seq, lastSeq)
    const oldest = await this.oldest()
    if (seq < oldest) throw await this.#trimmed(`seq ${seq}`, oldest)
    await this.#options.index.ready()
    const lost = this.#options.index.lost.find(({ from, to }) => from <= seq && seq <= to)
    if (lost !== undefined) throw gone(seq, lost)
    return seq
  }

  /** The oldest state that there is: the beginning, or the base where what it covers has been let go of. */
  async oldest(): Promise<Seq> {
    const { reader } = this.#options
    const { firstSeq } = await reader.stats()
    if (firstSeq === 1) return 0
    return (await reader.loadBase())?.upTo ?? firstSeq - 1
  }

  async #seqAt(time: unknown, oldest: Seq): Promise<Seq> {
    const { index, reader, lastSeq, now } = this.#options
    const key = typeof time === 'string' ? instantKey(time) : undefined
    if (key === undefined)
      throw invalid(`expected time to be an RFC 3339 date-time such as 2024-01-20T10:00:00Z, found ${describe(time)}`)
    const ms = Date.parse(`${key.slice(0, 23)}Z`)
    await index.ready()
    const last = lastSeq()
    // A clock that was set back may stand before commits that have been.
    if (ms > now() && ms > index.times.latest) throw inFuture('a time that has come', time, last)
    let below = last + 1
    for (let block = index.times.before(ms, below); block !== undefined; block = index.times.before(ms, below)) {
      const { from, to } = block
      const seqs = Array.from({ length: to - from + 1 }, (_, at) => from + at)
      const commits = await commitsAt(reader, seqs)
      const found = commits.findLast(({ timestamp }) => (instantKey(timestamp) ?? '~') <= key)
      if (found !== undefined) {
        if (found.seq < oldest) break
        return found.seq
      }
      below = from
    }
    if (oldest > 0) throw await this.#trimmed(String(time), oldest)
    return 0
  }

  /** Why a moment cannot be had. */
  async trimmed(what: string): Promise<StatewardError> {
    return this.#trimmed(what, await this.oldest())
  }

  async #trimmed(what: string, oldestSeq: Seq): Promise<StatewardError> {
    const { reader } = this.#options
    // The commit that the base ends with is gone with those before it, so that the next one has to tell the time.
    const [commit] = await commitsAt(reader, [oldestSeq, oldestSeq + 1]).catch(() => [])
    const details = { oldestSeq, ...(commit === undefined ? {} : { oldestTime: commit.timestamp }) }
    const since = commit === undefined ? '' : ` (${commit.timestamp})`
    return new StatewardError(
      'TRIMMED',
      `expected the state as of ${what}, found that the log has let go of it; the oldest that can be had is seq ${oldestSeq}${since}`,
      { details },
    )
  }
}

function inFuture(expected: string, found: unknown, lastSeq: Seq): StatewardError {
  return new StatewardError('INVALID', `expected ${expected}, found ${describe(found)}, which is in the future`, {
    details: { lastSeq },
  })
}

function gone(seq: Seq, { from, to, report }: LostCommits): StatewardError {
  return new StatewardError(
    'CORRUPT',
    `expected the state as of seq ${seq}, found that commits ${from} to ${to} were lost (${report}); ask for seq ${from - 1} or for one behind ${to}`,
    { details: { from, to, report } },
  )
}
