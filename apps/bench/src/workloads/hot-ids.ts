import type { DataSet } from '../data/data-set.ts'
import { hash } from '../data/hash.ts'
import type { Item, ItemType } from '../data/item.ts'

const most = 8192

/** Some thousands of ids from all over the data set: the records that are asked for again and again. */
export class HotIds {
  readonly #items: readonly { readonly index: number; readonly type: ItemType; readonly id: string }[]
  readonly #data: DataSet

  constructor(data: DataSet) {
    this.#data = data
    this.#items = Array.from({ length: most }, (_, at) => {
      const index = hash(data.seed, at, 10) % data.size
      return { index, type: data.typeAt(index), id: data.idAt(index) }
    })
  }

  type(at: number): ItemType {
    return this.#items[at % most]?.type ?? 'phase'
  }

  id(at: number): string {
    return this.#items[at % most]?.id ?? ''
  }

  item(at: number): Item {
    return this.#data.itemAt(this.#items[at % most]?.index ?? 0)
  }
}
