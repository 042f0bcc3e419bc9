import type { StoredRecord } from '@stateward/contract'
import type { Head, HeadReader } from './heads.ts'
import type { UniqueKey } from './unique-keys.ts'

interface Looked {
  readonly type: string
  readonly id: string
  readonly head: Head | undefined
}

/** As many as a claim and its guards look at. */
const rememberedLookups = 6

/** The state as it was before a write, with the last few heads that were looked up: deciding asks for the same ones again and again. */
export class Lookups implements HeadReader {
  readonly #base: HeadReader
  readonly #looked: Looked[] = []
  #lookups = 0

  constructor(base: HeadReader) {
    this.#base = base
  }

  exists(type: string, id: string): boolean {
    return this.#base.exists(type, id)
  }

  head(type: string, id: string): Head | undefined {
    for (const looked of this.#looked) if (looked.id === id && looked.type === type) return looked.head
    const head = this.#base.head(type, id)
    this.#looked[this.#lookups++ % rememberedLookups] = { type, id, head }
    return head
  }

  referring(type: string, field: string, id: string): readonly StoredRecord[] {
    return this.#base.referring(type, field, id)
  }

  holding(type: string, key: UniqueKey, record: StoredRecord): readonly StoredRecord[] {
    return this.#base.holding(type, key, record)
  }
}
