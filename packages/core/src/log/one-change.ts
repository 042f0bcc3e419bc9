import type { Change } from '@stateward/contract'
import { decodeOperation } from './codec.ts'
import { objectEnd } from './object-end.ts'

/** How a line of several changes begins. */
const opening = /^\{"type":"tx","timestamp":"([\w:.+-]+)","data":\{"ops":\[/
const openingBytes = 128

/** Where one operation stands in a line of several, and when that was written. */
export interface OperationPlace {
  readonly start: number
  /** Where what follows the type begins. */
  readonly afterType: number
  readonly end: number
  readonly timestamp: string
}

interface Named {
  readonly type: string
  readonly id: string
}

/**
 * Where the change of one record stands in a line of several, without decoding the others: a line of a bulk load holds twenty and
 * more. `undefined` where that cannot be told without a parse of the whole line: in any JSON without spaces the change names
 * its record by `"id":"…"`; what stands there once only, and in an operation as this program writes it, is that one.
 *
 * @param line one JSON object, verified, which holds a change of this record
 */
function operationIn(line: Uint8Array, { type, id }: Named): OperationPlace | undefined {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength)
  const timestamp = opening.exec(bytes.toString('latin1', 0, openingBytes))?.[1]
  if (timestamp === undefined) return undefined
  const name = Buffer.from(`"id":${JSON.stringify(id)}`)
  const at = bytes.indexOf(name)
  if (at < 0 || bytes.indexOf(name, at + 1) >= 0) return undefined
  const quoted = JSON.stringify(type)
  for (const [first, rest] of [
    [`{"type":${quoted}`, ',"data":{'],
    ['{"type":"update"', `,"target":${quoted},`],
  ] as const) {
    const afterType = at - Buffer.byteLength(rest)
    const start = afterType - Buffer.byteLength(first)
    if (start < 0 || bytes.toString('utf8', start, at) !== first + rest) continue
    return { start, afterType, end: objectEnd(bytes, start), timestamp }
  }
  return undefined
}

/** The change of one record in a line of several, as `operationIn` finds it. */
export function oneChangeIn(line: Uint8Array, record: Named): Change | undefined {
  const place = operationIn(line, record)
  if (place === undefined) return undefined
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength)
  const change = operationOf(bytes.toString('utf8', place.start, place.end), place.timestamp)
  return change?.type === record.type && change.id === record.id ? change : undefined
}

/** What does not read is for whoever decodes the whole line to put into words. */
function operationOf(text: string, timestamp: string): Change | undefined {
  try {
    return decodeOperation(text, timestamp)
  } catch {
    return undefined
  }
}
