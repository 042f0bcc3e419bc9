import type { Seq } from '@stateward/contract'
import { type Lines, wholeLines } from '../files/chunks.ts'
import { type Gap, isControl, parseControl, type SegmentHeader } from '../format/control-line.ts'
import { readTail } from '../format/line.ts'
import { isTorn } from '../scanning/classify.ts'
import { DamagedLine } from '../scanning/damage.ts'
import { hasZeroSector } from '../scanning/scan.ts'
import { type Need, needsOf, rowKeyOf } from './commit-needs.ts'

const lineFeed = 0x0a
const sealMark = Buffer.from('"crc":"')

/** A line whose checksum holds: where it stands in its file (`end`: behind its line feed), and what it is. */
export interface GoodLine {
  readonly seq: Seq
  readonly at: number
  readonly end: number
  /** A salvage's word that commits are missing; undefined for a commit or a row. */
  readonly gap?: Gap
  /** Of an update: the versions that it rests on. */
  readonly needs: readonly Need[]
  /** Of a row: its record. */
  readonly key?: string
}

/** Bytes that are no line, or one that does not belong where it stands. */
export interface BadBytes {
  readonly at: number
  readonly end: number
  readonly reason: string
}

/** The lines of one damaged segment, sorted out. */
export interface SortedLines {
  /** By seq, each once; rows of a base in groups. */
  readonly good: readonly GoodLine[]
  /** In the order of the file. */
  readonly bad: readonly BadBytes[]
  /** The highest commit that the file itself speaks of, or may have held behind its last good line. */
  readonly lastSeq: Seq
}

export interface SortOptions {
  /** What the first line must be, where it reads. */
  readonly isOwn: (header: SegmentHeader) => boolean
  readonly kind: 'log' | 'base'
  readonly from: Seq
  /** The last commit that may be here; what is behind it is of another file. */
  readonly to: Seq
}

/**
 * Sorts the lines of a segment: those that hold, whatever their order, and everything else. Two different lines of one
 * seq are both taken for bad, for nothing tells which is the right one. Memory: a few words a line.
 */
export async function sortLines(chunks: AsyncIterable<Buffer>, options: SortOptions): Promise<SortedLines> {
  const sorting = new Sorting(options)
  try {
    for await (const piece of wholeLines(chunks)) {
      sorting.look(piece)
      if (sorting.isForeign) break
    }
  } catch (error) {
    if (!(error instanceof DamagedLine)) throw error
    sorting.addBad({ at: error.byte, end: error.byte, reason: error.message })
  }
  return sorting.sorted()
}

interface Found extends GoodLine {
  readonly sum: string
}

class Sorting {
  readonly #options: SortOptions
  readonly #found: Found[] = []
  readonly #bad: BadBytes[] = []
  isForeign = false
  #isFirst = true
  #lastSeq: Seq = 0
  /** Commits that may stand in the bad lines since the last good one. */
  #behind = 0
  #isTorn: boolean | undefined

  constructor(options: SortOptions) {
    this.#options = options
    this.#lastSeq = options.from - 1
  }

  addBad(bad: BadBytes): void {
    this.#bad.push(bad)
  }

  look({ bytes, offset, whole }: Lines): void {
    for (let at = 0; at < bytes.length && !this.isForeign; ) {
      const end = whole ? bytes.indexOf(lineFeed, at) : bytes.length
      const line = bytes.subarray(at, end)
      const place = { at: offset + at, end: offset + end + (whole ? 1 : 0) }
      const reason = whole ? this.#take(line, place) : 'the line does not end'
      if (reason === undefined) {
        this.#behind = 0
        this.#isTorn = undefined
      } else {
        this.addBad({ ...place, reason })
        this.#isTorn ??= isTorn({ hasLineFeed: whole, hasZeroSector: hasZeroSector(line, place.at) })
        // A first line is the header, which is no commit.
        if (whole && !this.#isFirst) this.#behind += Math.max(1, count(line, sealMark))
      }
      this.#isFirst = false
      at = end + 1
    }
  }

  /** Takes a line in, or says why it is none. */
  #take(line: Buffer, place: { at: number; end: number }): string | undefined {
    const tail = readTail(line, 0, line.length)
    if (typeof tail === 'string') return tail
    const { kind, from, to } = this.#options
    const sum = line.toString('latin1', line.length - 10)
    if (isControl(line)) return this.#control(line, { ...place, seq: tail.seq, sum })
    if (tail.seq < from || tail.seq > to) return `seq ${tail.seq}, where ${from} to ${to} belong`
    this.#lastSeq = Math.max(this.#lastSeq, tail.seq, tail.dur)
    const about = kind === 'base' ? { needs: [], key: rowKeyOf(line) } : { needs: needsOf(line) }
    this.#found.push({ seq: tail.seq, ...place, ...about, sum })
    return undefined
  }

  #control(line: Buffer, found: { at: number; end: number; seq: Seq; sum: string }): string | undefined {
    const control = parseControl(line.toString())
    if (typeof control === 'string') return control
    if (control.type === '$segment') {
      this.isForeign = !this.#options.isOwn(control.header)
      if (this.isForeign) return 'a header of another segment'
      return this.#isFirst ? undefined : 'a second segment header'
    }
    const { to } = this.#options
    if (control.type === '$gap') {
      if (this.#options.kind === 'base') return 'a gap, where rows of a base belong'
      if (control.gap.to > to) return `a gap up to ${control.gap.to}, where commits up to ${to} belong`
      this.#found.push({ ...found, seq: control.gap.from, gap: control.gap, needs: [] })
      this.#lastSeq = Math.max(this.#lastSeq, control.gap.to)
    } else if (found.seq <= to) this.#lastSeq = Math.max(this.#lastSeq, found.seq)
    return undefined
  }

  sorted(): SortedLines {
    // Whose file it is nobody knows: not one of its lines is believed.
    if (this.isForeign) return { good: [], bad: this.#bad, lastSeq: this.#options.from - 1 }
    const byPlace = [...this.#found].sort((left, right) => left.seq - right.seq || left.at - right.at)
    const good: GoodLine[] = []
    for (let at = 0; at < byPlace.length; ) {
      const same = sameSeq(byPlace, at)
      at += same.length
      const { once, again } = told(same)
      for (const { seq, ...other } of again) this.addBad({ ...other, reason: `a second line of seq ${seq}` })
      if (this.#options.kind === 'base' || once.length === 1) good.push(...once)
      else for (const { seq, ...one } of once) this.addBad({ ...one, reason: `another line of seq ${seq} stands here` })
    }
    const bad = this.#bad.map(({ at, end, reason }) => ({ at, end, reason })).sort((left, right) => left.at - right.at)
    const behind = this.#isTorn === true ? 0 : this.#behind
    return { good: good.filter(isAhead()), bad, lastSeq: this.#lastSeq + behind }
  }
}

/** Lines of one seq: each that is not the same as one before it, and the others. */
function told(lines: readonly Found[]): { readonly once: readonly Found[]; readonly again: readonly Found[] } {
  const seen = new Set<string>()
  const once: Found[] = []
  const again: Found[] = []
  for (const line of lines) {
    const text = `${line.sum} ${line.end - line.at}`
    const isFirst = !seen.has(text)
    seen.add(text)
    if (isFirst) once.push(line)
    else again.push(line)
  }
  return { once, again }
}

/** Whether a line comes behind the gap before it: a commit within what a salvage has given up was given up too. */
function isAhead(): (line: GoodLine) => boolean {
  let gapEnd = -1
  return ({ seq, gap }) => {
    if (seq <= gapEnd) return false
    if (gap !== undefined) gapEnd = gap.to
    return true
  }
}

function sameSeq(found: readonly Found[], from: number): Found[] {
  let to = from + 1
  while (to < found.length && found[to]?.seq === found[from]?.seq) to++
  return found.slice(from, to)
}

function count(bytes: Buffer, mark: Buffer): number {
  let found = 0
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) found++
  return found
}
