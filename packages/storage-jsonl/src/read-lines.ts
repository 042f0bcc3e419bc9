import { isUtf8 } from 'node:buffer'
import type { Epoch, LogBatch, Seq } from '@stateward/contract'
import type { Lines } from './chunks.ts'
import { type Gap, isControl, parseControl } from './control-line.ts'
import { DamagedLine } from './damage.ts'
import { readTail, unsealInPlace } from './line.ts'
import { makePtr } from './ptr.ts'

const lineFeed = 0x0a

/** Commits of one segment, and where in its file the next line begins. */
export interface ReadBatch {
  readonly batch: LogBatch
  readonly end: number
}

export interface ReadPlan {
  readonly file: string
  readonly segment: number
  readonly epoch: Epoch
  /** The commit that the first data line must be. */
  readonly next: Seq
  /** Commits outside `from` … `to` are checked and left out. */
  readonly from: Seq
  readonly to: Seq
}

/**
 * The commits in the lines of a strict segment, each checked by its checksum and its seq; control lines are left out.
 * Throws `CORRUPT` at the first line that does not hold.
 */
export async function* readCommits(lines: AsyncIterable<Lines>, plan: ReadPlan): AsyncGenerator<ReadBatch> {
  let { next } = plan
  for await (const piece of lines) {
    if (!isUtf8(piece.bytes)) throw new DamagedLine(plan.file, piece.offset, 'these bytes are not UTF-8')
    if (!piece.whole) throw new DamagedLine(plan.file, piece.offset, 'the line does not end')
    let records: Uint8Array[] = []
    let ptrs: number[] = []
    for (let at = 0; at < piece.bytes.length; ) {
      const end = piece.bytes.indexOf(lineFeed, at)
      const tail = readTail(piece.bytes, at, end)
      if (typeof tail === 'string') throw new DamagedLine(plan.file, piece.offset + at, tail)
      if (isControl(piece.bytes, at)) {
        const gap = gapIn(piece.bytes.subarray(at, end))
        if (gap !== undefined) {
          if (gap.from !== next)
            throw new DamagedLine(plan.file, piece.offset + at, `a gap from ${gap.from} at ${next}`)
          if (records.length > 0) yield batchOf(plan, { records, ptrs, next, end: piece.offset + at })
          if (gap.from > plan.to) return
          records = []
          ptrs = []
          next = gap.to + 1
          if (gap.to >= plan.from) yield lostBatch(plan, gap, piece.offset + end + 1)
        }
      } else {
        if (tail.seq !== next)
          throw new DamagedLine(plan.file, piece.offset + at, `expected seq ${next}, found ${tail.seq}`)
        if (next > plan.to) {
          if (records.length > 0) yield batchOf(plan, { records, ptrs, next, end: piece.offset + at })
          return
        }
        if (next >= plan.from) {
          records.push(unsealInPlace(piece.bytes, at, tail))
          ptrs.push(makePtr(plan.segment, piece.offset + at))
        }
        next++
      }
      at = end + 1
    }
    if (records.length > 0) yield batchOf(plan, { records, ptrs, next, end: piece.offset + piece.bytes.length })
  }
}

function batchOf(
  plan: ReadPlan,
  { records, ptrs, next, end }: { records: Uint8Array[]; ptrs: number[]; next: Seq; end: number },
): ReadBatch {
  return { batch: { firstSeq: next - records.length, epoch: plan.epoch, records, ptrs }, end }
}

/** What is lost is told by a batch of its own, so that nobody who reads can pass over it without a word. */
function lostBatch(plan: ReadPlan, { from, to, report }: Gap, end: number): ReadBatch {
  const { epoch } = plan
  return { batch: { firstSeq: to + 1, epoch, records: [], ptrs: [], lost: { from, to, report } }, end }
}

/** The commits that a `$gap` line leaves out; `undefined` for other lines. */
function gapIn(line: Buffer): Gap | undefined {
  if (!line.includes('"$gap"')) return undefined
  const control = parseControl(line.toString())
  return typeof control !== 'string' && control.type === '$gap' ? control.gap : undefined
}
