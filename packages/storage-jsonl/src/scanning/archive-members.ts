import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Epoch, Seq } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import type { ReadableFile } from '../files/chunks.ts'
import { DamagedLine } from './damage.ts'

const unpack = promisify(gunzip)
/** Three unsigned integers of 64 bits, little-endian: seq, byte and epoch. */
const pointBytes = 24

/** Where a member of an archive begins: the first commit in it, and the byte of the packed file. */
export interface MemberPoint {
  readonly seq: Seq
  readonly byte: number
  readonly epoch: Epoch
}

/** Where the members of one archive begin, ascending. Each is a gzip stream of whole lines by itself. */
export class ArchiveMembers {
  readonly #points: MemberPoint[] = []

  get size(): number {
    return this.#points.length
  }

  add(point: MemberPoint): void {
    this.#points.push(point)
  }

  /** The member that holds commit `seq`, if any does. O(log n). */
  before(seq: Seq): MemberPoint | undefined {
    let low = 0
    let high = this.#points.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#points[middle]?.seq ?? 0) <= seq) low = middle + 1
      else high = middle
    }
    return this.#points[low - 1]
  }

  /** The text from a member on, a member at a time. Throws a `DamagedLine` where one does not unpack. */
  async *chunks(
    file: ReadableFile,
    { name, from: first, packedBytes }: { readonly name: string; readonly from: number; readonly packedBytes: number },
  ): AsyncGenerator<Buffer> {
    for (let at = this.#points.findIndex(({ byte }) => byte === first); at < this.#points.length; at++) {
      const from = this.#points[at]?.byte ?? 0
      const to = this.#points[at + 1]?.byte ?? packedBytes
      const packed = Buffer.allocUnsafe(Math.max(0, to - from))
      const count = await file.read(packed, from)
      const text = await unpack(packed.subarray(0, count), { maxOutputLength: bounds.lineBytes }).catch(
        (error: unknown) => {
          throw new DamagedLine(
            name,
            from,
            `the archive does not unpack: ${error instanceof Error ? error.message : error}`,
          )
        },
      )
      yield text
    }
  }

  encode(): Buffer {
    const bytes = Buffer.alloc(this.#points.length * pointBytes)
    for (const [index, { seq, byte, epoch }] of this.#points.entries()) {
      bytes.writeBigUInt64LE(BigInt(seq), index * pointBytes)
      bytes.writeBigUInt64LE(BigInt(byte), index * pointBytes + 8)
      bytes.writeBigUInt64LE(BigInt(epoch), index * pointBytes + 16)
    }
    return bytes
  }

  /** What `encode` gave for a file of so many packed bytes; `undefined` for bytes that it never gives. */
  static decode(bytes: Buffer, packedBytes: number): ArchiveMembers | undefined {
    if (bytes.length === 0 || bytes.length % pointBytes !== 0) return undefined
    const members = new ArchiveMembers()
    for (let at = 0; at < bytes.length; at += pointBytes) {
      const before = members.#points.at(-1)
      const seq = Number(bytes.readBigUInt64LE(at))
      const byte = Number(bytes.readBigUInt64LE(at + 8))
      if (seq < (before?.seq ?? 0) || byte <= (before?.byte ?? -1) || byte >= packedBytes) return undefined
      members.add({ seq, byte, epoch: Number(bytes.readBigUInt64LE(at + 16)) })
    }
    return members.#points[0]?.byte === 0 ? members : undefined
  }

  /** The most bytes that `encode` gives for an archive of so many bytes of text. */
  static bytesMost(textBytes: number): number {
    return (Math.floor(textBytes / bounds.seekBytes) + 1) * pointBytes
  }
}
