/** One place in a log that does not read as it was written. */
export interface Damage {
  readonly file: string
  /** 1-based line number, as `sed -n` counts. */
  readonly line: number
  /** 0-based offset of the line's first byte. */
  readonly byte: number
  readonly reason: string
}
