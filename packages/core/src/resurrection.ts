import { type LogReader, StatewardError, type StoredRecord } from '@stateward/contract'
import { BodyRequest } from './bodies.ts'
import type { HeadLayer } from './heads.ts'
import { versionsOf } from './history.ts'
import type { Live } from './live.ts'
import type { LogPump } from './log-pump.ts'
import type { VersionPlace } from './row-table.ts'
import { PendingCheck } from './suspension.ts'

export interface ResurrectionOptions {
  readonly live: Live
  readonly pending: HeadLayer
  readonly pump: LogPump
  readonly reader: LogReader
}

/** Finds what a deleted record last was: at its old place in the log, or, where a base has taken that away, in the history. */
export class Resurrection {
  readonly #options: ResurrectionOptions
  readonly #found = new Map<string, StoredRecord>()

  constructor(options: ResurrectionOptions) {
    this.#options = options
  }

  /** Throws `PendingCheck` until it is found; a decision asks again then. `TRIMMED` when the log no longer has it. */
  lastVersion(type: string, id: string): StoredRecord {
    const { live, pending, pump } = this.#options
    // A deletion that is not durable yet has no place of its own to look at.
    if (pending.own(type, id) !== undefined) throw new PendingCheck(pump.drained())
    const tombstone = live.type(type).rows.tombstones.get(id)
    const key = `${type}\0${id}\0${tombstone?.rev}`
    const found = this.#found.get(key)
    if (found === undefined) throw new PendingCheck(this.#find(type, id, tombstone?.last, key))
    this.#found.delete(key)
    return found
  }

  async #find(type: string, id: string, last: VersionPlace | undefined, key: string): Promise<void> {
    const { live, reader } = this.#options
    const [atPlace] = last === undefined ? [] : await live.bodies.load([new BodyRequest(type, id, last)])
    const found = atPlace ?? (await lastInHistory(reader, type, id))
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

async function lastInHistory(reader: LogReader, type: string, id: string): Promise<StoredRecord | undefined> {
  const { firstSeq } = await reader.stats()
  let last: StoredRecord | undefined
  for await (const version of versionsOf(reader, { type, id, from: firstSeq })) last = version.record ?? last
  return last
}
