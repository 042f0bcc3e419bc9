import { limits } from '@stateward/contract'
import { unmarkedBytes } from './unmarked-bytes.ts'

/** One record of the text as it stands there, without the end of its line. */
export interface CsvRecord {
  /** The line that it begins on, from 1. */
  readonly line: number
  /** Absent where it is longer than `limits.recordBytes`: of such a one only its end is looked for. */
  readonly bytes: Uint8Array | undefined
  /** The text ends within a cell that a quote has opened. */
  readonly isOpen: boolean
}

const quote = 0x22
const lineFeed = 0x0a
const carriageReturn = 0x0d

/**
 * Where each record ends: at a line feed, a carriage return or both, unless a quote that begins a cell is still open.
 * In the grammar of RFC 4180; a quote elsewhere opens nothing, so that a record that is malformed leaves the next one alone.
 * Comes in lists, one for each portion of the text. Holds one record, and those of a portion.
 */
export async function* csvRecords(
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  delimiter: number,
): AsyncGenerator<readonly CsvRecord[]> {
  const splitter = new Splitter(delimiter)
  for await (const bytes of unmarkedBytes(source)) {
    const records = splitter.take(bytes)
    if (records.length > 0) yield records
  }
  const last = splitter.end()
  if (last !== undefined) yield [last]
}

/** Where the next byte stands: `within` is in a cell that no quote has opened, `behind` next to a quote in one that one has. */
const places = { start: 0, within: 1, quoted: 2, behind: 3 } as const
type Place = (typeof places)[keyof typeof places]

class Splitter {
  readonly #delimiter: number
  #place: Place = places.start
  #line = 1
  #startLine = 1
  #isAfterReturn = false
  #pieces: Uint8Array[] = []
  #length = 0

  constructor(delimiter: number) {
    this.#delimiter = delimiter
  }

  take(bytes: Uint8Array): CsvRecord[] {
    const records: CsvRecord[] = []
    const delimiter = this.#delimiter
    let place = this.#place
    let from = 0
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0
      if (byte !== lineFeed && byte !== carriageReturn) {
        if (place === places.quoted) place = byte === quote ? places.behind : places.quoted
        else if (byte === delimiter) place = places.start
        else place = byte === quote && place !== places.within ? places.quoted : places.within
        continue
      }
      const isSecondOfTwo = byte === lineFeed && (at === 0 ? this.#isAfterReturn : bytes[at - 1] === carriageReturn)
      if (!isSecondOfTwo) this.#line++
      if (place === places.quoted) continue
      // The line feed behind a carriage return belongs to the end that was there before it.
      if (!isSecondOfTwo) records.push(this.#record(bytes.subarray(from, at), false))
      place = places.start
      from = at + 1
    }
    this.#place = place
    this.#isAfterReturn = bytes.at(-1) === carriageReturn
    this.#keep(bytes.subarray(from))
    return records
  }

  end(): CsvRecord | undefined {
    if (this.#length === 0) return undefined
    return this.#record(new Uint8Array(), this.#place === places.quoted)
  }

  #record(last: Uint8Array, isOpen: boolean): CsvRecord {
    this.#keep(last)
    const bytes = this.#length > limits.recordBytes ? undefined : whole(this.#pieces, this.#length)
    const record = { line: this.#startLine, bytes, isOpen }
    this.#pieces = []
    this.#length = 0
    this.#startLine = this.#line
    return record
  }

  #keep(piece: Uint8Array): void {
    this.#length += piece.length
    if (this.#length > limits.recordBytes) this.#pieces = []
    // What the source gives may be a buffer that it uses again.
    else if (piece.length > 0) this.#pieces.push(piece.slice())
  }
}

function whole(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [first = new Uint8Array()] = pieces
  if (pieces.length <= 1) return first
  const bytes = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
