/** Words of 32 bits in a UUID. */
export const uuidWords = 4

const textLength = 36
const dash = 45
/** Stays above 16 bits wherever it stands in four digits. */
const notHex = 0x1_0000

/** Worth of each lower-case hex digit by its code unit; `notHex` for every other ASCII character. */
const worth = new Uint32Array(128).fill(notHex)
for (let digit = 0; digit < 16; digit++) worth[digit.toString(16).charCodeAt(0)] = digit

const digits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

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

/** The text that `readUuid` read. Made in one go: a text of many parts takes twice as long, and ten times its bytes until it is collected. */
export function uuidText(a: number, b: number, c: number, d: number): string {
  return String.fromCharCode(
    code(a, 28),
    code(a, 24),
    code(a, 20),
    code(a, 16),
    code(a, 12),
    code(a, 8),
    code(a, 4),
    code(a, 0),
    dash,
    code(b, 28),
    code(b, 24),
    code(b, 20),
    code(b, 16),
    dash,
    code(b, 12),
    code(b, 8),
    code(b, 4),
    code(b, 0),
    dash,
    code(c, 28),
    code(c, 24),
    code(c, 20),
    code(c, 16),
    dash,
    code(c, 12),
    code(c, 8),
    code(c, 4),
    code(c, 0),
    code(d, 28),
    code(d, 24),
    code(d, 20),
    code(d, 16),
    code(d, 12),
    code(d, 8),
    code(d, 4),
    code(d, 0),
  )
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

/** The digit of the four bits that begin there. */
function code(word: number, bit: number): number {
  return digits[(word >>> bit) & 15] ?? 0
}
