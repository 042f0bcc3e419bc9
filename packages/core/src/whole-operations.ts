import { objectEnd } from './object-end.ts'

/** How a line of several changes begins. */
const opening = /^\{"type":"tx","timestamp":"([\w:.+-]+)","data":\{"ops":\[/
const openingBytes = 128
/** How an operation that states a record whole begins, as this program writes it, up to the id. */
const beginning = /^(\{"type":"(?:[^"\\]|\\.)*"),"data":\{"id":("(?:[^"\\]|\\.)*")/
const ending = /,"rev":(\d{1,15})\}$/
const brace = 0x7b
const comma = 0x2c

/** One of the operations of a line, which states a record whole. */
export interface WholeOperation {
  /** Where it stands in the line, and where in it comes what follows the type. */
  readonly start: number
  readonly afterType: number
  readonly end: number
  readonly rev: number
}

export interface WholeOperations {
  readonly timestamp: string
  /** By `operationKey`. */
  readonly byRecord: ReadonlyMap<string, WholeOperation>
}

export function operationKey(type: string, id: string): string {
  return `{"type":${JSON.stringify(type)}${JSON.stringify(id)}`
}

/**
 * Where the records stand that a line of several changes states whole, found without a parse, in a quarter of its time.
 * An operation that is not as this program writes it, and one of an id that is not ASCII, is left out; `undefined` for another line.
 *
 * @param line one JSON object, verified
 */
export function wholeOperationsIn(line: Uint8Array): WholeOperations | undefined {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength)
  const opened = opening.exec(bytes.toString('latin1', 0, openingBytes))
  if (opened === null) return undefined
  const [head, timestamp = ''] = opened
  const byRecord = new Map<string, WholeOperation>()
  const twice = new Set<string>()
  for (let start = head.length; bytes[start] === brace; ) {
    const end = objectEnd(bytes, start)
    const text = bytes.toString('latin1', start, end)
    const begun = beginning.exec(text)
    const ended = ending.exec(text.slice(-24))
    // A second "id" might be the one that counts.
    if (begun !== null && ended !== null && text.indexOf('"id":', begun[0].length) < 0) {
      const [, type = '', id = ''] = begun
      const key = type + id
      if (byRecord.has(key)) twice.add(key)
      byRecord.set(key, { start, afterType: start + type.length, end, rev: Number(ended[1]) })
    }
    if (bytes[end] !== comma) break
    start = end + 1
  }
  for (const key of twice) byRecord.delete(key)
  return { timestamp, byRecord }
}
