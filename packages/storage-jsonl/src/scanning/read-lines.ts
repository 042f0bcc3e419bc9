import { isUtf8 } from 'node:buffer'
import type { Epoch, LogBatch, Seq } from '@stateward/contract'
import type { Lines } from '../files/chunks.ts'
import { type Gap, isControl, parseControl } from '../format/control-line.ts'
import { readTail, unsealInPlace } from '../format/line.ts'
import { makePtr } from '../format/ptr.ts'
import { DamagedLine } from './damage.ts'

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
  /** Whether commits may be missing between others. */
  readonly sparse?: boolean
}

/**
 * The commits in the lines of a strict segment, each checked by its checksum and its seq; control lines are left out.
 * Throws `CORRUPT` at the first line that does not hold.
 */
export async function* readCommits(lines: AsyncIterable<Lines>, plan: ReadPlan): AsyncGenerator<ReadBatch> {
  const reader = new CommitReader(plan)
  for await (const piece of lines) {
    yield* reader.take(piece)
    if (reader.isBehind) return
  }
}

/** Takes the lines of a segment piece by piece, and gives what they hold as batches of one epoch without holes. */
class CommitReader {
  #plan: ReadPlan
  #next: Seq
  #records: Uint8Array[] = []
  #ptrs: number[] = []
  /** Whether everything that was asked for has been given. */
  isBehind = false

  constructor(plan: ReadPlan) {
    this.#plan = plan
    this.#next = plan.next
  }

  *take({ bytes, offset, whole }: Lines): Generator<ReadBatch> {
    const { file, from, to, segment } = this.#plan
    if (!isUtf8(bytes)) throw new DamagedLine(file, offset, 'these bytes are not UTF-8')
    if (!whole) throw new DamagedLine(file, offset, 'the line does not end')
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(lineFeed, at)
      const tail = readTail(bytes, at, end)
      if (typeof tail === 'string') throw new DamagedLine(file, offset + at, tail)
      if (isControl(bytes, at)) yield* this.#control(bytes.subarray(at, end), offset + at)
      else {
        if (tail.seq !== this.#next || tail.seq > to) yield* this.#goTo(tail.seq, offset + at)
        if (!this.isBehind && tail.seq >= from) {
          this.#records.push(unsealInPlace(bytes, at, tail))
          this.#ptrs.push(makePtr(segment, offset + at))
        }
        this.#next++
      }
      if (this.isBehind) return
      at = end + 1
    }
    yield* this.#flush(offset + bytes.length)
  }

  *#control(line: Buffer, at: number): Generator<ReadBatch> {
    const { gap, epoch } = controlIn(line)
    if (epoch !== undefined) {
      yield* this.#flush(at)
      this.#plan = { ...this.#plan, epoch }
    }
    if (gap === undefined) return
    if (!this.#mayBe(gap.from)) throw new DamagedLine(this.#plan.file, at, `a gap from ${gap.from} at ${this.#next}`)
    yield* this.#flush(at)
    this.isBehind = gap.from > this.#plan.to
    if (this.isBehind) return
    this.#next = gap.to + 1
    if (gap.to >= this.#plan.from) yield lostBatch(this.#plan, gap, at + line.length + 1)
  }

  /** A commit that is not the next one, or behind what was asked for. */
  *#goTo(seq: Seq, at: number): Generator<ReadBatch> {
    const { file, to } = this.#plan
    if (!this.#mayBe(seq)) throw new DamagedLine(file, at, `expected seq ${this.#next}, found ${seq}`)
    yield* this.#flush(at)
    this.isBehind = seq > to
    this.#next = seq
  }

  #mayBe(seq: Seq): boolean {
    return seq === this.#next || (this.#plan.sparse === true && seq > this.#next)
  }

  *#flush(end: number): Generator<ReadBatch> {
    if (this.#records.length === 0) return
    const records = this.#records
    const ptrs = this.#ptrs
    this.#records = []
    this.#ptrs = []
    yield batchOf(this.#plan, { records, ptrs, next: this.#next, end })
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

/** The commits that a `$gap` line leaves out, or the epoch that an `$epoch` line begins; neither for other lines. */
function controlIn(line: Buffer): { readonly gap?: Gap; readonly epoch?: Epoch } {
  if (!line.includes('"$gap"') && !line.includes('"$epoch"')) return {}
  const control = parseControl(line.toString())
  if (typeof control === 'string') return {}
  if (control.type === '$gap') return { gap: control.gap }
  return control.type === '$epoch' ? { epoch: control.epoch } : {}
}
