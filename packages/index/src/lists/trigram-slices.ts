/** Slices of a text index. The first says that there is a text, each of the others is shared by many trigrams. */
export const textSlices = 512
export const anyText = 0

/** Shorter texts have no trigram. */
export const trigramUnits = 3

/**
 * Marks the slices of all trigrams of a text: of every three UTF-16 code units that stand side by side, as they are. So whatever
 * `includes` finds within a text marks no slice that the text does not mark, halves of surrogate pairs not excepted.
 */
export function markSlices(marks: Uint8Array, text: string, units: number = text.length): void {
  marks[anyText] = 1
  const end = Math.min(text.length, units)
  let [first, second] = [text.charCodeAt(0), text.charCodeAt(1)]
  for (let at = trigramUnits - 1; at < end; at++) {
    const third = text.charCodeAt(at)
    marks[sliceOf(first, second, third)] = 1
    first = second
    second = third
  }
}

/** A slice behind the first. What it is is part of the layout of an image. */
function sliceOf(first: number, second: number, third: number): number {
  let hash = Math.imul(first, 0x9e3779b1) + Math.imul(second, 0x85ebca6b) + Math.imul(third, 0xc2b2ae35)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  hash ^= hash >>> 13
  return 1 + ((hash >>> 0) % (textSlices - 1))
}
