import { DamagedImage } from './damaged-image.ts'

/** Most numbers of one block. */
export const blockLength = 1_024

/** How the numbers of a block are told: each by itself, or by how far it is from the one before. */
const plain = 0
const differences = 1
const kinds = [plain, differences] as const
const wholeBits = 32
const highest = 0x8000_0000 | 0
/** A number that stands apart takes its place, two bytes, and itself. */
const apartBits = 48
/** Of the numbers so many are looked at, to find a base that few are below, and which way of telling them is the shortest. */
const looks = 64
const fewBelow = 8
const maxApart = 0xffff

/** What a block is told by: its numbers, or their differences. */
const steps: readonly [Int32Array, Int32Array] = [new Int32Array(blockLength), new Int32Array(blockLength)]
const leasts = new Int32Array(2)
const sample = new Int32Array(looks)
const sorted = new Int32Array(looks)
const rests = new Int32Array(blockLength)
const widths = new Uint32Array(wholeBits + 1)

/** The numbers above a base, and the fewest bits of what is written of them. */
interface Packing {
  readonly kind: typeof plain | typeof differences
  readonly base: number
  readonly width: number
  readonly bits: number
}

/**
 * Appends up to 1 024 numbers of 32 bits to `into`: a word that tells kind, width and how many stand apart; the base; what each number, or
 * its difference to the one before, is above the base, in `width` bits; the places and the values of those that need more.
 *
 * After Zukowski et al., "Super-Scalar RAM-CPU Cache Compression", ICDE 2006 (PFOR, PFOR-DELTA).
 */
export function packBlock(values: ArrayLike<number>, from: number, length: number, step: number, into: number[]): void {
  takeSteps(values, from, length, step)
  const { kind, base } = bestOfSample(length)
  writeBlock(packingOf(kind, steps[kind], length, base), length, into)
}

/** Takes `length` numbers out, to every `step`-th place of `values`; where the next block begins. Throws a `DamagedImage` where it makes no sense. */
export function unpackBlock(words: Uint32Array, at: number, into: Into): number {
  const { length } = into
  const head = words[at] ?? 0
  const [kind, width, apart] = [head & 0xff, (head >>> 8) & 0xff, head >>> 16]
  const base = words[at + 1] ?? 0
  const packedAt = at + 2
  const placesAt = packedAt + Math.ceil((length * width) / wholeBits)
  const apartAt = placesAt + Math.ceil(apart / 2)
  const end = apartAt + apart
  if (kind > differences || width > wholeBits || end > words.length)
    throw new DamagedImage(`a block of kind ${kind}, ${width} bits and ${apart} apart at ${at} of ${words.length}`)
  if (width === 0 && apart === 0) {
    fillLine(kind, base | 0, into)
    return end
  }
  unpackBits(words, packedAt, width, length)
  for (let one = 0; one < apart; one++) {
    const place = ((words[placesAt + (one >>> 1)] ?? 0) >>> ((one & 1) * 16)) & 0xffff
    rests[place % blockLength] = words[apartAt + one] ?? 0
  }
  addUp(kind, base | 0, into)
  return end
}

interface Into {
  readonly values: Uint32Array
  readonly from: number
  readonly length: number
  readonly step: number
}

/** The commonest block by far: all its numbers, or all differences, are the same. */
function fillLine(kind: number, base: number, { values, from, length, step }: Into): void {
  const rise = kind === plain ? 0 : base
  for (let one = 0, to = from, value = base; one < length; one++, to += step, value = (value + rise) | 0)
    values[to] = value
}

function addUp(kind: number, base: number, { values, from, length, step }: Into): void {
  if (kind === plain) {
    for (let one = 0, to = from; one < length; one++, to += step) values[to] = ((rests[one] ?? 0) + base) | 0
    return
  }
  let before = 0
  for (let one = 0, to = from; one < length; one++, to += step) {
    before = (((rests[one] ?? 0) + base) | 0) + before
    before |= 0
    values[to] = before
  }
}

function unpackBits(words: Uint32Array, from: number, width: number, length: number): void {
  if (width === 0) {
    rests.fill(0, 0, length)
    return
  }
  if (width === wholeBits) {
    for (let one = 0; one < length; one++) rests[one] = words[from + one] ?? 0
    return
  }
  const mask = (1 << width) - 1
  for (let one = 0, bit = 0; one < length; one++, bit += width) {
    const word = from + (bit >>> 5)
    const shift = bit & 31
    let rest = (words[word] ?? 0) >>> shift
    if (shift + width > wholeBits) rest |= (words[word + 1] ?? 0) << (wholeBits - shift)
    rests[one] = rest & mask
  }
}

/** Takes numbers and differences out; the least of each. */
function takeSteps(values: ArrayLike<number>, from: number, length: number, step: number): void {
  const own = steps[plain]
  const different = steps[differences]
  let before = 0
  let least = -1 >>> 1
  let leastDifference = least
  for (let one = 0, at = from; one < length; one++, at += step) {
    const value = (values[at] ?? 0) | 0
    const difference = (value - before) | 0
    own[one] = value
    different[one] = difference
    before = value
    const flipped = value ^ highest
    if (flipped < least) least = flipped
    if (difference < leastDifference) leastDifference = difference
  }
  leasts[plain] = least ^ highest
  leasts[differences] = leastDifference
}

/** The kind and the base that tell some of the numbers in the fewest bits. */
function bestOfSample(length: number): Packing {
  const looked = Math.min(length, looks)
  let found: Packing | undefined
  for (const kind of kinds) {
    const numbers = steps[kind]
    // The order of those without a sign is that of others whose highest bit is flipped.
    const flip = kind === plain ? highest : 0
    for (let look = 0; look < looked; look++) {
      const number = numbers[Math.floor(((look + 1) * length) / looked) - 1] ?? 0
      sample[look] = number
      sorted[look] = number ^ flip
    }
    const least = packingOf(kind, sample, looked, leasts[kind] ?? 0)
    if (found === undefined || least.bits < found.bits) found = least
    if (least.bits === 0) break
    sorted.subarray(0, looked).sort()
    const low = packingOf(kind, sample, looked, (sorted[Math.min(fewBelow, looked - 1)] ?? 0) ^ flip)
    if (low.bits < found.bits) found = low
  }
  return found ?? packingOf(plain, sample, 0, 0)
}

/** Leaves what the numbers are above the base in `rests`. */
function packingOf(kind: Packing['kind'], numbers: Int32Array, length: number, base: number): Packing {
  widths.fill(0)
  for (let one = 0; one < length; one++) {
    const rest = ((numbers[one] ?? 0) - base) | 0
    rests[one] = rest
    const width = wholeBits - Math.clz32(rest)
    widths[width] = (widths[width] ?? 0) + 1
  }
  let apart = 0
  let found = { width: wholeBits, bits: length * wholeBits }
  for (let width = wholeBits; width >= 0; width--) {
    const bits = length * width + apart * apartBits
    if (bits <= found.bits && apart <= maxApart) found = { width, bits }
    apart += widths[width] ?? 0
  }
  return { kind, base: base >>> 0, ...found }
}

function writeBlock({ kind, base, width }: Packing, length: number, into: number[]): void {
  const head = into.length
  into.push(0, base)
  let word = 0
  let bit = 0
  const apart: number[] = []
  for (let one = 0; one < length; one++) {
    let rest = rests[one] ?? 0
    if (width < wholeBits && rest >>> width !== 0) {
      apart.push(one)
      rest = 0
    }
    if (width === 0) continue
    word |= rest << bit
    bit += width
    if (bit < wholeBits) continue
    into.push(word >>> 0)
    bit -= wholeBits
    word = bit === 0 ? 0 : rest >>> (width - bit)
  }
  if (bit > 0) into.push(word >>> 0)
  for (let one = 0; one < apart.length; one += 2) into.push((apart[one] ?? 0) | ((apart[one + 1] ?? 0) << 16))
  for (const place of apart) into.push((rests[place] ?? 0) >>> 0)
  into[head] = kind | (width << 8) | (apart.length << 16)
}
