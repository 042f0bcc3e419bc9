import type { StoredRecord } from '@stateward/contract'
import { placeOf } from './body-key.ts'

/** Places at first, and at most: with the references some 20 bytes each. */
const fewestPlaces = 256
const mostPlaces = 16_384
/** No key is this. */
const nobody = 0.5
/** A record is moved to the front of the cache again when an eighth of the cache has been taken in since. */
const partsPerTurnover = 8

/**
 * Of the records in a cache those that were read lately, each in the one place that its key has: a look into an array instead of a
 * search in a map and a chain. It holds nothing that the cache does not hold: whoever takes a record out there drops it here.
 */
export class LatelyRead {
  #keys = new Float64Array(fewestPlaces).fill(nobody)
  #records: (StoredRecord | undefined)[] = new Array(fewestPlaces).fill(undefined)
  #movedAt = new Float64Array(fewestPlaces)
  #takenIn = 0

  /** O(1). */
  get(key: number): StoredRecord | undefined {
    const place = this.#placeOf(key)
    return this.#keys[place] === key ? this.#records[place] : undefined
  }

  /**
   * Whether the cache has to be told that this record, found here, is in use: only when it could come near its end before it
   * is asked for again, because `entries / 8` others were taken in meanwhile. Tells it once.
   */
  isDue(key: number, entries: number): boolean {
    const place = this.#placeOf(key)
    if (this.#takenIn - (this.#movedAt[place] ?? 0) <= entries / partsPerTurnover) return false
    this.#movedAt[place] = this.#takenIn
    return true
  }

  /** A record that was just asked for in a cache of so many. Whatever was in its place leaves it. */
  keep(key: number, record: StoredRecord, entries: number): void {
    if (entries > this.#keys.length && this.#keys.length < mostPlaces) this.#grow(entries)
    const place = this.#placeOf(key)
    this.#keys[place] = key
    this.#records[place] = record
    this.#movedAt[place] = this.#takenIn
  }

  drop(key: number): void {
    const place = this.#placeOf(key)
    if (this.#keys[place] !== key) return
    this.#keys[place] = nobody
    this.#records[place] = undefined
  }

  /** One more record is in the cache. */
  tookIn(): void {
    this.#takenIn++
  }

  clear(): void {
    this.#keys.fill(nobody)
    this.#records.fill(undefined)
  }

  #grow(entries: number): void {
    let places = this.#keys.length
    while (places < entries && places < mostPlaces) places *= 2
    this.#keys = new Float64Array(places).fill(nobody)
    this.#records = new Array(places).fill(undefined)
    this.#movedAt = new Float64Array(places)
  }

  #placeOf(key: number): number {
    return placeOf(key) & (this.#keys.length - 1)
  }
}
