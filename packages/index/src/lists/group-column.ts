import type { ImageReader, ImageWriter } from '../images/image.ts'
import { makeWords } from '../images/packed-words.ts'
import { roomFor, soundColumn, withoutWaste, withRoom } from './column-room.ts'

/** The groups of some consecutive entries of an ordered list, in their order: one number while all are the same, else 4 bytes each. */
export class GroupColumn {
  #same: number
  #groups: Uint32Array | undefined

  /** @param groups at least one */
  constructor(groups: ArrayLike<number> & Iterable<number>) {
    this.#same = groups[0] ?? 0
    if (isOne(groups, this.#same)) return
    this.#groups = new Uint32Array(roomFor(groups.length))
    this.#groups.set(groups)
  }

  static load(image: ImageReader, length: number): GroupColumn {
    const sound = soundColumn(length, makeWords)
    const groups = image.wordsInto((found) => (found === 1 ? makeWords(1) : sound(found)))
    const column = new GroupColumn([groups[0] ?? 0])
    if (groups.length > 1) column.#groups = groups
    return column
  }

  /** As it is loaded again. */
  save(image: ImageWriter, length: number): void {
    image.words(this.#groups?.subarray(0, length) ?? Uint32Array.of(this.#same))
  }

  copy(): GroupColumn {
    const column = new GroupColumn([this.#same])
    column.#groups = this.#groups?.slice()
    return column
  }

  get memory(): readonly ArrayBufferView[] {
    return this.#groups === undefined ? [] : [this.#groups]
  }

  get bytes(): number {
    return this.#groups?.byteLength ?? 0
  }

  get(at: number): number {
    return this.#groups === undefined ? this.#same : (this.#groups[at] ?? 0)
  }

  /** A column of its own for the entries from `from` up to `to`, at least one. */
  part(from: number, to: number): GroupColumn {
    return new GroupColumn(this.#groups === undefined ? [this.#same] : this.#groups.subarray(from, to))
  }

  /** @param length entries before the insertion, fewer than `columnLength` */
  insert(at: number, group: number, length: number): void {
    if (this.#groups === undefined) {
      if (group === this.#same) return
      this.#groups = new Uint32Array(roomFor(length + 1)).fill(this.#same, 0, length)
    } else this.#groups = withRoom(this.#groups, length, makeWords)
    this.#groups.copyWithin(at + 1, at, length)
    this.#groups[at] = group
  }

  remove(at: number, length: number): void {
    if (this.#groups === undefined) return
    this.#groups.copyWithin(at, at + 1, length)
    this.#groups = withoutWaste(this.#groups, length - 1, makeWords)
  }
}

function isOne(groups: ArrayLike<number>, same: number): boolean {
  for (let at = 0; at < groups.length; at++) if (groups[at] !== same) return false
  return true
}
