import type { Seq } from '@stateward/contract'
import type { Access } from '@stateward/query'
import { BodyRequest } from '../records/bodies.ts'
import type { VersionPlace } from '../records/row-table.ts'
import type { Live, LiveType, Watcher } from '../state/live.ts'
import { type Candidate, LiveView, type ReadView, slotsOf } from '../state/read-view.ts'

/**
 * The state as of one seq, kept while later commits come in: taking it costs nothing, and each record that changes
 * afterwards leaves the place of its old version here, once. Must be closed, or it watches for ever.
 */
export class SnapshotView implements ReadView {
  readonly keepsOrder = false
  readonly live: Live
  readonly seq: Seq
  readonly records: number
  readonly #now: LiveView
  /** Records changed since: their version at `seq`, `undefined` where there was none. */
  readonly #since = new Map<LiveType, Map<string, VersionPlace | undefined>>()
  readonly #sizes = new Map<LiveType, number>()
  readonly #watcher: Watcher

  constructor(live: Live) {
    this.live = live
    this.#now = new LiveView(live)
    this.seq = live.lastSeq
    for (const type of live.types.values()) this.#sizes.set(type, type.rows.size)
    this.records = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0)
    this.#watcher = (type, id, before) => this.#remember(type, id, before)
    live.watchers.add(this.#watcher)
  }

  #remember(type: LiveType, id: string, before: VersionPlace | undefined): void {
    let changed = this.#since.get(type)
    if (changed === undefined) {
      changed = new Map()
      this.#since.set(type, changed)
    }
    if (!changed.has(id)) changed.set(id, before)
  }

  /** Records changed since, of which the old places are kept. */
  get changed(): number {
    let changed = 0
    for (const places of this.#since.values()) changed += places.size
    return changed
  }

  close(): void {
    this.live.watchers.delete(this.#watcher)
    this.#since.clear()
  }

  size(type: LiveType): number {
    return this.#sizes.get(type) ?? 0
  }

  find(type: LiveType, id: string): Candidate | undefined {
    const changed = this.#since.get(type)
    if (changed?.has(id) !== true) return this.#now.find(type, id)
    const place = changed.get(id)
    return place === undefined ? undefined : new BodyRequest(type.name, id, place)
  }

  *candidates(type: LiveType, access: Access): Iterable<Candidate> {
    const changed = this.#since.get(type)
    if (changed === undefined) {
      yield* this.#now.candidates(type, access)
      return
    }
    for (const slot of slotsOf(type, access)) if (!changed.has(type.rows.idOf(slot))) yield this.#now.at(type, slot)
    // An index knows nothing of old versions, so each of them is a candidate; the predicate decides.
    for (const [id, place] of changed) if (place !== undefined) yield new BodyRequest(type.name, id, place)
  }
}
