import type { Seq } from '@stateward/contract'
import { wholeLines } from '../files/chunks.ts'
import { type Control, isControl, parseControl } from '../format/control-line.ts'
import { readTail } from '../format/line.ts'
import { mendLines } from './mend-lines.ts'

const lineFeed = 0x0a
const lineEnd = Buffer.from([lineFeed])

/** A run of bad lines: where it stands in the file, how many bytes of it, and whether it could be mended. */
export interface MendedPlace {
  readonly byte: number
  readonly bytes: number
  /** Lines that stand there now; 0 where nothing was done. */
  readonly lines: number
  readonly isMended: boolean
}

export interface MendOptions {
  readonly isBase: boolean
  /** The commit before the first; 0 for a base. */
  readonly before: Seq
  readonly isHeader: (control: Control) => boolean
  /** Takes the bytes of the mended file, in order: line by line, with their line feeds. */
  readonly write: (bytes: Buffer) => Promise<void>
}

/**
 * Goes through the lines of a segment and mends what can be mended in exactly one way; writes everything else as it is.
 * Memory: that of the longest run of bad lines.
 */
export async function mendSegment(
  chunks: AsyncIterable<Buffer>,
  options: MendOptions,
): Promise<readonly MendedPlace[]> {
  const mending = new Mending(options)
  for await (const { bytes, whole } of wholeLines(chunks)) {
    for (let at = 0; at < bytes.length; ) {
      const end = whole ? bytes.indexOf(lineFeed, at) : bytes.length
      await mending.line(bytes.subarray(at, end), whole)
      at = end + 1
    }
  }
  await mending.end()
  return mending.places
}

interface Standing {
  readonly before: Seq
  readonly behind: Seq
  readonly isHeader?: boolean
}

class Mending {
  readonly places: MendedPlace[] = []
  readonly #options: MendOptions
  /** Lines that do not hold, each as it stands in the file. */
  #bad: { readonly line: Buffer; readonly whole: boolean }[] = []
  #byte = 0
  #badFrom = 0
  #seq: Seq
  #hasHeader = false

  constructor(options: MendOptions) {
    this.#options = options
    this.#seq = options.before
  }

  async line(line: Buffer, whole: boolean): Promise<void> {
    const seq = whole ? this.#seqOf(line) : undefined
    if (seq === undefined) {
      if (this.#bad.length === 0) this.#badFrom = this.#byte
      this.#bad.push({ line, whole })
    } else {
      await this.#settle(seq.before, seq.isHeader === true)
      this.#seq = seq.behind
      this.#hasHeader = true
      await this.#write(line)
    }
    this.#byte += line.length + (whole ? 1 : 0)
  }

  async end(): Promise<void> {
    await this.#settle(undefined, false)
  }

  /** Of a line that holds: the seq that must stand before it (plus one), and the one after it. */
  #seqOf(line: Buffer): Standing | undefined {
    const tail = readTail(line, 0, line.length)
    if (typeof tail === 'string') return undefined
    if (!isControl(line))
      return tail.seq > this.#seq || this.#options.isBase ? { before: tail.seq, behind: tail.seq } : undefined
    const control = parseControl(line.toString())
    if (typeof control === 'string') return undefined
    if (control.type === '$gap') return { before: control.gap.from, behind: control.gap.to }
    if (control.type !== '$segment')
      return tail.seq < this.#seq ? undefined : { before: tail.seq + 1, behind: tail.seq }
    return this.#hasHeader || !this.#options.isHeader(control)
      ? undefined
      : { before: this.#seq + 1, behind: this.#seq, isHeader: true }
  }

  async #settle(behind: Seq | undefined, isHeaderNext: boolean): Promise<void> {
    const bad = this.#bad
    if (bad.length === 0) return
    this.#bad = []
    const { isBase, isHeader } = this.#options
    const lines = bad.map(({ line }) => line)
    const around = {
      isBase,
      before: this.#seq,
      behind,
      isHeader: this.#hasHeader || isHeaderNext ? undefined : isHeader,
    }
    const mended = mendLines(lines, around)
    const bytes = this.#byte - this.#badFrom
    this.places.push({ byte: this.#badFrom, bytes, lines: mended?.length ?? 0, isMended: mended !== undefined })
    if (mended === undefined) for (const { line, whole } of bad) await this.#write(line, whole)
    else for (const line of mended) await this.#write(line)
  }

  async #write(line: Buffer, isEnded = true): Promise<void> {
    await this.#options.write(isEnded ? Buffer.concat([line, lineEnd]) : line)
  }
}
