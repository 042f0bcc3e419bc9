import { changeLine, decodeLoosely, isWholeLineOf } from '../log/codec.ts'
import { type BodyRequest, misplaced } from '../records/bodies.ts'
import { recordKey } from '../records/record-key.ts'
import type { BytePieces } from './byte-pieces.ts'
import { type Cut, type LineOperations, stampStart } from './line-operations.ts'

/** How a line of several changes begins. */
const several = Buffer.from('{"type":"tx",')

/** What is to be known of a row of a base to find its line. */
interface RowNamed {
  readonly type: { readonly name: string }
  readonly id: string
  readonly rev: number
}

/** What one line of the log says of single records: which of its bytes are a line of each. */
export class LineChanges {
  readonly #line: Buffer
  /** Whether it is the line of one change. */
  readonly #isSingle: boolean
  readonly #operations: LineOperations
  #areRead = false
  #all: Map<string, Uint8Array> | undefined

  /** @param operations of this line as long as this is asked, and of no other one */
  constructor(line: Uint8Array, operations: LineOperations) {
    this.#line = Buffer.from(line.buffer, line.byteOffset, line.byteLength)
    this.#isSingle = !beginsWith(line, several)
    this.#operations = operations
  }

  /** The line of this row: where this one states the record whole, in the row's version. */
  rowOf({ type: { name: type }, id, rev }: RowNamed): Cut | undefined {
    if (this.#isSingle) return isWholeLineOf(this.#line, { type, id, rev }) ? this.#itself : undefined
    const cut = this.#cut(type, id)
    return cut !== undefined && this.#operations.isWhole(cut, rev) ? cut : undefined
  }

  /** The whole line, if it is of one change, whichever record that is of. */
  get single(): Cut | undefined {
    return this.#isSingle ? this.#itself : undefined
  }

  /** A line that changes this record and nothing else. `CORRUPT` where this one, of several changes, does not. */
  partOf(request: BodyRequest): Cut | Uint8Array {
    if (this.#isSingle) return this.#itself
    const part = this.#cut(request.type, request.id) ?? this.#decoded().get(recordKey(request.type, request.id))
    if (part === undefined) throw misplaced(request)
    return part
  }

  /** Copies a part into `pieces`; returns its place there, and the length. */
  copy(
    { start, afterType, end, stampEnd }: Cut,
    pieces: BytePieces,
  ): { readonly place: number; readonly length: number } {
    const stampBytes = Math.max(0, stampEnd - stampStart)
    const length = end - start + stampBytes
    const { place, block, at } = pieces.reserve(length)
    if (stampBytes > 0) {
      this.#line.copy(block, at, start, afterType)
      this.#line.copy(block, at + afterType - start, stampStart, stampEnd)
    }
    this.#line.copy(block, at + afterType - start + stampBytes, afterType, end)
    return { place, length }
  }

  get #itself(): Cut {
    return { start: 0, afterType: 0, end: this.#line.length, stampEnd: 0 }
  }

  #cut(type: string, id: string): Cut | undefined {
    if (!this.#areRead) this.#operations.read(this.#line)
    this.#areRead = true
    return this.#operations.find(type, id)
  }

  /** Written anew: what cannot be told from its bytes. */
  #decoded(): Map<string, Uint8Array> {
    if (this.#all !== undefined) return this.#all
    const { changes, timestamp } = decodeLoosely(this.#line, 0)
    this.#all = new Map(changes.map((one) => [recordKey(one.type, one.id), changeLine(one, timestamp)]))
    return this.#all
  }
}

function beginsWith(line: Uint8Array, beginning: Uint8Array): boolean {
  for (let at = 0; at < beginning.length; at++) if (line[at] !== beginning[at]) return false
  return true
}
