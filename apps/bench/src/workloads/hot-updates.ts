import { expectEqual } from '../check.ts'
import type { Store } from '../contender.ts'
import type { DataSet } from '../data/data-set.ts'
import { readsOf, writesOf } from '../part-of.ts'

const most = 1024
const looks = 200

/** Updates of the same few phases again and again, of each caller others, in a store of any size that holds them. */
export class HotUpdates {
  readonly #store: Store
  readonly #data: DataSet
  readonly #own: readonly (readonly number[])[]
  /** By index of the record, the number of its last update. */
  readonly #last = new Map<number, number>()
  #count = 0

  constructor(store: Store, data: DataSet, callers: number) {
    this.#store = store
    this.#data = data
    const phases = Array.from(data.indicesOf('phase').subarray(0, most))
    this.#own = Array.from({ length: callers }, (_, caller) => phases.filter((_, at) => at % callers === caller))
  }

  next(caller: number): unknown {
    const own = this.#own[caller] ?? []
    return this.of(own[Math.floor(this.#count / this.#own.length) % own.length] ?? 0)
  }

  /** The next update, of the phase at this index. */
  of(index: number): unknown {
    const count = this.#count++
    this.#last.set(index, count)
    return writesOf(this.#store).update(this.#data.idAt(index), this.#data.changes(count))
  }

  /** Rejects unless each phase is as its last update has left it. */
  async check(): Promise<void> {
    for (const [index, count] of [...this.#last].slice(-looks)) {
      const row = await readsOf(this.#store).get('phase', this.#data.idAt(index))
      const found = row !== undefined && 'description' in row ? row.description : undefined
      expectEqual(`update ${count}`, this.#data.changes(count).description, found)
    }
  }
}
