const digits = Buffer.from('0123456789abcdef')
const text = Buffer.from('00000000-0000-0000-0000-000000000000')
/** Where the two digits of each byte stand. */
const places = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34)

/**
 * The canonical text of a UUID's 16 bytes (RFC 9562, 4), in one piece. Put together out of characters it would be two dozen
 * pieces for V8, which take 800 bytes while the write waits, and have to be joined before it can be a key.
 */
export function uuidText(bytes: Uint8Array): string {
  let at = 0
  for (const place of places) {
    const byte = bytes[at++] ?? 0
    text[place] = digits[byte >> 4] ?? 0
    text[place + 1] = digits[byte & 15] ?? 0
  }
  return text.toString('latin1')
}
