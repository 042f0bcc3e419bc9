import type { StoredRecord } from '@stateward/contract'
import { recordKey } from '../records/record-key.ts'
import type { LiveRelated, RelatedSource } from './live-related.ts'

/** Which live queries hear of which records that their rows lead to, by the id. */
export class RelatedWatchers {
  readonly #byKey = new Map<string, Set<LiveRelated>>()
  /** While a group of commits is being told: who has something to tell when it is over. */
  #waiting: Set<LiveRelated> | undefined

  /** What a live query needs of this. */
  of(): Pick<RelatedSource, 'watch' | 'unwatch' | 'waits'> {
    return {
      watch: (key, related) => {
        const known = this.#byKey.get(key)
        if (known === undefined) this.#byKey.set(key, new Set([related]))
        else known.add(related)
      },
      unwatch: (key, related) => {
        const known = this.#byKey.get(key)
        known?.delete(related)
        if (known?.size === 0) this.#byKey.delete(key)
      },
      waits: (related) => {
        this.#waiting?.add(related)
        return this.#waiting !== undefined
      },
    }
  }

  /** A commit has made this of a record. O(1), and O(who hears of it). */
  changed(type: string, id: string, after: StoredRecord | undefined): void {
    if (this.#byKey.size === 0) return
    const key = recordKey(type, id)
    for (const related of this.#byKey.get(key) ?? []) {
      related.related(key, after)
      this.#waiting?.add(related)
    }
  }

  /** Does what tells of a group of commits; whoever has something to tell does so behind it, once. */
  together(work: () => void): void {
    const waiting = new Set<LiveRelated>()
    this.#waiting = waiting
    try {
      work()
    } finally {
      this.#waiting = undefined
    }
    for (const related of waiting) related.flush()
  }
}
