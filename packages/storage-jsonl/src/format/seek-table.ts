import type { Ptr, Seq } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { firstIndex } from './first-index.ts'
import { ptrOffset } from './ptr.ts'

/** A commit, and where in its segment the line begins. */
export interface SeekPoint {
  readonly seq: Seq
  readonly byte: number
}

/** Two unsigned integers of 64 bits, little-endian: seq and byte. */
const pointBytes = 16

/** Where some of the lines of a segment begin, one for each `bounds.seekBytes` of it at most, ascending. */
export class SeekTable {
  readonly #points: SeekPoint[] = []
  #lastByte = 0

  get size(): number {
    return this.#points.length
  }

  /** Takes note of a line behind all those noted before; of one that is close to the last no note is taken. */
  note(seq: Seq, byte: number): void {
    if (byte - this.#lastByte < bounds.seekBytes) return
    this.#points.push({ seq, byte })
    this.#lastByte = byte
  }

  /** As `note`, for every line of a batch that ends before `end`. */
  noteBatch(firstSeq: Seq, appends: readonly (readonly Ptr[])[], end: number): void {
    // Nearly every batch ends here: a commit pays one comparison.
    if (end - this.#lastByte < bounds.seekBytes) return
    let seq = firstSeq
    for (const ptrs of appends) for (const ptr of ptrs) this.note(seq++, ptrOffset(ptr))
  }

  /** The last line known that begins no commit behind `seq`; `undefined` where the segment's start is as close. O(log n). */
  before(seq: Seq): SeekPoint | undefined {
    return this.#points[firstIndex(this.#points, (point) => point.seq <= seq) - 1]
  }

  /** The points up to `upTo` as bytes. */
  encode(upTo: Seq): Buffer {
    const points = this.#points.filter(({ seq }) => seq <= upTo)
    const bytes = Buffer.alloc(points.length * pointBytes)
    for (const [index, { seq, byte }] of points.entries()) {
      bytes.writeBigUInt64LE(BigInt(seq), index * pointBytes)
      bytes.writeBigUInt64LE(BigInt(byte), index * pointBytes + 8)
    }
    return bytes
  }

  /** The most bytes that `encode` gives for a segment of so many. */
  static bytesMost(segmentBytes: number): number {
    return Math.floor(segmentBytes / bounds.seekBytes) * pointBytes
  }

  /** What `encode` gave; `undefined` for bytes that it never gives. */
  static decode(bytes: Buffer): SeekTable | undefined {
    const table = new SeekTable()
    for (let at = 0; at < bytes.length; at += pointBytes) {
      const before = table.#points.at(-1)?.seq ?? 0
      if (bytes.length - at < pointBytes) return undefined
      const seq = Number(bytes.readBigUInt64LE(at))
      table.note(seq, Number(bytes.readBigUInt64LE(at + 8)))
      if (seq <= before || table.size !== at / pointBytes + 1) return undefined
    }
    return table
  }
}
