import type { Seq } from '@stateward/contract'
import { type Control, isControl, parseControl } from '../format/control-line.ts'
import { readTail } from '../format/line.ts'
import { singleBitFixes } from './single-bit-fixes.ts'
import { splitAgain } from './split-again.ts'

const lineFeed = 0x0a
/** Lines that are looked at before a run of bad ones is given up as too uncertain. */
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
  return new Search(around).onlyWay(bad.flatMap((line) => (line.length === 0 ? [] : splitAgain(line))))
}

interface State {
  readonly seq: Seq
  readonly needsHeader: boolean
}

/** A way through the first `at` lines. */
interface Way extends State {
  readonly at: number
  readonly line?: Buffer
  readonly before?: Way
}

class Search {
  readonly #around: Surroundings

  constructor(around: Surroundings) {
    this.#around = around
  }

  /** Two ways never make the same lines: where they part, they take lines that differ. */
  onlyWay(lines: readonly Buffer[]): Buffer[] | undefined {
    const { before, isHeader } = this.#around
    const open: Way[] = [{ at: 0, seq: before, needsHeader: isHeader !== undefined }]
    let only: Way | undefined
    let steps = 0
    for (let way = open.pop(); way !== undefined; way = open.pop()) {
      const line = lines[way.at]
      if (line !== undefined) {
        if (steps++ === stepsMax) return undefined
        open.push(...this.#next(way, line, lines[way.at + 1]))
      } else if (this.#isEnd(way)) {
        if (only !== undefined) return undefined
        only = way
      }
    }
    return only && linesOf(only)
  }

  /** The ways on: over one line, or over two that were one. */
  #next(way: Way, line: Buffer, next: Buffer | undefined): Way[] {
    const holds = typeof readTail(line, 0, line.length) !== 'string'
    const alone = holds ? [line] : singleBitFixes(line)
    const joined = holds || next === undefined ? [] : joins(line, next)
    const over = (candidates: readonly Buffer[], at: number): Way[] =>
      candidates.flatMap((candidate) => {
        const state = this.#after(candidate, way)
        return state === undefined ? [] : [{ ...state, at, line: candidate, before: way }]
      })
    return [...over(alone, way.at + 1), ...over(joined, way.at + 2)]
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
function joins(line: Buffer, next: Buffer): Buffer[] {
  const between = [Buffer.alloc(0), ...Array.from({ length: 8 }, (_, bit) => Buffer.from([lineFeed ^ (1 << bit)]))]
  return between
    .map((byte) => Buffer.concat([line, byte, next]))
    .filter((joined) => typeof readTail(joined, 0, joined.length) !== 'string')
}

function linesOf(last: Way): Buffer[] {
  const lines: Buffer[] = []
  for (let way: Way | undefined = last; way !== undefined; way = way.before) if (way.line) lines.push(way.line)
  return lines.reverse()
}
