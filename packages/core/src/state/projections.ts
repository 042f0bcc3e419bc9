import type { Clock, Projection, ProjectionKind, StoredRecord } from '@stateward/contract'
import type { BodyRequest } from '../records/bodies.ts'
import { PendingCheck } from '../records/suspension.ts'
import type { Live, LiveType } from './live.ts'
import { readAll } from './read-records.ts'

export interface ProjectionsOptions {
  readonly live: Live
  readonly clock: Clock
  /** Lets other work have its turn. */
  readonly breathe: () => Promise<void>
}

/** Records that a projection is filled with between two turns of the event loop. */
const sliceRecords = 256

/**
 * The projections that somebody has asked for, kept true to the durable state. One is filled in slices while writes go
 * on: it hears of changes from the beginning, and of every record that has not changed since from the filling.
 */
export class Projections {
  readonly #options: ProjectionsOptions
  readonly #filled = new Map<ProjectionKind, Projection>()
  readonly #filling = new Map<ProjectionKind, Promise<void>>()

  constructor(options: ProjectionsOptions) {
    this.#options = options
  }

  /** The projection of this kind; throws `PendingCheck` while it is being filled. */
  get<P extends Projection>(kind: ProjectionKind<P>): P {
    const filled = this.#filled.get(kind)
    if (filled !== undefined && kind.made(filled)) return filled
    let filling = this.#filling.get(kind)
    if (filling === undefined) {
      filling = this.#fill(kind).finally(() => this.#filling.delete(kind))
      // Who has asked may have gone by then.
      filling.catch(() => undefined)
      this.#filling.set(kind, filling)
    }
    throw new PendingCheck(filling)
  }

  async #fill(kind: ProjectionKind): Promise<void> {
    const { live, clock } = this.#options
    const projection = kind.create(clock)
    const stop = live.tell(kind.types, projection)
    try {
      for (const seed of kind.seeds) await this.#sow(projection, seed)
      this.#filled.set(kind, projection)
    } catch (error) {
      stop()
      throw error
    }
  }

  async #sow(projection: Projection, { type, field, value }: ProjectionKind['seeds'][number]): Promise<void> {
    const { live, breathe } = this.#options
    const liveType = live.types.get(type)
    if (liveType === undefined) return
    // Ids and not slots: a slot may stand for another record by the time its turn comes.
    const ids = Array.from(live.slotsReferring(liveType, field, value), (slot) => liveType.rows.idOf(slot))
    for (let from = 0; from < ids.length; from += sliceRecords) {
      const records = await newest(live, liveType, ids.slice(from, from + sliceRecords))
      for (const record of records) if (record[field] === value) projection.changed(type, undefined, record)
      await breathe()
    }
  }
}

/** Of these records, those that are live and as they were asked for: of a change meanwhile the projection has heard. */
async function newest(live: Live, type: LiveType, ids: readonly string[]): Promise<readonly StoredRecord[]> {
  const hot: StoredRecord[] = []
  const cold: BodyRequest[] = []
  for (const id of ids) {
    const slot = type.rows.slotOf(id)
    const record = slot === undefined ? undefined : live.hot(type, slot)
    if (record !== undefined) hot.push(record)
    else if (slot !== undefined) cold.push(live.request(type, slot))
  }
  const loaded = await readAll(live, cold)
  return [...hot, ...loaded.values()].filter(({ id, rev }) => {
    const slot = type.rows.slotOf(id)
    return slot !== undefined && type.rows.rev(slot) === rev
  })
}
