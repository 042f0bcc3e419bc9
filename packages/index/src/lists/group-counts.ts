import { idTable } from '../ids/id-table.ts'
import { SlotRows } from '../ids/slot-rows.ts'
import type { Imaged, ImageReader, ImageWriter } from '../images/image.ts'

/** Numbers for groups, and how many are in each. A group that all have left is forgotten and its number given again. */
export class GroupCounts implements Imaged {
  readonly #groups = idTable()
  readonly #counts = new SlotRows(1)

  find(key: string): number | undefined {
    return this.#groups.slotOf(key)
  }

  /** How many are in the group of this key. */
  count(key: string): number {
    const group = this.find(key)
    return group === undefined ? 0 : this.#counts.get(group, 0)
  }

  /** One more in the group of this key. */
  enter(key: string): number {
    const group = this.#groups.insert(key)
    this.add(group)
    return group
  }

  /** One more in a group that has some. */
  add(group: number): void {
    this.#counts.set(group, 0, this.#counts.get(group, 0) + 1)
  }

  /** One less in this group. */
  leave(group: number): void {
    const left = this.#counts.get(group, 0) - 1
    this.#counts.set(group, 0, left)
    if (left === 0) this.#groups.remove(this.#groups.idOf(group))
  }

  *counts(): IterableIterator<[key: string, count: number]> {
    for (const group of this.#groups.slots()) yield [this.#groups.idOf(group), this.#counts.get(group, 0)]
  }

  get bytes(): number {
    return this.#groups.bytes + this.#counts.bytes
  }

  release(): readonly ArrayBufferView[] {
    return [...this.#groups.release(), ...this.#counts.release()]
  }

  save(image: ImageWriter): void {
    this.#groups.save(image)
    this.#counts.save(image)
  }

  load(image: ImageReader): void {
    this.#groups.load(image)
    this.#counts.load(image)
  }

  clear(): void {
    this.#groups.clear()
    this.#counts.clear()
  }
}
