/** Words of 32 bits in a UUID. */
export const uuidWords = 4

const textLength = 36
const dash = 45
/** Stays above 16 bits wherever it stands in four digits. */
const notHex = 0x1_0000

/** Worth of each lower-case hex digit by its code unit; `notHex` for every other ASCII character. */
const worth = new Uint32Array(128).fill(notHex)
for (let digit = 0; digit < 16; digit++) worth[digit.toString(16).charCodeAt(0)] = digit

const byteTexts = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/**
 * Reads a UUID written as 8-4-4-4-12 lower-case hex digits into four big-endian words; any 128 bits will do, and the
 * order of the texts is the order of the words. `false`, with `words` as they were, for every other text, such as one
 * in upper case: bits may stand for a text only if `uuidText` gives the very same text back. Source: RFC 9562, 4.
 */
export function readUuid(text: string, words: Uint32Array): boolean {
  if (text.length !== textLength || !hasDashes(text)) return false
  const a = fourDigits(text, 0)
  const b = fourDigits(text, 4)
  const c = fourDigits(text, 9)
  const d = fourDigits(text, 14)
  const e = fourDigits(text, 19)
  const f = fourDigits(text, 24)
  const g = fourDigits(text, 28)
  const h = fourDigits(text, 32)
  if ((a | b | c | d | e | f | g | h) >= notHex) return false
  words[0] = (a << 16) | b
  words[1] = (c << 16) | d
  words[2] = (e << 16) | f
  words[3] = (g << 16) | h
  return true
}

/** The text that `readUuid` read. */
export function uuidText(a: number, b: number, c: number, d: number): string {
  return `${hex(a >>> 16)}${hex(a)}-${hex(b >>> 16)}-${hex(b)}-${hex(c >>> 16)}-${hex(c)}${hex(d >>> 16)}${hex(d)}`
}

function hasDashes(text: string): boolean {
  return (
    text.charCodeAt(8) === dash &&
    text.charCodeAt(13) === dash &&
    text.charCodeAt(18) === dash &&
    text.charCodeAt(23) === dash
  )
}

function fourDigits(text: string, at: number): number {
  return (digit(text, at) << 12) | (digit(text, at + 1) << 8) | (digit(text, at + 2) << 4) | digit(text, at + 3)
}

function digit(text: string, at: number): number {
  return worth[text.charCodeAt(at)] ?? notHex
}

/** Four digits for the lower 16 bits. */
function hex(bits: number): string {
  return `${byteTexts[(bits >>> 8) & 0xff]}${byteTexts[bits & 0xff]}`
}
