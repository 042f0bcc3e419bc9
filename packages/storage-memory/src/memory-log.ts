import {
  type Appended,
  type Epoch,
  type LogBatch,
  type LogStats,
  type Ptr,
  type Seq,
  StatewardError,
} from '@stateward/contract'
import { allRowPtrs, type MemoryBase } from './memory-base.ts'
import { Wakeups } from './wakeups.ts'

const readRecords = 1_024
/** Pointers below are seqs of commits, pointers from here on are rows of bases. */
const rowOrigin: Ptr = 2 ** 52

/** What one `append` put into the log. */
interface Group {
  readonly firstSeq: Seq
  readonly lastSeq: Seq
  readonly epoch: Epoch
  readonly commitId: string
}

/** The log itself, shared by all readers and writers of one storage. Every method is one step: it happens or it throws. */
export class MemoryLog {
  readonly wakeups: Wakeups = new Wakeups()
  epoch: Epoch = 0
  firstSeq: Seq = 1
  lastSeq: Seq = 0
  /** Whether the newest writer was closed, or none was ever opened. */
  clean = true
  base: MemoryBase | undefined
  readonly #retention: 'all' | 'none'
  #records: Uint8Array[] = []
  #groups: Group[] = []
  /** Pointers to commits up to this one are dead. */
  #truncated: Seq = 0
  #formerBases: MemoryBase[] = []
  #nextRow: Ptr = rowOrigin
  #bytes = 0

  constructor(retention: 'all' | 'none') {
    this.#retention = retention
  }

  stats(): LogStats {
    const bytes = this.#bytes + (this.base?.bytes ?? 0)
    return { firstSeq: this.firstSeq, lastSeq: this.lastSeq, epoch: this.epoch, bytes, segments: 1 }
  }

  append(records: readonly Uint8Array[], commitId: string, epoch: Epoch): Appended {
    const firstSeq = this.lastSeq + 1
    for (const record of records) {
      this.#records.push(record.slice())
      this.#bytes += record.length
    }
    this.lastSeq += records.length
    if (records.length > 0) this.#groups.push({ firstSeq, lastSeq: this.lastSeq, epoch, commitId })
    this.wakeups.wake()
    return { lastSeq: this.lastSeq, ptrs: seqsFrom(firstSeq, this.lastSeq) }
  }

  /** The answer that this append has had before, if it has landed. */
  landed(expectedSeq: Seq, commitId: string): Appended | undefined {
    const group = this.#groups[this.#groupOf(expectedSeq + 1)]
    if (group?.firstSeq !== expectedSeq + 1 || group.commitId !== commitId) return undefined
    return { lastSeq: group.lastSeq, ptrs: seqsFrom(group.firstSeq, group.lastSeq) }
  }

  /** Commits from `from` on, at most to `tail`, of one epoch; `from` ≤ `tail` ≤ `lastSeq`. */
  batch(from: Seq, tail: Seq): LogBatch {
    this.requireKept(from)
    const first = this.#groupOf(from)
    const epoch = this.#groups[first]?.epoch ?? 0
    const furthest = Math.min(tail, from + readRecords - 1)
    let to = from
    for (let at = first; to < furthest && this.#groups[at]?.epoch === epoch; at++) {
      to = Math.min(furthest, this.#groups[at]?.lastSeq ?? to)
    }
    const records = this.#records.slice(from - this.firstSeq, to - this.firstSeq + 1)
    return { firstSeq: from, epoch, records, ptrs: seqsFrom(from, to) }
  }

  /** Throws `TRIMMED` when commits from `from` on cannot all be given any more. */
  requireKept(from: Seq): void {
    if (from >= this.firstSeq) return
    throw new StatewardError(
      'TRIMMED',
      `commits from ${from} on were asked for, and the oldest that is kept is ${this.firstSeq}: load the base first`,
      { details: { from, firstSeq: this.firstSeq } },
    )
  }

  commit(seq: Seq): Uint8Array | undefined {
    return this.#records[seq - this.firstSeq]
  }

  at(ptr: Ptr): Uint8Array | undefined {
    if (ptr < rowOrigin) return ptr > this.#truncated ? this.#records[ptr - this.firstSeq] : undefined
    let base = this.base
    if (base !== undefined && ptr < base.origin) base = this.#formerBases.findLast(({ origin }) => ptr >= origin)
    return base?.records[ptr - base.origin]
  }

  putBase(base: Omit<MemoryBase, 'origin'>): Float64Array {
    if (this.base !== undefined) this.#formerBases.push(this.base)
    this.base = { ...base, origin: this.#nextRow }
    this.#nextRow += base.records.length
    return allRowPtrs(this.base)
  }

  truncate(upTo: Seq): void {
    if (this.base === undefined || this.base.upTo < upTo) return
    this.#truncated = Math.max(this.#truncated, upTo)
    this.#formerBases = this.#formerBases.filter((base) => base.upTo > upTo)
    if (this.#retention === 'all' || upTo < this.firstSeq) return
    for (const record of this.#records.splice(0, upTo - this.firstSeq + 1)) this.#bytes -= record.length
    this.firstSeq = upTo + 1
    // The newest group stays: it is what a repeated append is recognised by.
    this.#groups = this.#groups.filter((group) => group.lastSeq > upTo || group.lastSeq === this.lastSeq)
  }

  /** Position of the last group that begins at or before `seq`; -1 when there is none. */
  #groupOf(seq: Seq): number {
    let low = 0
    let high = this.#groups.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#groups[middle]?.firstSeq ?? 0) <= seq) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

function seqsFrom(first: Seq, last: Seq): Seq[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}
