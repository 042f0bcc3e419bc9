import type { Slot, StoredRecord } from '@stateward/contract'
import type { FieldIndex } from '@stateward/index'

/** An index that is being built again: it holds what it must of the records in all slots below `upTo`. */
export interface Rebuilding {
  readonly index: FieldIndex
  upTo: Slot
}

/** What is to happen when an index fails in taking a change in. Without `ring`, whoever makes the change hears of it. */
export interface IndexAlarm {
  ring?: (type: string, index: string) => void
}

export interface Versions {
  readonly before: StoredRecord | undefined
  readonly after: StoredRecord | undefined
}

/** Is told of each change of a record below `upTo`, behind the indexes. Must not throw. */
export interface Follower {
  readonly upTo: Slot
  follow(slot: Slot, versions: Versions): void
}

/** The indexes of one type: which there are, and which of them may be asked. */
export class TypeIndexes {
  readonly #type: string
  readonly #make: () => readonly FieldIndex[]
  readonly #alarm: IndexAlarm
  /** All of them, in their order. */
  all: readonly FieldIndex[]
  /** Those that may be asked. Another list whenever that changes, so that who keeps a plan keeps it with its list. */
  trusted: readonly FieldIndex[]
  rebuilding: readonly Rebuilding[] = []
  readonly followers: Set<Follower> = new Set()

  /** @param make gives all of them, empty */
  constructor(type: string, make: () => readonly FieldIndex[], alarm: IndexAlarm) {
    this.#type = type
    this.#make = make
    this.#alarm = alarm
    this.all = make()
    this.trusted = this.all
  }

  /** Nobody asks this index from now on: an empty one stands in its place, to be built again. `false`: nobody did already. */
  distrust(index: FieldIndex): boolean {
    const fresh = this.#make()[this.all.indexOf(index)]
    if (fresh === undefined || !this.trusted.includes(index)) return false
    this.all = this.all.map((one) => (one === index ? fresh : one))
    this.#setRebuilding([...this.rebuilding, { index: fresh, upTo: 0 }])
    return true
  }

  /** This one holds every record now, and may be asked. */
  trust(rebuilt: Rebuilding): void {
    this.#setRebuilding(this.rebuilding.filter((one) => one !== rebuilt))
  }

  #setRebuilding(rebuilding: readonly Rebuilding[]): void {
    this.rebuilding = rebuilding
    this.trusted = this.all.filter((index) => !rebuilding.some((one) => one.index === index))
  }

  /** Keeps all of them true to one record. */
  update(slot: Slot, versions: Versions): void {
    for (const index of this.trusted) {
      try {
        index.update(slot, versions.before, versions.after)
      } catch (error) {
        // The change is durable: it must not fail of what can be built again.
        if (this.#alarm.ring === undefined) throw error
        if (this.distrust(index)) this.#alarm.ring(this.#type, index.name)
      }
    }
    for (const one of this.rebuilding) if (slot < one.upTo) follow(one, slot, versions)
    for (const one of this.followers) if (slot < one.upTo) one.follow(slot, versions)
  }
}

/** What lies beyond the place it has come to, it will read when it is there. */
function follow(rebuilding: Rebuilding, slot: Slot, { before, after }: Versions): void {
  try {
    rebuilding.index.update(slot, before, after)
  } catch {
    beginAgain(rebuilding)
  }
}

/** It holds nothing then. */
export function beginAgain(rebuilding: Rebuilding): void {
  rebuilding.index.clear()
  rebuilding.upTo = 0
}
