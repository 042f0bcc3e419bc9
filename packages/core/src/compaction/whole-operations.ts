import { objectEnd } from '../log/object-end.ts'

/** How a line of several changes begins. */
const opening = /^\{"type":"tx","timestamp":"([\w:.+-]+)","data":\{"ops":\[/
const openingBytes = 128
/** How an operation that states a record whole begins, as this program writes it, and how it ends. */
const typeMark = Buffer.from('{"type":"')
const dataMark = Buffer.from('","data":{"id":"')
const revMark = Buffer.from('},"rev":')
const idMark = Buffer.from('"id":')
const mostDigits = 15
const quote = 0x22
const backslash = 0x5c
const brace = 0x7b
const closingBrace = 0x7d
const comma = 0x2c
const zero = 0x30
const nine = 0x39
const firstBeyondAscii = 0x80

/** One of the operations of a line, which states a record whole. */
export interface WholeOperation {
  readonly type: string
  readonly id: string
  /** Where it stands in the line, and where in it comes what follows the type. */
  readonly start: number
  readonly afterType: number
  readonly end: number
  readonly rev: number
  /** Of the line. */
  readonly timestamp: string
}

/** By id; where several operations have one id, none of them is here. */
export type WholeOperations = ReadonlyMap<string, WholeOperation>

/**
 * Where the records stand that a line of several changes states whole, found without a parse: a microsecond for a record of 350 bytes.
 * `undefined` for another line; of its operations those are left out that `wholeOperationAt` does not know.
 *
 * @param line one JSON object, verified
 */
export function wholeOperationsIn(line: Uint8Array): WholeOperations | undefined {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength)
  const opened = opening.exec(bytes.toString('latin1', 0, openingBytes))
  if (opened === null) return undefined
  const [head, timestamp = ''] = opened
  const byId = new Map<string, WholeOperation>()
  const twice = new Set<string>()
  let type = ''
  for (let start = head.length; bytes[start] === brace; ) {
    const end = objectEnd(bytes, start)
    const found = wholeOperationAt(bytes, { start, end, timestamp }, type)
    if (found !== undefined) {
      type = found.type
      if (byId.has(found.id)) twice.add(found.id)
      byId.set(found.id, found)
    }
    if (bytes[end] !== comma) break
    start = end + 1
  }
  for (const id of twice) byId.delete(id)
  return byId
}

/**
 * The operation that stands there, if it states a record whole: as this program writes it, its type and id in plain ASCII.
 *
 * @param likely a type that it probably is of
 */
export function wholeOperationAt(
  bytes: Buffer,
  { start, end, timestamp }: { readonly start: number; readonly end: number; readonly timestamp: string },
  likely: string,
): WholeOperation | undefined {
  if (!isAt(bytes, start, typeMark)) return undefined
  const typeAt = start + typeMark.length
  const typeEnd = textEnd(bytes, typeAt, end)
  if (typeEnd < 0 || !isAt(bytes, typeEnd, dataMark)) return undefined
  const idAt = typeEnd + dataMark.length
  const idEnd = textEnd(bytes, idAt, end)
  if (idEnd < 0) return undefined
  const rev = revBefore(bytes, end)
  if (rev < 0) return undefined
  // A second "id" might be the one that counts.
  const second = bytes.indexOf(idMark, idEnd)
  if (second >= 0 && second < end) return undefined
  const type = isText(bytes, { from: typeAt, to: typeEnd }, likely) ? likely : bytes.toString('latin1', typeAt, typeEnd)
  return { type, id: bytes.toString('latin1', idAt, idEnd), start, afterType: typeEnd + 1, end, rev, timestamp }
}

/** Where the text ends that begins here, before its quote; -1 for one that JSON writes in another way than it is. */
function textEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte === quote) return at
    if (byte === backslash || byte >= firstBeyondAscii) return -1
  }
  return -1
}

/** The number behind `},"rev":` at the end of an operation; -1 where it does not end so. */
function revBefore(bytes: Uint8Array, end: number): number {
  if (bytes[end - 1] !== closingBrace) return -1
  let at = end - 1
  let rev = 0
  for (let unit = 1; end - 1 - at <= mostDigits; unit *= 10) {
    const digit = bytes[at - 1] ?? 0
    if (digit < zero || digit > nine) break
    rev += (digit - zero) * unit
    at--
  }
  const isNumber = at < end - 1 && end - 1 - at <= mostDigits
  return isNumber && isAt(bytes, at - revMark.length, revMark) ? rev : -1
}

function isAt(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) if (bytes[at + index] !== expected[index]) return false
  return true
}

function isText(
  bytes: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
  text: string,
): boolean {
  if (text.length !== to - from) return false
  for (let index = 0; index < text.length; index++) if (bytes[from + index] !== text.charCodeAt(index)) return false
  return true
}
