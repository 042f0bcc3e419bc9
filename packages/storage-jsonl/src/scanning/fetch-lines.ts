import type { Ptr } from '@stateward/contract'
import { readTail } from '../format/line.ts'
import { isBlank, plainText } from '../format/plain-line.ts'
import { ptrOffset, ptrSegment } from '../format/ptr.ts'
import { DamagedLine } from './damage.ts'

const lineFeed = 0x0a
const closingBrace = 0x7d
const noBytes = Buffer.alloc(0)
/** What is read behind a pointer at first: a part of a bulk load is a little shorter, and reading twice costs more than reading more. */
const guessBytes = 9_216
/** What is read then, of a line that is longer. */
const secondGuessBytes = 81_920
/** Pointers this near to each other are read in one go. */
const gapBytes = 32_768
/** Who asks for as many as this goes through much of the log, and reads what lies between as well. */
const manyPtrs = 64
const gapBytesOfMany = 131_072
/** What who asks for many gets is copied into blocks of so many bytes. */
const blockBytes = 65_536
/** So much is looked through in one turn of the event loop: a millisecond or two of it. */
const runBytes = 262_144

/** A part of history or of a base, as far as pointers into it are alive. */
export interface Target {
  readonly file: string
  readonly isPlain: boolean
  /** Bytes of the file that may be read. */
  readonly bytes: number
  /** Pointers to commits up to here are dead. */
  readonly deadSeq: number
}

export interface ReadAsk {
  readonly file: string
  readonly position: number
  readonly length: number
}

/**
 * The records behind pointers, as a dialogue: yields what is to be read, is given the bytes, and returns the records in
 * the order asked; `undefined` where nothing is there any more. Reads each file in its order, near pointers together.
 * The bytes given are only used until the next question. Throws `DamagedLine`.
 */
export function* fetchLines(
  ptrs: readonly Ptr[],
  targetOf: (segment: number) => Target | undefined,
): Generator<ReadAsk, (Uint8Array | undefined)[], Buffer> {
  const records = new Array<Uint8Array | undefined>(ptrs.length).fill(undefined)
  const copies = new Copies(ptrs.length < manyPtrs ? 0 : blockBytes)
  for (const run of runsOf(ptrs)) {
    const target = targetOf(ptrSegment(run.ptrs[0]?.ptr ?? 0))
    if (target === undefined || run.from >= target.bytes) continue
    const wanted = run.to - run.from + guessBytes
    let bytes = yield { file: target.file, position: run.from, length: Math.min(wanted, target.bytes - run.from) }
    let position = run.from
    for (const { ptr, index } of run.ptrs) {
      const offset = ptrOffset(ptr)
      if (offset >= target.bytes) continue
      let end = bytes.indexOf(lineFeed, offset - position)
      let length = bytes.length
      // Fewer bytes than asked for: the file was cut by somebody, and the line has no end to look for.
      for (
        let next = secondGuessBytes;
        end < 0 && bytes.length === length && position + length < target.bytes;
        next *= 4
      ) {
        length = Math.min(next, target.bytes - offset)
        bytes = yield { file: target.file, position: offset, length }
        position = offset
        end = bytes.indexOf(lineFeed)
      }
      records[index] = recordAt(bytes, { start: offset - position, end, offset }, target, copies)
    }
  }
  return records
}

interface Run {
  readonly from: number
  to: number
  readonly ptrs: { readonly ptr: Ptr; readonly index: number }[]
}

function runsOf(ptrs: readonly Ptr[]): Run[] {
  const given = ptrs.map((ptr, index) => ({ ptr, index })).filter(({ ptr }) => Number.isSafeInteger(ptr) && ptr >= 0)
  const sorted = given.sort((left, right) => left.ptr - right.ptr)
  const nearBytes = sorted.length < manyPtrs ? gapBytes : gapBytesOfMany
  const runs: Run[] = []
  let run: Run | undefined
  let segment = -1
  for (const item of sorted) {
    const offset = ptrOffset(item.ptr)
    const isNear =
      run !== undefined &&
      ptrSegment(item.ptr) === segment &&
      offset - run.to <= nearBytes &&
      offset - run.from <= runBytes
    if (run === undefined || !isNear) {
      run = { from: offset, to: offset, ptrs: [] }
      segment = ptrSegment(item.ptr)
      runs.push(run)
    }
    run.to = offset
    run.ptrs.push(item)
  }
  return runs
}

function recordAt(
  bytes: Buffer,
  { start, end, offset }: { start: number; end: number; offset: number },
  target: Target,
  copies: Copies,
): Uint8Array | undefined {
  if (target.isPlain) {
    const text = plainText(bytes, start, end < 0 ? bytes.length : end)
    if (isBlank(text)) throw new DamagedLine(target.file, offset, 'no line begins here')
    return Uint8Array.from(text)
  }
  const tail = end < 0 ? 'the line does not end' : readTail(bytes, start, end)
  if (typeof tail === 'string') throw new DamagedLine(target.file, offset, tail)
  if (tail.seq <= target.deadSeq) return undefined
  const record = copies.of(bytes, start, tail.bodyEnd + 1)
  record[record.length - 1] = closingBrace
  return record
}

/** Copies that are let go of together: many in a block, where each by itself would be memory that the collector learns of late. */
class Copies {
  readonly #blockBytes: number
  #block = noBytes
  #filled = 0

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes
  }

  of(bytes: Buffer, start: number, end: number): Buffer {
    const length = end - start
    if (length > this.#block.length - this.#filled) {
      if (length > this.#blockBytes / 2) return Buffer.from(bytes.subarray(start, end))
      this.#block = Buffer.allocUnsafeSlow(this.#blockBytes)
      this.#filled = 0
    }
    const copy = this.#block.subarray(this.#filled, this.#filled + length)
    bytes.copy(copy, 0, start, end)
    this.#filled += length
    return copy
  }
}
