import type { Slot, StoredRecord } from '@stateward/contract'
import { hashOf, hashOfKey, keyOf, nowhere, RecordShard } from './record-shard.ts'

const shardBits = 6
/** From so many records on there are several tables, so that none takes long to grow. A small store has one. */
const mostInOne = 2_048
/** Entries that are passed over at most for one that goes: what is asked for often must not make one write a long one. */
const mostPassed = 4_096
/** What an entry takes beside its record: key, size, mark and place, in a table that is half to three quarters full. */
const entryBytes = 40

/**
 * Records by type and slot, bounded in bytes. What has to go is found by the clock algorithm (second chance): a hand goes round, and
 * passes over what was asked for since it was there last. Asking sets a byte and moves nothing.
 */
export class RecordCache {
  /** While there are few records they are all in this one. */
  readonly #only = new RecordShard()
  #shards: readonly RecordShard[] = []
  #handShard = 0
  #handAt = 0
  #maxBytes: number
  #bytes = 0
  #count = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get maxBytes(): number {
    return this.#maxBytes
  }

  get count(): number {
    return this.#count
  }

  get(type: number, slot: Slot): StoredRecord | undefined {
    const hash = hashOf(type, slot)
    const shard = this.#shardOf(hash)
    const at = shard.find(keyOf(type, slot), hash)
    if (at === nowhere) return undefined
    shard.marks[at] = 1
    return shard.records[at]
  }

  /** As `get`, and it does not count as asked for. */
  peek(type: number, slot: Slot): StoredRecord | undefined {
    const hash = hashOf(type, slot)
    const shard = this.#shardOf(hash)
    const at = shard.find(keyOf(type, slot), hash)
    return at === nowhere ? undefined : shard.records[at]
  }

  /** In the place of what was there. Others go until there is room; what is larger than the whole cache is not kept. */
  set(type: number, slot: Slot, record: StoredRecord, recordBytes: number): void {
    const size = recordBytes + entryBytes
    if (size > this.#maxBytes) {
      this.delete(type, slot)
      return
    }
    const hash = hashOf(type, slot)
    const key = keyOf(type, slot)
    const shard = this.#shardOf(hash)
    const at = shard.find(key, hash)
    if (at === nowhere) {
      shard.add({ key, record, size, mark: 0 }, hash)
      this.#bytes += size
      if (++this.#count > mostInOne && this.#shards.length === 0) this.#split()
    } else {
      this.#bytes += size - (shard.sizes[at] ?? 0)
      shard.replace(at, record, size)
    }
    this.#makeRoom()
  }

  delete(type: number, slot: Slot): void {
    const hash = hashOf(type, slot)
    const shard = this.#shardOf(hash)
    const at = shard.find(keyOf(type, slot), hash)
    if (at !== nowhere) this.#removeAt(shard, at)
  }

  /** Changes the most that it may hold, and gives the memory of its tables back where that is less. */
  bound(maxBytes: number): void {
    const isLess = maxBytes < this.#maxBytes
    this.#maxBytes = maxBytes
    if (!isLess) return
    this.#makeRoom()
    this.#only.fit()
    for (const shard of this.#shards) shard.fit()
  }

  /** The lower bits of a hash choose the place, the upper ones the shard. */
  #shardOf(hash: number): RecordShard {
    return this.#shards[hash >>> (32 - shardBits)] ?? this.#only
  }

  #split(): void {
    this.#shards = Array.from({ length: 1 << shardBits }, () => new RecordShard())
    this.#handAt = 0
    for (const entry of this.#only.entries()) {
      const hash = hashOfKey(entry.key)
      this.#shardOf(hash).add(entry, hash)
    }
    this.#only.clear()
  }

  #removeAt(shard: RecordShard, at: number): void {
    this.#bytes -= shard.sizes[at] ?? 0
    this.#count--
    shard.removeAt(at)
  }

  #makeRoom(): void {
    let passed = 0
    while (this.#bytes > this.#maxBytes) {
      const shard = this.#shards[this.#handShard] ?? this.#only
      const at = this.#handAt
      if (at >= shard.keys.length) {
        this.#handShard = (this.#handShard + 1) % Math.max(1, this.#shards.length)
        this.#handAt = 0
      } else if (shard.keys[at] === 0) {
        this.#handAt++
      } else if (shard.marks[at] === 1 && passed < mostPassed) {
        shard.marks[at] = 0
        passed++
        this.#handAt++
      } else {
        // The hand stays: what stood behind it may have moved to this place.
        this.#removeAt(shard, at)
        passed = 0
      }
    }
  }
}
