import { isUtf8 } from 'node:buffer'
import { StatewardError } from '@stateward/contract'
import { bounds } from '../environment/bounds.ts'
import { isControl } from './control-line.ts'

const brace = 0x7b
const closingBrace = 0x7d
const lineFeed = 0x0a

/**
 * Why these records cannot be appended, or `undefined`. What would pass here and not read back would damage the log for
 * all that comes after it, so that these few checks are made a second time behind the door.
 */
export function whyUnfit(records: readonly Uint8Array[]): StatewardError | undefined {
  if (records.length > bounds.appendRecords) {
    return tooLarge(`one append takes at most ${bounds.appendRecords} records, got ${records.length}`)
  }
  let bytes = 0
  for (const record of records) {
    const refusal = whyUnfitRecord(record)
    if (refusal !== undefined) return refusal
    bytes += record.length
  }
  return bytes > bounds.appendBytes
    ? tooLarge(`one append takes at most ${bounds.appendBytes} bytes, got ${bytes}`)
    : undefined
}

/** As `whyUnfit`, of one record: a commit or a row of a base. */
export function whyUnfitRecord(record: Uint8Array): StatewardError | undefined {
  const { length } = record
  if (length > bounds.recordBytes) return tooLarge(`a record has at most ${bounds.recordBytes} bytes, got ${length}`)
  if (record[0] !== brace || record[length - 1] !== closingBrace || isControl(record)) {
    return invalid('a record is a JSON object, and its type does not begin with $')
  }
  if (Buffer.prototype.indexOf.call(record, lineFeed) >= 0) return invalid('a record is one line: no line feed in it')
  return isUtf8(record) ? undefined : invalid('a record is UTF-8')
}

function tooLarge(message: string): StatewardError {
  return new StatewardError('TOO_LARGE', `${message}: split it.`)
}

function invalid(message: string): StatewardError {
  return new StatewardError('INVALID', `${message}. Nothing was written.`)
}
