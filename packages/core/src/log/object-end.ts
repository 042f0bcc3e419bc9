const quote = 0x22
const backslash = 0x5c
const brace = 0x7b
const closingBrace = 0x7d

/** Where the JSON object that begins at `start` ends; behind the last byte where it does not. */
export function objectEnd(bytes: Uint8Array, start: number): number {
  let depth = 0
  let isText = false
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]
    if (isText) {
      if (byte === backslash) at++
      else if (byte === quote) isText = false
    } else if (byte === quote) isText = true
    else if (byte === brace) depth++
    else if (byte === closingBrace && --depth === 0) return at + 1
  }
  return bytes.length
}
