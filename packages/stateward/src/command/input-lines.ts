import { limits } from '@stateward/contract'

/** One line of an input. */
export interface InputLine {
  /** From 1. */
  readonly number: number
  /** Bytes of the input up to its end, the line feed included. */
  readonly upTo: number
  /** With its line feed; absent for a line that was too long to keep. */
  readonly bytes: Uint8Array | undefined
}

const lineFeed = 0x0a
/** Beside the record a line of a log has a few keys. */
const longestBytes = limits.recordBytes + 65_536

/** The lines of a stream of bytes. At most one line and one chunk are in memory. */
export async function* inputLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<InputLine> {
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let number = 0
  let upTo = 0
  const line = (last: Uint8Array): InputLine => {
    const length = pendingBytes + last.length
    upTo += length
    const bytes = length > longestBytes ? undefined : Buffer.concat([...pending, last])
    pending = []
    pendingBytes = 0
    return { number: ++number, upTo, bytes }
  }
  for await (const given of chunks) {
    const chunk = typeof given === 'string' ? Buffer.from(given) : given
    let from = 0
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
      yield line(chunk.subarray(from, at + 1))
      from = at + 1
    }
    const rest = chunk.subarray(from)
    if (rest.length === 0) continue
    pendingBytes += rest.length
    // Of a line that is too long only its length is kept.
    if (pendingBytes <= longestBytes) pending.push(rest)
    else pending = []
  }
  if (pendingBytes > 0) yield line(new Uint8Array())
}
