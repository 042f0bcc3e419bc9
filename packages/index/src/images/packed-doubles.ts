import { DamagedImage } from './damaged-image.ts'
import { makeWords, packWords, unpackWords } from './packed-words.ts'

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

/**
 * What `packDoubles` was given, in the beginning of what `make` makes for so many numbers; it may refuse that number. Throws a `DamagedImage`
 * where it is nothing that `packDoubles` could have been given. O(n).
 */
export function unpackDoubles<Into extends Float64Array = Float64Array<ArrayBuffer>>(
  packed: Uint32Array,
  make: (length: number) => Into,
): Into {
  const [kind, unit = 0, highWords = 0] = packed
  if (kind === verbatim && packed.length % 2 === 1) {
    const values = make((packed.length - 1) / 2)
    values.set(new Float64Array(packed.slice(1).buffer))
    return values
  }
  if (kind !== whole) throw new DamagedImage(`packed numbers of kind ${kind} in ${packed.length} words`)
  // Both begin with how many they are.
  const [length = 0, lowLength] = [packed[3], packed[3 + highWords]]
  if (length !== lowLength) throw new DamagedImage(`${length} upper and ${lowLength} lower halves`)
  const high = unpackWords(packed.subarray(3, 3 + highWords), highHalves)
  const low = unpackWords(packed.subarray(3 + highWords), lowHalves)
  const values = make(length)
  for (let at = 0; at < length; at++) values[at] = ((high[at] ?? 0) * wordValues + (low[at] ?? 0)) * unit
  return values
}

/** An array of its own, of no more and no fewer numbers. */
export function makeDoubles(length: number): Float64Array<ArrayBuffer> {
  return new Float64Array(length)
}

/** Nearly all of what is unpacked is pages and chunks: each would leave its halves to be collected. */
const scratchLength = 1_024
const highHalves = scratchWords()
const lowHalves = scratchWords()

/** Gives out the same array again and again where it is long enough. */
function scratchWords(): (length: number) => Uint32Array {
  const scratch = makeWords(scratchLength)
  return (length) => (length <= scratchLength ? scratch : makeWords(length))
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
