import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  type Endpoint,
  type Query,
  type QueryAnswer,
  type Seq,
  StatewardError,
  type StoredRecord,
} from '@stateward/contract'
import { exportEndLine, exportedLine } from './export-lines.ts'

export interface Exported {
  readonly records: number
  readonly bytes: number
  readonly sha256: string
}

export interface ExportOf {
  /** Answers queries, all as of one seq. */
  readonly endpoint: Endpoint
  readonly types: readonly string[]
  readonly seq: Seq
}

const rowsPerPage = 1_000

/**
 * Writes records as JSON lines in the log's own form, by type and id, to a file that must not exist, and as the last line
 * how many they were and the SHA-256 of all bytes before it. Durable when it resolves. `ALREADY_EXISTS`, `STORAGE_FAILED`.
 */
export async function exportTo(path: string, of: ExportOf): Promise<Exported> {
  const hash = createHash('sha256')
  let bytes = 0
  let records = 0
  let sha256 = ''
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      for await (const page of pagesOf(of)) {
        const lines = page.map(({ type, record }) => exportedLine(type, record)).join('')
        hash.update(lines)
        bytes += Buffer.byteLength(lines)
        records += page.length
        await file.writeFile(lines)
      }
      sha256 = hash.digest('hex')
      await file.writeFile(exportEndLine({ records, seq: of.seq, bytes, sha256 }))
      await file.sync()
    } finally {
      await file.close()
    }
    await syncDirectory(dirname(path))
    return { records, bytes, sha256 }
  } catch (error) {
    throw asRefusal(path, error)
  }
}

async function* pagesOf({ endpoint, types }: ExportOf): AsyncGenerator<{ type: string; record: StoredRecord }[]> {
  for (const type of types) {
    let query: Query | undefined = { type, limit: rowsPerPage }
    while (query !== undefined) {
      const { rows, cursor }: QueryAnswer = await endpoint.ask('query', query)
      yield rows.map((record) => ({ type, record }))
      query = cursor === undefined ? undefined : { type, limit: rowsPerPage, cursor }
    }
  }
}

/** Without this a power cut may take the new name away, though the bytes are safe. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

function asRefusal(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EEXIST')
    return new StatewardError('ALREADY_EXISTS', `expected no file at ${path}, found one; name another`, {
      cause: error,
    })
  if (typeof code === 'string' && code.startsWith('E'))
    return new StatewardError('STORAGE_FAILED', `expected to write ${path}, found ${String(code)}`, { cause: error })
  return error
}
