import { type LogReader, StatewardError, type StoredRecord } from '@stateward/contract'
import type { Made, Result } from '../deciding/txid-window.ts'
import { versionAt } from '../history/history.ts'
import { BodyRequest } from '../records/bodies.ts'
import type { HeadLayer } from '../records/heads.ts'
import { recordKey } from '../records/record-key.ts'
import type { VersionPlace } from '../records/row-table.ts'
import { PendingCheck } from '../records/suspension.ts'
import type { Live } from '../state/live.ts'
import type { LogPump } from './log-pump.ts'

export interface PastOptions {
  readonly live: Live
  readonly pending: HeadLayer
  readonly pump: LogPump
  readonly reader: LogReader
}

/** Former versions of records, for decisions that need one: read from their old place, or from the history. */
export class Past {
  readonly #options: PastOptions
  readonly #found = new Map<string, StoredRecord>()

  constructor(options: PastOptions) {
    this.#options = options
  }

  /**
   * What a deleted record last was. Throws `PendingCheck` until it is found; a decision asks again then. `TRIMMED` when
   * the log no longer has it.
   */
  last(type: string, id: string): StoredRecord {
    const { live, pending, pump } = this.#options
    // A deletion that is not durable yet has no place of its own to look at.
    if (pending.own(type, id) !== undefined) throw new PendingCheck(pump.drained())
    const tombstone = live.types.get(type)?.rows.tombstones.get(id)
    return this.#find({ type, id, rev: (tombstone?.rev ?? 0) - 1 }, tombstone?.last)
  }

  /** The version that a commit made; where `rev` is 0, the newest. Throws as `last` does, and `ColdBodies`. */
  version({ type, id, rev, deleted }: Made): Result {
    if (deleted) return Object.freeze({ id, rev })
    const { pending } = this.#options
    const head = pending.head(type, id)
    if (head?.record !== undefined && (rev === 0 || head.rev === rev)) return head.record
    if (rev === 0) return Object.freeze({ id, rev: head?.rev ?? 0 })
    return this.#find({ type, id, rev }, undefined)
  }

  /** Forgets what was found for the decisions that are made by now. */
  forget(): void {
    this.#found.clear()
  }

  #find(wanted: Wanted, place: VersionPlace | undefined): StoredRecord {
    const key = `${recordKey(wanted.type, wanted.id)}\0${wanted.rev}`
    const found = this.#found.get(key)
    if (found === undefined) throw new PendingCheck(this.#read(wanted, place, key))
    return found
  }

  async #read(wanted: Wanted, place: VersionPlace | undefined, key: string): Promise<void> {
    const { live, reader } = this.#options
    const { type, id } = wanted
    const [atPlace] = place === undefined ? [] : await live.bodies.load([new BodyRequest(type, id, place)])
    const found = atPlace ?? (await versionAt(reader, wanted))
    if (found === undefined) {
      throw new StatewardError(
        'TRIMMED',
        `expected the history of ${type} ${id}, found that it has been let go of; create it anew`,
        { details: { type, id } },
      )
    }
    this.#found.set(key, found)
  }
}

interface Wanted {
  readonly type: string
  readonly id: string
  readonly rev: number
}
