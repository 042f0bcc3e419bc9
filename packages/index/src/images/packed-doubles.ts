import { DamagedImage } from './damaged-image.ts'
import { packWords, unpackWords } from './packed-words.ts'

const verbatim = 0
const whole = 1
/** Instants are kept in microseconds, and most are whole milliseconds. */
const thousands = 1_000
const wordValues = 2 ** 32

/** Numbers in as few bytes as can be read again quickly where all are whole and none is below 0, else as they are. O(n). */
export function packDoubles(values: Float64Array): Uint32Array<ArrayBuffer> {
  const unit = unitOf(values)
  if (unit === undefined) return Uint32Array.of(verbatim, ...new Uint32Array(values.slice().buffer))
  const low = new Uint32Array(values.length)
  const high = new Uint32Array(values.length)
  for (let at = 0; at < values.length; at++) {
    const value = (values[at] ?? 0) / unit
    low[at] = value % wordValues
    high[at] = Math.floor(value / wordValues)
  }
  const highWords = packWords(high)
  const lowWords = packWords(low)
  const packed = new Uint32Array(3 + highWords.length + lowWords.length)
  packed.set([whole, unit, highWords.length])
  packed.set(highWords, 3)
  packed.set(lowWords, 3 + highWords.length)
  return packed
}

/** What `packDoubles` was given. Throws a `DamagedImage` where that is nothing it could have been given. O(n). */
export function unpackDoubles(packed: Uint32Array): Float64Array<ArrayBuffer> {
  const [kind, unit = 0, highWords = 0] = packed
  if (kind === verbatim && packed.length % 2 === 1) return new Float64Array(packed.slice(1).buffer)
  if (kind !== whole) throw new DamagedImage(`packed numbers of kind ${kind} in ${packed.length} words`)
  const high = unpackWords(packed.subarray(3, 3 + highWords))
  const low = unpackWords(packed.subarray(3 + highWords))
  if (high.length !== low.length) throw new DamagedImage(`${high.length} upper and ${low.length} lower halves`)
  const values = new Float64Array(low.length)
  for (let at = 0; at < low.length; at++) values[at] = ((high[at] ?? 0) * wordValues + (low[at] ?? 0)) * unit
  return values
}

/** All of them are multiples of it; `undefined` where they are of none. */
function unitOf(values: Float64Array): number | undefined {
  let unit = thousands
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER && Number.isInteger(value)) || Object.is(value, -0))
      return undefined
    if (value % unit !== 0) unit = 1
  }
  return unit
}
