const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const openingBracket = 0x5b
const closingBracket = 0x5d
const openingBrace = 0x7b
const closingBrace = 0x7d
const zero = 0x30
const nine = 0x39
const firstBeyondAscii = 0x80

/** Whether these bytes stand there. */
export function isAt(line: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) if (line[at + index] !== expected[index]) return false
  return true
}

/** Whether the bytes from `from` to `to` are this text, in ASCII. */
export function isText(line: Uint8Array, from: number, to: number, text: string): boolean {
  if (text.length !== to - from) return false
  for (let index = 0; index < text.length; index++) if (line[from + index] !== text.charCodeAt(index)) return false
  return true
}

/** Where the text ends that begins here, before its quote; -1 for one that JSON writes in another way than it is, and beyond ASCII. */
export function plainTextEnd(line: Uint8Array, from: number): number {
  for (let at = from; at < line.length; at++) {
    const byte = line[at] ?? 0
    if (byte === quote) return at
    if (byte === backslash || byte >= firstBeyondAscii) return -1
  }
  return -1
}

/** Where any text ends that begins here, before its quote. */
export function textEnd(line: Uint8Array, from: number): number {
  let at = from
  for (; at < line.length && line[at] !== quote; at++) if (line[at] === backslash) at++
  return at
}

/** Behind the digits that begin here. */
export function digitsEnd(line: Uint8Array, from: number): number {
  let at = from
  for (; at < line.length; at++) {
    const byte = line[at] ?? 0
    if (byte < zero || byte > nine) break
  }
  return at
}

/** Behind the JSON value that begins here, in JSON without spaces. */
export function valueEnd(line: Uint8Array, from: number): number {
  let depth = 0
  for (let at = from; at < line.length; at++) {
    const byte = line[at]
    if (byte === quote) {
      at = textEnd(line, at + 1)
      if (depth === 0) return at + 1
    } else if (byte === openingBrace || byte === openingBracket) depth++
    else if (byte === closingBrace || byte === closingBracket) {
      if (depth === 0) return at
      if (--depth === 0) return at + 1
    } else if (byte === comma && depth === 0) return at
  }
  return line.length
}
