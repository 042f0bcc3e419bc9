import { DamagedImage } from './damaged-image.ts'
import { blockLength, packBlock, unpackBlock } from './packed-block.ts'

/** More than any part of an image has. */
const mostWords = 2 ** 27

/**
 * Numbers of 32 bits in as few bytes as can be read again quickly: in blocks, each around a base of its own. Of rows of several `columns`
 * every column is packed by itself. O(n).
 */
export function packWords(values: ArrayLike<number>, columns = 1): Uint32Array<ArrayBuffer> {
  const packed = [values.length, columns]
  for (let from = 0; from < values.length; from += blockLength * columns) {
    const length = lengthFrom(from, values.length, columns)
    for (let column = 0; column < columns; column++) packBlock(values, from + column, length, columns, packed)
  }
  return Uint32Array.from(packed)
}

/**
 * What `packWords` was given, in the beginning of what `make` makes for so many numbers; it may refuse that number. Throws a `DamagedImage`
 * where it is nothing that `packWords` could have been given. O(n).
 */
export function unpackWords<Into extends Uint32Array = Uint32Array<ArrayBuffer>>(
  packed: Uint32Array,
  make: (length: number) => Into,
): Into {
  const [length = 0, columns = 0] = packed
  if (length > mostWords || columns === 0 || length % columns !== 0)
    throw new DamagedImage(`${length} packed numbers in ${columns} columns`)
  const values = make(length)
  let at = 2
  for (let from = 0; from < length; from += blockLength * columns) {
    const block = { values, step: columns, length: lengthFrom(from, length, columns) }
    for (let column = 0; column < columns; column++) at = unpackBlock(packed, at, { ...block, from: from + column })
  }
  if (at !== packed.length) throw new DamagedImage(`${packed.length} words, where ${at} are expected`)
  return values
}

/** An array of its own, of no more and no fewer numbers. */
export function makeWords(length: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array(length)
}

/** How many rows the block has that begins here. */
function lengthFrom(from: number, values: number, columns: number): number {
  return Math.min(blockLength, (values - from) / columns)
}
