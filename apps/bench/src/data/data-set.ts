import { hash } from './hash.ts'
import { type Item, type ItemType, itemTypes } from './item.ts'
import { executionStatus, ItemMaker, type Particulars, workStatus } from './item-maker.ts'
import { parentAt, typeAt } from './shape.ts'
import { uuidv7 } from './uuid.ts'

const firstMs = Date.parse('2026-01-01T00:00:00.000Z')
const createdEveryMs = 10
const updatedWithinMs = 30 * 24 * 3_600_000
// Indices from here on belong to records that are created while the clock runs.
const firstNew = 1_000_000_000

/** What an update sets. */
export interface Changes {
  readonly description: string
  readonly updated_at: string
}

/** `size` records, a pure function of size and seed, made when they are asked for. Ids ascend with the index. */
export class DataSet {
  readonly size: number
  readonly seed: number
  readonly #maker: ItemMaker
  readonly #indices = new Map<ItemType, Int32Array>()

  constructor(size: number, seed: number) {
    this.size = size
    this.seed = seed
    this.#maker = new ItemMaker(seed)
  }

  typeAt(index: number): ItemType {
    return typeAt(index)
  }

  idAt(index: number): string {
    return uuidv7(firstMs + index * createdEveryMs, index, hash(this.seed, index, 1))
  }

  /** The index of the record that this one is a part of. */
  parentOf(index: number): number {
    return parentAt(index)
  }

  statusAt(index: number): string {
    const bits = hash(this.seed, index, 2)
    return typeAt(index) === 'execution' ? executionStatus(bits) : workStatus(bits)
  }

  updatedMsAt(index: number): number {
    return firstMs + index * createdEveryMs + (hash(this.seed, index, 3) % updatedWithinMs)
  }

  /** Indices of the records of one type, ascending. */
  indicesOf(type: ItemType): Int32Array {
    let found = this.#indices.get(type)
    if (found === undefined) {
      const all: number[] = []
      for (let index = 0; index < this.size; index++) if (typeAt(index) === type) all.push(index)
      found = Int32Array.from(all)
      this.#indices.set(type, found)
    }
    return found
  }

  itemAt(index: number): Item {
    const particulars = this.#particulars(index, this.idAt(parentAt(index)))
    return this.#maker.item(typeAt(index), hash(this.seed, index, 2), particulars)
  }

  /** The `count`-th record that is created while the clock runs: a phase of one of the specs of this data set. */
  newItem(count: number): Item {
    const specs = this.indicesOf('spec')
    const parent = this.idAt(specs[count % specs.length] ?? 0)
    return this.#maker.item('phase', hash(this.seed, count, 5), this.#particulars(firstNew + count, parent))
  }

  /** What the `count`-th update sets. */
  changes(count: number): Changes {
    return {
      description: this.#maker.description(hash(this.seed, count, 6)),
      updated_at: new Date(firstMs + updatedWithinMs + count).toISOString(),
    }
  }

  /** All records in batches of one type each, in an order in which they can be stored. */
  *batches(rows: number): Generator<readonly Item[]> {
    for (const type of itemTypes) {
      const indices = this.indicesOf(type)
      for (let from = 0; from < indices.length; from += rows) {
        yield Array.from(indices.subarray(from, from + rows), (index) => this.itemAt(index))
      }
    }
  }

  #particulars(index: number, parent: string): Particulars {
    return {
      parent,
      bits: hash(this.seed, index, 4),
      id: this.idAt(index),
      createdAt: new Date(firstMs + index * createdEveryMs).toISOString(),
      updatedAt: new Date(this.updatedMsAt(index)).toISOString(),
    }
  }
}
