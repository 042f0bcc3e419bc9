import type { Seq } from '@stateward/contract'
import { type Control, isControl, parseControl } from './control-line.ts'
import { readTail } from './line.ts'
import { singleBitFixes } from './single-bit-fixes.ts'
import { splitAgain } from './split-again.ts'

const lineFeed = 0x0a
/** Ways to mend a run of bad lines that are looked at before it is given up as too uncertain. */
const waysMax = 2
const stepsMax = 10_000

/** What stands around a run of bad lines, and so what may stand in it. */
export interface Surroundings {
  /** Whether it is a base: rows ascend, with holes. */
  readonly isBase: boolean
  /** The last line before it is a commit, or row, of this seq. */
  readonly before: Seq
  /** Of the first that holds behind it; `undefined` at the end of the file. */
  readonly behind: Seq | undefined
  /** Where the file begins with it: whether a line is the file's own header. */
  readonly isHeader: ((control: Control) => boolean) | undefined
}

/**
 * The lines, without their line feeds, that a run of bad ones (without theirs) was before one bit of a line flipped, or
 * before line feeds were lost or came in between. `undefined` where there is no such way, or more than one.
 */
export function mendLines(bad: readonly Buffer[], around: Surroundings): Buffer[] | undefined {
  const search = new Search(around)
  search.go(bad.flatMap((line) => (line.length === 0 ? [] : splitAgain(line))))
  const [only] = search.ways
  return search.ways.length === 1 ? only : undefined
}

interface State {
  readonly seq: Seq
  readonly needsHeader: boolean
}

class Search {
  readonly #around: Surroundings
  readonly ways: Buffer[][] = []
  #steps = 0

  constructor(around: Surroundings) {
    this.#around = around
  }

  go(lines: readonly Buffer[]): void {
    const { before, isHeader } = this.#around
    this.#from(lines, 0, [], { seq: before, needsHeader: isHeader !== undefined })
  }

  #from(lines: readonly Buffer[], at: number, made: readonly Buffer[], state: State): void {
    if (this.ways.length >= waysMax || this.#steps++ > stepsMax) return
    const line = lines[at]
    if (line === undefined) {
      if (this.#isEnd(state) && !this.ways.some((way) => isSame(way, made))) this.ways.push([...made])
      return
    }
    const holds = typeof readTail(line, 0, line.length) !== 'string'
    const joined = holds ? [] : joins(line, lines[at + 1])
    const alone = holds ? [line] : singleBitFixes(line)
    for (const [candidates, next] of [
      [alone, at + 1],
      [joined, at + 2],
    ] as const) {
      for (const candidate of candidates) {
        const after = this.#after(candidate, state)
        if (after !== undefined) this.#from(lines, next, [...made, candidate], after)
      }
    }
  }

  /** Where the log stands behind a line; `undefined` where the line cannot stand there. */
  #after(line: Buffer, { seq, needsHeader }: State): State | undefined {
    const tail = readTail(line, 0, line.length)
    if (typeof tail === 'string' || line.includes(lineFeed)) return undefined
    const { isBase, isHeader } = this.#around
    if (isControl(line)) {
      const control = parseControl(line.toString())
      if (typeof control === 'string') return undefined
      if (control.type === '$segment')
        return needsHeader && isHeader?.(control) === true ? { seq, needsHeader: false } : undefined
      if (needsHeader || (tail.seq !== seq && !isBase)) return undefined
      return { seq: control.type === '$gap' ? control.gap.to : seq, needsHeader }
    }
    if (needsHeader) return undefined
    return isBase
      ? tail.seq >= seq
        ? { seq: tail.seq, needsHeader }
        : undefined
      : tail.seq === seq + 1
        ? { seq: tail.seq, needsHeader }
        : undefined
  }

  #isEnd({ seq, needsHeader }: State): boolean {
    const { behind, isBase } = this.#around
    if (needsHeader) return false
    return behind === undefined || (isBase ? seq <= behind : seq + 1 === behind)
  }
}

/** Two lines as one, without the line feed between them, or with the bytes that differ from one by a bit. */
function joins(line: Buffer, next: Buffer | undefined): Buffer[] {
  if (next === undefined) return []
  const between = [Buffer.alloc(0), ...Array.from({ length: 8 }, (_, bit) => Buffer.from([lineFeed ^ (1 << bit)]))]
  return between
    .map((byte) => Buffer.concat([line, byte, next]))
    .filter((joined) => typeof readTail(joined, 0, joined.length) !== 'string')
}

function isSame(one: readonly Buffer[], other: readonly Buffer[]): boolean {
  return one.length === other.length && one.every((line, at) => other[at]?.equals(line) === true)
}
