import type { Change, JsonObject, Ptr, StoredRecord } from '@stateward/contract'
import { approximateBytes } from './approximate-bytes.ts'
import type { BaseRow } from './base-rows.ts'
import { BodyRequest } from './bodies.ts'
import type { LooseChange } from './codec.ts'
import { fold } from './fold.ts'
import type { VersionPlace } from './row-table.ts'

/** A row of a base whose record is read from the log, until all the lines that tell it are there. */
export class ColdRow {
  /** Where in its batch it is. */
  readonly at: number
  readonly row: BaseRow
  readonly request: BodyRequest
  /** Where the record stands whole, and the patches since. */
  readonly ptrs: readonly Ptr[]
  readonly #changes: (Change | LooseChange | undefined)[]
  #bytes = 0

  constructor(at: number, row: BaseRow, place: VersionPlace) {
    this.at = at
    this.row = row
    this.request = new BodyRequest(row.type.name, row.id, place)
    this.ptrs = [place.whole, ...place.patches]
    this.#changes = new Array(this.ptrs.length)
  }

  /** About how many bytes it holds on to. */
  get length(): number {
    return this.#bytes
  }

  /** Takes what stands at one of its places; the record, when that was the last. */
  take(ptr: Ptr, change: Change | LooseChange): StoredRecord | undefined {
    for (const [at, one] of this.ptrs.entries()) if (one === ptr) this.#changes[at] = change
    if (this.ptrs.length > 1) this.#bytes += approximateBytes(fieldsOf(change))
    let record: StoredRecord | undefined
    for (let at = 0; at < this.ptrs.length; at++) {
      const one = this.#changes[at]
      if (one === undefined) return undefined
      record = fold(record, one, record?.rev ?? 0)
    }
    return record
  }
}

function fieldsOf(change: Change | LooseChange): JsonObject | undefined {
  if (change.op === 'delete') return undefined
  return change.op === 'put' ? change.data : change.changes
}
