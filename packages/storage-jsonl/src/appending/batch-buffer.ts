import type { Ptr, Seq } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { seal, sealBytesMax } from '../format/line.ts'
import { makePtr } from '../format/ptr.ts'

const leastBytes = 4_096

export interface Batch {
  /** The lines, valid until the next batch is put together. */
  readonly bytes: Buffer
  /** By append, then by record. */
  readonly ptrs: readonly Ptr[][]
}

export interface BatchPlace {
  readonly segment: number
  readonly offset: number
  readonly firstSeq: Seq
  /** The highest seq that is durable now: said by the first line. */
  readonly dur: Seq
}

/** Puts the lines of a batch together in one buffer that is used again and again. */
export class BatchBuffer {
  /** Made for the first batch, and larger only for larger ones: many stores that are open write little. */
  #buffer = Buffer.alloc(0)

  get bytes(): number {
    return this.#buffer.length
  }

  /** `room`: at least what `roomFor` said of all these records. */
  fill(appends: readonly { readonly records: readonly Uint8Array[] }[], room: number, place: BatchPlace): Batch {
    const into = this.#bufferOf(room)
    const ptrs: Ptr[][] = []
    let at = 0
    let seq = place.firstSeq
    for (const { records } of appends) {
      const own: Ptr[] = []
      for (const record of records) {
        own.push(makePtr(place.segment, place.offset + at))
        at = seal(into, at, record, { seq, dur: at === 0 ? place.dur : undefined })
        seq++
      }
      ptrs.push(own)
    }
    return { bytes: into.subarray(0, at), ptrs }
  }

  #bufferOf(bytes: number): Buffer {
    if (bytes <= this.#buffer.length) return this.#buffer
    // An append larger than a batch is rare: its buffer is not kept.
    if (bytes > bounds.batchBytes * 2) return Buffer.allocUnsafeSlow(bytes)
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(leastBytes, 2 ** Math.ceil(Math.log2(bytes))))
    return this.#buffer
  }
}

/** An upper bound for the bytes that these records take as lines. */
export function roomFor(records: readonly Uint8Array[]): number {
  let bytes = 0
  for (const record of records) bytes += record.length + sealBytesMax
  return bytes
}
