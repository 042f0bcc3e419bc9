import type { DiskFile } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { checksum, hex8 } from '../format/crc.ts'
import { writeAll } from './write-whole.ts'

/** Writes the lines of a new file in large pieces, and keeps count. */
export class SegmentWriter {
  readonly #file: DiskFile | undefined
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #written = 0
  #crc = 0

  /** Without a file it only counts. */
  constructor(file: DiskFile | undefined) {
    this.#file = file
  }

  /** Takes bytes that are not used again. */
  async add(bytes: Uint8Array): Promise<void> {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes >= bounds.readBytes) await this.#write()
  }

  /** Writes what waits and syncs. Resolves with the length and the checksum of the file. */
  async end(): Promise<{ readonly bytes: number; readonly crc: string }> {
    await this.#write()
    await this.#file?.datasync()
    return { bytes: this.#written, crc: hex8(this.#crc) }
  }

  async #write(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting)
    if (this.#file !== undefined) await writeAll(this.#file, bytes, this.#written)
    this.#crc = checksum(bytes, this.#crc)
    this.#written += bytes.length
    this.#waiting = []
    this.#waitingBytes = 0
  }
}
