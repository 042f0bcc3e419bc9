import { numbersBelow, picked, rowsPerStep, type Steps } from './steps.ts'

/** Fewer are compared with each other: counting has a price of its own. */
const fewKeys = 512
const digitBits = 11
const digitMask = (1 << digitBits) - 1
const wordBits = 32
/** Above the bits of every number, so that what has none comes first. */
const signBit = 0x8000_0000

/**
 * These numbers in the order of their keys, those with equal ones as they were; `NaN` stands for no key and comes first.
 * By counting digits from the lowest to the highest (LSD radix sort), of which those that all share cost nothing: O(n).
 *
 * @param keys of each number, at the same place
 */
export function* sortedBy(numbers: Uint32Array, keys: Float64Array): Steps<Uint32Array> {
  if (yield* isSorted(keys)) return numbers
  const places = yield* numbersBelow(numbers.length)
  const isFew = numbers.length < fewKeys
  const order = isFew ? places.sort((a, b) => compared(keys, a, b)) : yield* byDigits(places, keys)
  return yield* picked(order, numbers)
}

/** As `sortedBy`, by keys that are whole numbers below 2³². */
export function sortedByWord(numbers: Uint32Array, keys: Uint32Array): Steps<Uint32Array> {
  return sortedByWords(numbers, [keys])
}

/** As `sortedByWord`, by several such keys: the last first, and those that have the same by the one before it. */
export function* sortedByWords(numbers: Uint32Array, keys: readonly Uint32Array[]): Steps<Uint32Array> {
  const order = yield* byWords(yield* numbersBelow(numbers.length), keys)
  return yield* picked(order, numbers)
}

function* isSorted(keys: Float64Array): Steps<boolean> {
  for (let at = 1; at < keys.length; ) {
    for (const end = Math.min(keys.length, at + rowsPerStep); at < end; at++)
      if (compared(keys, at - 1, at) > 0) return false
    yield
  }
  return true
}

function compared(keys: Float64Array, a: number, b: number): number {
  const left = keys[a] ?? 0
  const right = keys[b] ?? 0
  if (left < right) return -1
  if (left > right) return 1
  if (left === right) return 0
  return Number(!Number.isNaN(left)) - Number(!Number.isNaN(right))
}

function* byDigits(places: Uint32Array, keys: Float64Array): Steps<Uint32Array> {
  const { low, high } = yield* comparableWords(keys)
  return yield* byWords(places, [low, high])
}

/** @param words of each key, the lowest first */
function* byWords(places: Uint32Array, words: readonly Uint32Array[]): Steps<Uint32Array> {
  let from: Uint32Array = places
  let to: Uint32Array = new Uint32Array(places.length)
  for (const word of words) {
    for (let shift = 0; shift < wordBits; shift += digitBits) {
      if (!(yield* spread(word, shift, from, to))) continue
      const done = to
      to = from
      from = done
    }
  }
  return from
}

/** Moves the places into the order of one digit. `false`, and nothing is moved, where all have the same. */
function* spread(words: Uint32Array, shift: number, from: Uint32Array, to: Uint32Array): Steps<boolean> {
  const starts = new Uint32Array(digitMask + 1)
  for (let at = 0; at < words.length; ) {
    for (const end = Math.min(words.length, at + rowsPerStep); at < end; at++) {
      const digit = ((words[at] ?? 0) >>> shift) & digitMask
      starts[digit] = (starts[digit] ?? 0) + 1
    }
    yield
  }
  let sum = 0
  for (let digit = 0; digit <= digitMask; digit++) {
    const count = starts[digit] ?? 0
    if (count === words.length) return false
    starts[digit] = sum
    sum += count
  }
  for (let at = 0; at < from.length; ) {
    for (const end = Math.min(from.length, at + rowsPerStep); at < end; at++) {
      const place = from[at] ?? 0
      const digit = ((words[place] ?? 0) >>> shift) & digitMask
      const start = starts[digit] ?? 0
      to[start] = place
      starts[digit] = start + 1
    }
    yield
  }
  return true
}

/** The bits of the keys so that they compare as the keys do: of a negative number all are turned, of others the sign. */
function* comparableWords(keys: Float64Array): Steps<{ readonly low: Uint32Array; readonly high: Uint32Array }> {
  const low = new Uint32Array(keys.length)
  const high = new Uint32Array(keys.length)
  const one = new Float64Array(1)
  const words = new Uint32Array(one.buffer)
  const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1
  const lowWord = isLittleEndian ? 0 : 1
  for (let at = 0; at < keys.length; at++) {
    if (at % rowsPerStep === 0) yield
    // Of the two zeros only one is left.
    const key = (keys[at] ?? 0) + 0
    if (Number.isNaN(key)) continue
    one[0] = key
    const upper = words[1 - lowWord] ?? 0
    const lower = words[lowWord] ?? 0
    low[at] = upper >= signBit ? ~lower : lower
    high[at] = upper >= signBit ? ~upper : upper ^ signBit
  }
  return { low, high }
}
