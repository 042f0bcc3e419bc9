import type { Group, Slot, StoredRecord } from '@stateward/contract'
import type { KeptIndex } from '@stateward/index'

/** An index that is being built again: it holds what it must of the records in all slots below `upTo`. */
export interface Rebuilding {
  readonly index: KeptIndex
  upTo: Slot
  /** Why nobody builds it any more before the next opening: only where it is one of the domain's own. */
  failure?: string
}

/** An index that is not kept in memory: an empty one stands in its place, of which nobody asks. */
export interface Dropped {
  readonly index: KeptIndex
  /** What it took, and of how many records, when it was dropped. */
  readonly bytes: number
  readonly records: number
}

/** What is to happen when an index fails in taking a change in. Without `ring`, whoever makes the change hears of it. */
export interface IndexAlarm {
  /** @param failure present where it is given up */
  ring?: (type: string, index: string, failure?: string) => void
  /** What nobody has heard, because it was before there was anybody. */
  unheard?: Parameters<NonNullable<IndexAlarm['ring']>>[]
  /** Told of every change. */
  grown?: () => void
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

/** What a use counts when another one has come: the last ten thousand make up most of what an index has saved. */
const fading = 0.9999

/** So often one of the domain's own is built again after it has failed. */
const mostFailures = 3

/** The indexes of one type: which there are, and which of them may be asked. */
export class TypeIndexes {
  readonly #type: string
  readonly #make: () => readonly KeptIndex[]
  readonly #alarm: IndexAlarm
  /** All of them, in their order. */
  all: readonly KeptIndex[]
  /** Those that may be asked. Another list whenever that changes, so that who keeps a plan keeps it with its list. */
  trusted: readonly KeptIndex[]
  rebuilding: readonly Rebuilding[] = []
  dropped: readonly Dropped[] = []
  readonly followers: Set<Follower> = new Set()
  /** By name: how often one of the domain's own has failed. */
  readonly #failures = new Map<string, number>()
  /** By name: looks at records that each index has saved, the older ones counting less. */
  readonly #saved = new Map<string, number>()
  /** Counts as they are until the next change, ready to be given out. */
  readonly #groups = new Map<KeptIndex, readonly Group[]>()

  /** @param make gives all of them, empty */
  constructor(type: string, make: () => readonly KeptIndex[], alarm: IndexAlarm) {
    this.#type = type
    this.#make = () => {
      const made = make()
      for (const one of made) if (one.isCustom) one.whenFailing = (failure) => this.#customFails(one, failure)
      return made
    }
    this.#alarm = alarm
    this.all = this.#make()
    this.trusted = this.all.filter(({ isCustom }) => isCustom !== true)
    // They take in whole records, which an opening does not read.
    this.rebuilding = this.all.flatMap((index) => (index.isCustom ? [{ index, upTo: 0 }] : []))
  }

  /** One of the domain's own does nothing more. A new one is built in its place, but not for ever. */
  #customFails(index: KeptIndex, failure: string): void {
    const failures = (this.#failures.get(index.name) ?? 0) + 1
    this.#failures.set(index.name, failures)
    const wasAsked = this.distrust(index)
    if (wasAsked) this.#ring(index.name)
    const rebuilding = this.rebuilding.find((one) => one.index === index || (wasAsked && one.index.name === index.name))
    if (rebuilding === undefined || (wasAsked && failures <= mostFailures)) return
    rebuilding.failure = failure
    this.#ring(index.name, failure)
  }

  #ring(...told: [index: string, failure?: string]): void {
    if (this.#alarm.ring !== undefined) this.#alarm.ring(this.#type, ...told)
    else this.#alarm.unheard = [...(this.#alarm.unheard ?? []), [this.#type, ...told]]
  }

  /** Nobody asks this index from now on: an empty one stands in its place, to be built again. `false`: nobody did already. */
  distrust(index: KeptIndex): boolean {
    const fresh = this.#make()[this.all.indexOf(index)]
    if (fresh === undefined || !this.trusted.includes(index)) return false
    this.all = this.all.map((one) => (one === index ? fresh : one))
    this.#setRebuilding([...this.rebuilding, { index: fresh, upTo: 0 }])
    return true
  }

  /** This index has thrown: nobody asks it from now on, and the alarm rings. `false` where there is nobody to hear it. */
  failed(index: KeptIndex): boolean {
    if (this.#alarm.ring === undefined) return false
    if (this.distrust(index)) this.#alarm.ring(this.#type, index.name)
    return true
  }

  /** This one holds every record now, and may be asked. */
  trust(rebuilt: Rebuilding): void {
    this.#setRebuilding(this.rebuilding.filter((one) => one !== rebuilt))
  }

  /** Takes an index out of memory: nobody asks it from now on, nor tells it of anything. */
  drop(index: KeptIndex, { bytes, records }: Omit<Dropped, 'index'>): void {
    const fresh = this.#make()[this.all.indexOf(index)]
    if (fresh === undefined) return
    this.all = this.all.map((one) => (one === index ? fresh : one))
    this.dropped = [...this.dropped, { index: fresh, bytes, records }]
    this.#setRebuilding(this.rebuilding.filter((one) => one.index !== index))
  }

  isDropped(index: KeptIndex): boolean {
    return this.dropped.some((one) => one.index === index)
  }

  /** Has a dropped index built again. */
  restore(dropped: Dropped): void {
    this.dropped = this.dropped.filter((one) => one !== dropped)
    this.#setRebuilding([...this.rebuilding, { index: dropped.index, upTo: 0 }])
  }

  /** A query was answered by this index, which has saved so many looks at records. */
  used({ name }: { readonly name: string }, looks: number): void {
    this.#saved.set(name, (this.#saved.get(name) ?? 0) * fading + looks)
  }

  /** What it has saved, of its last uses. */
  saved({ name }: KeptIndex): number {
    return this.#saved.get(name) ?? 0
  }

  /** What an index counts, as it was made the last time, where nothing has changed since. */
  groupsOf(index: KeptIndex, make: () => readonly Group[]): readonly Group[] {
    const known = this.#groups.get(index)
    if (known !== undefined) return known
    const groups = make()
    this.#groups.set(index, groups)
    return groups
  }

  #setRebuilding(rebuilding: readonly Rebuilding[]): void {
    this.rebuilding = rebuilding
    this.#groups.clear()
    this.trusted = this.all.filter((index) => !this.isDropped(index) && !rebuilding.some((one) => one.index === index))
  }

  /** Keeps all of them true to one record. */
  update(slot: Slot, versions: Versions): void {
    if (this.#groups.size > 0) this.#groups.clear()
    for (const index of this.trusted) {
      try {
        index.update(slot, versions.before, versions.after)
      } catch (error) {
        // The change is durable: it must not fail of what can be built again.
        if (!this.failed(index)) throw error
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
