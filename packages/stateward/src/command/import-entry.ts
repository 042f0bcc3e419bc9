import type { ImportLine } from './import-line.ts'

/** One line of an input, or one row that begins there. */
export interface ImportEntry {
  /** From 1. */
  readonly number: number
  /** Bytes of the input that have been read so far. */
  readonly upTo: number
  /** Bytes that it takes in memory, about. */
  readonly size: number
  /** What a checksum at the end of the input counts in; absent where no such line can come. */
  readonly bytes?: Uint8Array | undefined
  /** What it asks for. Throws `INVALID` or `TOO_LARGE`, saying what was expected and found. */
  read(): ImportLine
}
