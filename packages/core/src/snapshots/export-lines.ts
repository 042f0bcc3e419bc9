import type { Seq, StoredRecord } from '@stateward/contract'
import { encodeCommit } from '../log/codec.ts'

/** The form of an export that this version writes and reads. */
export const exportFormat = 1

/** What the last line of an export says of the lines before it. */
export interface ExportEnd {
  readonly records: number
  /** Of the state that was exported. */
  readonly seq: Seq
  readonly bytes: number
  /** Of these bytes, in hexadecimal. */
  readonly sha256: string
}

/** A record as the log would write it whole, without the tail. */
export function exportedLine(type: string, record: StoredRecord): string {
  const { rev, ...data } = record
  return `${encodeCommit([{ op: 'put', type, id: record.id, rev, data }], { timestamp: record.updated_at })}\n`
}

export function exportEndLine({ records, seq, bytes, sha256 }: ExportEnd): string {
  return `${JSON.stringify({ type: '$export', data: { format: exportFormat, records, seq, bytes, sha256 } })}\n`
}
