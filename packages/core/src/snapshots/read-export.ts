import { createHash } from 'node:crypto'
import { type ErrorDetails, hasCode, type Put, StatewardError } from '@stateward/contract'
import { decodeCommit } from '../log/codec.ts'
import { invalid } from '../validation/check.ts'
import { type ExportEnd, exportFormat } from './export-lines.ts'

/** An export that was read whole, and that holds what it says. */
export interface ReadExport extends ExportEnd {
  readonly puts: readonly Put[]
}

const lineFeed = 0x0a

/**
 * The records of an export, checked before anything of it is used. `INVALID` for what is no export; `UNSUPPORTED` for a
 * newer form; `CORRUPT` where it is cut short or does not hold what its last line says.
 *
 * @param path for messages
 */
export function readExport(bytes: Buffer, path: string): ReadExport {
  const end = endOf(bytes, path)
  const lines = bytes.subarray(0, end.from)
  const found = createHash('sha256').update(lines).digest('hex')
  if (found !== end.sha256)
    throw damaged(path, `expected the SHA-256 ${end.sha256}, found ${found}`, { expected: end.sha256, found })
  const puts = [...linesOf(lines)].map((line, at) => putOf(line, at + 1, path))
  if (puts.length !== end.records || lines.byteLength !== end.bytes)
    throw damaged(
      path,
      `expected ${end.records} records in ${end.bytes} bytes, found ${puts.length} in ${lines.byteLength}`,
    )
  const { records, seq, sha256 } = end
  return { puts, records, seq, sha256, bytes: end.bytes }
}

interface End extends ExportEnd {
  /** Where the last line begins. */
  readonly from: number
}

function endOf(bytes: Buffer, path: string): End {
  const text = bytes.at(-1) === lineFeed ? bytes.subarray(0, -1) : bytes
  const from = text.lastIndexOf(lineFeed) + 1
  const last = parsed(text.subarray(from))
  if (typeof last !== 'object' || last === null || !('type' in last) || last.type !== '$export')
    throw noEnd(bytes, path)
  const data: Record<string, unknown> = 'data' in last && typeof last.data === 'object' ? { ...last.data } : {}
  const { format, records, seq, bytes: size, sha256, ...others } = data
  if (typeof format === 'number' && format > exportFormat)
    throw new StatewardError(
      'UNSUPPORTED',
      `expected an export of form ${exportFormat} at most, found ${format} in ${path}; it was written by a newer version: update this one`,
      { details: { path, format, known: exportFormat } },
    )
  const isSound =
    format === exportFormat &&
    isCount(records) &&
    isCount(seq) &&
    isCount(size) &&
    typeof sha256 === 'string' &&
    Object.keys(others).length === 0
  if (!isSound)
    throw damaged(path, 'expected the last line to say format, records, seq, bytes and sha256, found otherwise')
  return { records, seq, bytes: size, sha256, from }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** What a file without the last line of an export is: one that was cut short, or something else altogether. */
function noEnd(bytes: Buffer, path: string): StatewardError {
  const [firstLine] = linesOf(bytes)
  const first = firstLine === undefined ? undefined : parsed(firstLine)
  const type: unknown = typeof first === 'object' && first !== null && 'type' in first ? first.type : undefined
  const isRecord = typeof type === 'string' && !type.startsWith('$') && 'data' in Object(first)
  if (bytes.byteLength === 0 || isRecord)
    return damaged(path, 'expected a last line of type $export, found none; the file was cut short')
  const hint = type === '$segment' ? '; it is part of a store: open its directory, or salvage it' : ''
  return invalid(`expected ${path} to be an export of a snapshot, found something else${hint}`, { path })
}

function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.byteLength; ) {
    const end = bytes.indexOf(lineFeed, from)
    const to = end < 0 ? bytes.byteLength : end
    yield bytes.subarray(from, to)
    from = to + 1
  }
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    return undefined
  }
}

function putOf(line: Buffer, at: number, path: string): Put {
  try {
    const [change, ...others] = decodeCommit(line, 0).changes
    if (change?.op === 'put' && change.id !== '' && others.length === 0) return change
  } catch (error) {
    if (!hasCode(error, 'CORRUPT')) throw error
  }
  throw damaged(path, `line ${at}: expected one whole record, found otherwise`, { line: at })
}

function damaged(path: string, what: string, details: ErrorDetails = {}): StatewardError {
  return new StatewardError('CORRUPT', `${path}: ${what}; nothing was written; take another copy of it`, {
    details: { path, ...details },
  })
}
