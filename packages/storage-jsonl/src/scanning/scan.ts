import type { DiskFile, Seq } from '@stateward/contract'
import { fileChunks, type Lines, wholeLines } from '../files/chunks.ts'
import { type Gap, isControl, parseControl, type SegmentHeader } from '../format/control-line.ts'
import { checksum, hex8 } from '../format/crc.ts'
import { whyUnreadable } from '../format/format.ts'
import { readTail, type Tail } from '../format/line.ts'
import type { SeqRange } from '../format/lost-seqs.ts'
import { SeekTable } from '../format/seek-table.ts'
import { DamageList } from './damage.ts'

const lineFeed = 0x0a
const sectorBytes = 512

/** The first line that does not hold: what is needed to tell a torn write from damage. */
export interface FirstBad {
  readonly byte: number
  readonly reason: string
  readonly hasLineFeed: boolean
  /** Whether some part of it that lies in one sector is all zeros: a sector that was never written. */
  readonly hasZeroSector: boolean
}

/** What a line-by-line look at a segment found. The good prefix is the longest run of lines from the start that hold. */
export interface SegmentScan {
  readonly header: SegmentHeader | undefined
  readonly goodBytes: number
  readonly lines: number
  /** Last commit of the good prefix; one before the segment's first where there is none. */
  readonly lastSeq: Seq
  /**
   * Commits up to `seq`, which are the lines before `byte`, were durable by the word of a line of the good prefix. That
   * line itself may not be: it is not counted in.
   */
  readonly proven: { readonly seq: Seq; readonly byte: number }
  /** Everything up to here was durable, by the word of a line that holds and stands behind a bad one. */
  readonly provenBehind: Seq
  /** Where the last commit of the good prefix ends; the header, where there is none. */
  readonly commitEnd: number
  /** What the `$gap` lines say that a former salvage has lost. */
  readonly gaps: readonly Gap[]
  /** Where lines of the good prefix begin. */
  readonly places: SeekTable
  /** Whether the good prefix ends with the line of an orderly close. */
  readonly closed: boolean
  readonly firstBad: FirstBad | undefined
  readonly damage: DamageList
  /** Lines that hold and stand behind a bad one. */
  readonly linesBehind: number
  /** Commits that are missing between those that hold. */
  readonly missing: readonly SeqRange[]
  readonly lastHeld: Seq
  /** The commit of the last line that reads, where that only stands too far on. */
  readonly lastAhead: Seq | undefined
  /** Of all bytes that were looked at, eight hex digits. */
  readonly crc: string
}

/** How far a look at a segment has come that has found no damage: what is needed to go on behind the last line. */
export interface ScanPlace {
  readonly byte: number
  readonly line: number
  readonly lastSeq: Seq
  /** Of the bytes so far. */
  readonly crc: number
}

/** Looks at every line of a strict segment, up to `size` bytes of the file. */
export function scanSegment(file: DiskFile, name: string, size: number): Promise<SegmentScan> {
  return scanLines(fileChunks(file, { from: 0, to: size }), name)
}

/** As `scanSegment`, from the bytes of a whole segment, wherever they come from. */
export async function scanLines(chunks: AsyncIterable<Buffer>, name: string): Promise<SegmentScan> {
  const scan = new Scan(name)
  for await (const piece of wholeLines(chunks)) scan.look(piece)
  return scan
}

/** A look at a segment that takes its lines piece by piece, in order. */
export class Scan implements SegmentScan {
  readonly #name: string
  readonly damage: DamageList = new DamageList()
  header: SegmentHeader | undefined
  goodBytes = 0
  lines = 0
  lastSeq: Seq = 0
  provenBehind: Seq = -1
  readonly gaps: Gap[] = []
  readonly places: SeekTable = new SeekTable()
  linesBehind = 0
  readonly missing: SeqRange[] = []
  closed = false
  firstBad: FirstBad | undefined
  #crc = 0
  #line = 0
  /** The commit that the next line must be; undefined behind a bad line, where any later one may follow. */
  #next: Seq | undefined
  #last: Seq = 0
  /** The last line that reads, where it only stands too far on: lines may be gone before it. */
  #ahead: Tail | undefined
  /** Where the commit before a batch ends, of batches that are not proven yet, by their first seq. */
  readonly #batches = new Map<Seq, number>()
  /** Where the last commit of the good prefix ends; the header, where there is none. */
  commitEnd = 0
  #headerEnd = 0
  #firstSeq: Seq = 1
  #provenSeq: Seq = 0

  constructor(name: string) {
    this.#name = name
  }

  /** A look that goes on where another one at this segment was. What it says of `proven` and `places` counts from there. */
  static behind(name: string, header: SegmentHeader, { byte, line, lastSeq, crc }: ScanPlace): Scan {
    const scan = new Scan(name)
    scan.#begin(header, byte)
    scan.#line = line
    scan.lines = line
    scan.goodBytes = byte
    scan.lastSeq = lastSeq
    scan.#last = lastSeq
    scan.#next = scan.#next === undefined ? undefined : lastSeq + 1
    scan.#crc = crc
    return scan
  }

  get place(): ScanPlace {
    return { byte: this.goodBytes, line: this.#line, lastSeq: this.#last, crc: this.#crc }
  }

  get proven(): { seq: Seq; byte: number } {
    if (this.lastSeq <= this.#provenSeq) return { seq: this.lastSeq, byte: this.commitEnd }
    const byte = this.#batches.get(this.#provenSeq + 1)
    return byte === undefined ? { seq: this.#firstSeq - 1, byte: this.#headerEnd } : { seq: this.#provenSeq, byte }
  }

  /** The last commit that holds, wherever it stands. */
  get lastHeld(): Seq {
    return this.#last
  }

  get lastAhead(): Seq | undefined {
    return this.#ahead?.seq
  }

  get crc(): string {
    return hex8(this.#crc)
  }

  look({ bytes, offset, whole }: Lines): void {
    this.#crc = checksum(bytes, this.#crc)
    for (let at = 0; at < bytes.length; ) {
      const end = whole ? bytes.indexOf(lineFeed, at) : bytes.length
      this.#line++
      const reason = whole ? this.#take(bytes, at, { end, offset }) : 'the line does not end'
      if (reason !== undefined) this.#bad(bytes.subarray(at, end), { byte: offset + at, reason, whole })
      else if (this.firstBad !== undefined) this.linesBehind++
      else {
        this.lines = this.#line
        this.goodBytes = offset + end + 1
      }
      at = end + 1
    }
  }

  /** Takes a line in, or says what is wrong with it. */
  #take(bytes: Buffer, start: number, { end, offset }: { end: number; offset: number }): string | undefined {
    const tail = readTail(bytes, start, end)
    if (typeof tail === 'string') return tail
    this.#judgeAhead(isControl(bytes, start) ? tail.seq + 1 : tail.seq)
    if (this.closed) return 'a line behind the closing line'
    if (isControl(bytes, start))
      return this.#control(bytes.toString('utf8', start, end), { tail, end: offset + end + 1 })
    if (this.header === undefined && this.firstBad === undefined) return 'a segment begins with its header'
    if (this.#next !== undefined && tail.seq !== this.#next) {
      if (tail.seq > this.#next) this.#ahead = tail
      return `expected seq ${this.#next}, found ${tail.seq}`
    }
    // Rows of a base ascend, with holes and in groups; commits count, but where retention has let go of some.
    const isBase = this.header?.kind === 'base'
    const hasHoles = isBase || this.#isSparse
    const least = isBase ? this.#last : this.#last + 1
    if (tail.seq < least) return `expected seq ${least} or a later one, found ${tail.seq}`
    if (!hasHoles && tail.seq > least) this.missing.push({ from: least, to: tail.seq - 1 })
    this.#last = tail.seq
    this.#next = hasHoles ? undefined : tail.seq + 1
    if (this.firstBad === undefined) {
      this.lastSeq = tail.seq
      if (tail.dur >= 0) this.#batches.set(tail.seq, this.commitEnd)
      this.commitEnd = offset + end + 1
      this.places.note(tail.seq, offset + start)
    }
    this.#prove(tail)
    return undefined
  }

  /** Where the log goes on behind a line that stands too far on, that line holds, and those before it are gone. */
  #judgeAhead(next: Seq): void {
    const ahead = this.#ahead
    this.#ahead = undefined
    if (ahead === undefined || next <= ahead.seq) return
    this.missing.push({ from: this.#last + 1, to: ahead.seq - 1 })
    this.linesBehind++
    this.#last = ahead.seq
    this.#prove(ahead)
  }

  #control(line: string, { tail, end }: { tail: Tail; end: number }): string | undefined {
    const control = parseControl(line)
    if (typeof control === 'string') return control
    // Of a file that begins so, an opening says it before; in the middle of one it is a line that does not belong there.
    if (control.type === 'foreign') return `a segment header of ${whyUnreadable(control.format)}`
    if (control.type === '$segment') return this.#begin(control.header, end)
    if (this.header === undefined && this.firstBad === undefined) return 'a segment begins with its header'
    if (this.#next !== undefined && tail.seq !== this.#next - 1)
      return `expected seq ${this.#next - 1}, found ${tail.seq}`
    if (control.type === '$gap') {
      const least = this.#next ?? this.#last + 1
      if (control.gap.from < least) return `expected a gap from seq ${least} on, found one from ${control.gap.from}`
      if (control.gap.from > least && !this.#isSparse) this.missing.push({ from: least, to: control.gap.from - 1 })
      this.gaps.push(control.gap)
      this.#next = this.#isSparse ? undefined : control.gap.to + 1
      this.#last = control.gap.to
      if (this.firstBad === undefined) {
        this.lastSeq = control.gap.to
        this.commitEnd = end
      }
    }
    if (control.type === '$close') this.closed = true
    this.#prove(tail)
    return undefined
  }

  #begin(header: SegmentHeader, end: number): string | undefined {
    if (this.header !== undefined || this.#line > 1) return 'a second segment header'
    this.header = header
    const before = header.kind === 'log' ? header.firstSeq - 1 : 0
    this.lastSeq = before
    this.#firstSeq = before + 1
    this.#provenSeq = before
    this.commitEnd = end
    this.#headerEnd = end
    this.#last = before
    this.#next = header.kind === 'log' && !this.#isSparse ? before + 1 : undefined
    return undefined
  }

  get #isSparse(): boolean {
    return this.header?.kind === 'log' && this.header.sparse === true
  }

  #prove({ dur }: Tail): void {
    if (this.firstBad !== undefined) {
      this.provenBehind = Math.max(this.provenBehind, dur)
      return
    }
    if (dur <= this.#provenSeq) return
    this.#provenSeq = dur
    for (const seq of this.#batches.keys()) if (seq <= dur) this.#batches.delete(seq)
  }

  #bad(line: Buffer, { byte, reason, whole }: { byte: number; reason: string; whole: boolean }): void {
    this.damage.add({ file: this.#name, line: this.#line, byte, reason })
    this.#next = undefined
    this.firstBad ??= { byte, reason, hasLineFeed: whole, hasZeroSector: hasZeroSector(line, byte) }
  }
}

/**
 * Whether a part of `line` that lies in one 512-byte sector of its file (`byte`: where it begins) is all zeros. No line
 * holds a zero byte, so that such a part was never written. Source: etcd's write-ahead log, `isTornEntry`.
 */
export function hasZeroSector(line: Uint8Array, byte: number): boolean {
  for (let at = 0; at < line.length; ) {
    const end = Math.min(at + sectorBytes - ((byte + at) % sectorBytes), line.length)
    if (line.subarray(at, end).every((value) => value === 0)) return true
    at = end
  }
  return false
}
