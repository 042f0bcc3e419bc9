import type { DiskFile, Seq } from '@stateward/contract'
import { StatewardError } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { writeAll } from '../files/write-whole.ts'
import { checksum, hex8 } from '../format/crc.ts'
import { seal, sealBytesMax } from '../format/line.ts'
import { makePtr, ptrBounds } from '../format/ptr.ts'
import { NumberList } from './number-list.ts'

/** Seals the rows of a base into one buffer that is used again and again, and writes it out whenever it is full. */
export class BaseLines {
  readonly #file: DiskFile
  readonly #segment: number
  readonly #ptrs = new NumberList()
  #piece = Buffer.allocUnsafeSlow(bounds.readBytes)
  #filled: number
  #written = 0
  #synced = 0
  #crc = 0

  /** @param header the first line */
  constructor(file: DiskFile, segment: number, header: Uint8Array) {
    this.#file = file
    this.#segment = segment
    this.#piece.set(header)
    this.#filled = header.length
  }

  /** Whether `add` takes this record before the next `write`. */
  hasRoomFor(record: Uint8Array): boolean {
    return this.#piece.length - this.#filled >= record.length + sealBytesMax
  }

  /** Takes the next row, for which there must be room. */
  add(record: Uint8Array, seq: Seq): void {
    this.#ptrs.push(makePtr(this.#segment, this.#written + this.#filled))
    this.#filled = seal(this.#piece, this.#filled, record, { seq })
  }

  /**
   * Writes out what there is, after which there is room for `next`, however long it is. Syncs now and then: a sync at the end
   * alone would have the syncs of all other files wait for that of a whole base. Throws `TOO_LARGE`.
   */
  async write(next?: Uint8Array): Promise<void> {
    const lines = this.#piece.subarray(0, this.#filled)
    if (this.#written + lines.length > ptrBounds.fileBytes) {
      throw new StatewardError('TOO_LARGE', `a base has at most ${ptrBounds.fileBytes} bytes; the former one holds.`)
    }
    await writeAll(this.#file, lines, this.#written)
    this.#crc = checksum(lines, this.#crc)
    this.#written += lines.length
    this.#filled = 0
    const bytes = (next?.length ?? 0) + sealBytesMax
    if (bytes > this.#piece.length) this.#piece = Buffer.allocUnsafeSlow(bytes)
    if (this.#written - this.#synced < bounds.syncBytes) return
    this.#synced = this.#written
    await this.#file.datasync()
  }

  /** What was written so far, and where each row stands. */
  get sums(): { readonly rows: number; readonly bytes: number; readonly crc: string; readonly ptrs: Float64Array } {
    return { rows: this.#ptrs.length, bytes: this.#written, crc: hex8(this.#crc), ptrs: this.#ptrs.toArray() }
  }
}
