import type { Change } from '@stateward/contract'
import { decodeOperation } from './codec.ts'
import { objectEnd } from './object-end.ts'

/** How a line of several changes begins. */
const opening = /^\{"type":"tx","timestamp":"([\w:.+-]+)","data":\{"ops":\[/
const openingBytes = 128

/**
 * The change of one record in a line of several, without decoding the others: a line of a bulk load holds a hundred and
 * more. `undefined` where that cannot be told without a parse of the whole line: in any JSON without spaces the change names
 * its record by `"id":"…"`; what stands there once only, and in an operation as this program writes it, is that one.
 *
 * @param line one JSON object, verified, which holds a change of this record
 */
export function oneChangeIn(
  line: Uint8Array,
  { type, id }: { readonly type: string; readonly id: string },
): Change | undefined {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength)
  const timestamp = opening.exec(bytes.toString('latin1', 0, openingBytes))?.[1]
  if (timestamp === undefined) return undefined
  const name = Buffer.from(`"id":${JSON.stringify(id)}`)
  const at = bytes.indexOf(name)
  if (at < 0 || bytes.indexOf(name, at + 1) >= 0) return undefined
  const quoted = JSON.stringify(type)
  for (const before of [`{"type":${quoted},"data":{`, `{"type":"update","target":${quoted},`]) {
    const start = at - Buffer.byteLength(before)
    if (start < 0 || bytes.toString('utf8', start, at) !== before) continue
    const change = operationOf(bytes.toString('utf8', start, objectEnd(bytes, start)), timestamp)
    if (change?.type === type && change.id === id) return change
  }
  return undefined
}

/** What does not read is for whoever decodes the whole line to put into words. */
function operationOf(text: string, timestamp: string): Change | undefined {
  try {
    return decodeOperation(text, timestamp)
  } catch {
    return undefined
  }
}
