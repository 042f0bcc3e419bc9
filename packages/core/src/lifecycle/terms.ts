import {
  type Commit,
  type Notify,
  type RecoveryReport,
  type Reopening,
  type Seq,
  StatewardError,
  type StoreEvent,
} from '@stateward/contract'
import { versionAt } from '../history/history.ts'
import { follow } from '../log/follow.ts'
import type { BodyRequest, VersionFinder } from '../records/bodies.ts'
import { within } from '../records/within.ts'
import type { Snapshots } from '../snapshots/snapshots.ts'
import type { Audience } from '../subscriptions/audience.ts'
import { closed } from '../validation/refusals.ts'
import type { Term } from './term.ts'

/** What `reopen` answers. */
export interface Reopened extends Reopening {
  /** What the opening found and did. */
  readonly recovery: RecoveryReport
}

export interface TermsOptions {
  readonly first: Term
  /** Opens the log anew. */
  readonly open: () => Promise<Term>
  readonly snapshots: Snapshots
  readonly audience: Audience
  readonly tell: Notify<StoreEvent>
}

/** The present term of a store, the former ones that somebody still reads, and the way from one to the next. */
export class Terms {
  readonly #options: TermsOptions
  #current: Term
  /** Where the log ended at the beginning of each term. */
  readonly #beginnings: Seq[]
  readonly #former = new Map<Term, Promise<void>>()
  #reopening: Promise<Reopened> | undefined
  /** Counts the reopenings that were tried: what was read meanwhile may have been read while lines were moved. */
  #tries = 0
  #isClosing = false

  constructor(options: TermsOptions) {
    this.#options = options
    this.#current = options.first
    this.#beginnings = [options.first.recovery.lastSeq]
  }

  get current(): Term {
    return this.#current
  }

  /** Begins the next term when this one takes no writes any more. Who asks meanwhile hears of the reopening that runs. */
  reopen(): Promise<Reopened> {
    this.#reopening ??= this.#reopen().finally(() => {
      this.#reopening = undefined
    })
    return this.#reopening
  }

  async #reopen(): Promise<Reopened> {
    const former = this.#current
    await former.pump.drained()
    if (former.pump.failure === undefined) return { lastSeq: former.live.lastSeq, recovery: former.recovery }
    this.#tries++
    await former.writer.retire?.()
    let succeed: (find: VersionFinder | undefined) => void = ignore
    // Not before the writer has retired: that waits for a base whose rows are read this way.
    former.live.bodies.succeededBy(
      new Promise((resolve) => {
        succeed = resolve
      }),
    )
    try {
      const next = await this.#options.open()
      if (this.#isClosing) {
        await next.writer.close().catch(ignore)
        throw closed()
      }
      // From here to the end of the turn: whoever reads sees the one term or the other.
      this.#current = next
      this.#options.audience.reopened()
      succeed(this.#finder(this.#beginnings.push(next.recovery.lastSeq) - 1))
      return this.#succeeded(former, next)
    } finally {
      succeed(undefined)
    }
  }

  #succeeded(former: Term, next: Term): Reopened {
    former.end()
    this.#former.set(former, this.#letGo(former))
    if (next.pump.failure !== undefined) throw next.pump.failure
    const { recovery } = next
    const lost = former.lostBy(next)
    const found: Reopening = { lastSeq: recovery.lastSeq, ...(lost === undefined ? {} : { lost }) }
    this.#options.tell({ kind: 'reopened', ...found })
    return { ...found, recovery }
  }

  async #letGo(former: Term): Promise<void> {
    await this.#options.snapshots.noneOpen(former.live)
    await former.live.bodies.released()
    await former.live.whole.close().catch(ignore)
    await former.writer.close().catch(ignore)
    this.#former.delete(former)
  }

  /** Settles when nobody reads from a former term any more. */
  async alone(): Promise<void> {
    await Promise.all(this.#former.values())
  }

  /** Runs what reads the log at length. When the log is reopened meanwhile, it is run again on what that leaves. */
  async steadily<T>(read: (term: Term) => Promise<T>): Promise<T> {
    for (;;) {
      await this.#reopening?.catch(ignore)
      const tries = this.#tries
      const outcome = await read(this.#current).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      )
      if (tries !== this.#tries && !this.#isClosing) continue
      if ('value' in outcome) return outcome.value
      throw outcome.error
    }
  }

  /**
   * As `follow`, over every term: neither skips nor repeats a commit where one ends and the next begins. Throws `CORRUPT`
   * when commits that it has told were lost with the disk.
   */
  async *follow(from: Seq, signals: readonly AbortSignal[]): AsyncGenerator<readonly Commit[]> {
    for (let next = from; ; ) {
      const term = this.#current
      const tries = this.#tries
      const beginnings = this.#beginnings.length
      try {
        for await (const group of follow(term.writer, next, [...signals, term.ended])) {
          yield group
          next = within(group, group.length - 1).seq + 1
        }
      } catch (error) {
        await this.#reopening?.catch(ignore)
        if (tries === this.#tries || this.#isClosing) throw error
      }
      if (signals.some(({ aborted }) => aborted) || tries === this.#tries) return
      await this.#reopening?.catch(ignore)
      const end = this.#leastSince(beginnings)
      if (end < next - 1) throw toldAndLost(next - 1, end)
    }
  }

  /** The lowest seq at which a term has begun since there were so many of them. */
  #leastSince(beginnings: number): Seq {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#beginnings.slice(beginnings))
  }

  /** Finds versions of the terms before `beginning` in the log as it is now. */
  #finder(beginning: number): VersionFinder {
    return async (requests) => {
      const kept = this.#leastSince(beginning)
      const { live } = this.#current
      await live.whole.reached()
      const places = requests.map((request) => {
        const type = live.types.get(request.type)
        const slot = type?.rows.slotOf(request.id)
        if (type === undefined || slot === undefined || request.place.seq > kept) return undefined
        return type.rows.seq(slot) === request.place.seq ? live.request(type, slot) : undefined
      })
      const loaded = await live.bodies.load(places.filter((place) => place !== undefined))
      const found = places.map((place) => (place === undefined ? undefined : loaded.shift()))
      // What has changed since stands in the history only.
      for (const [at, request] of requests.entries()) {
        if (found[at] === undefined && request.place.seq <= kept) found[at] = await this.#versionAt(request)
      }
      return found
    }
  }

  #versionAt({ type, id, place: { rev } }: BodyRequest): ReturnType<typeof versionAt> {
    return this.steadily(({ writer }) => versionAt(writer, { type, id, rev }))
  }

  /** No reopening succeeds from now on; settles when none is on its way. */
  async closing(): Promise<void> {
    this.#isClosing = true
    await this.#reopening?.catch(ignore)
  }

  /** Saves beside the log what the next opening is faster with, within the time, if that is worth it; in a hurry nothing. */
  async save(timeoutMs: number, hurry: AbortSignal): Promise<void> {
    for (const { writer } of this.#former.keys()) await writer.close().catch(ignore)
    if (this.#current.pump.failure !== undefined) return
    await this.#current.checkpoints.close(timeoutMs, hurry)
    if (!hurry.aborted) await this.#current.saveHistory(timeoutMs)
  }

  /** Closes the log. */
  async close(): Promise<void> {
    for (const { writer } of this.#former.keys()) await writer.close().catch(ignore)
    for (const { live } of [this.#current, ...this.#former.keys()]) await live.whole.close().catch(ignore)
    await this.#current.writer.close()
    for (const term of [this.#current, ...this.#former.keys()]) await term.release().catch(ignore)
  }
}

function toldAndLost(told: Seq, end: Seq): StatewardError {
  return new StatewardError(
    'CORRUPT',
    `commit ${told} was told, and the log that was opened again ends at ${end}: the disk lost what was not yet durable. Begin anew.`,
    { details: { told, lastSeq: end } },
  )
}

function ignore(): void {}
