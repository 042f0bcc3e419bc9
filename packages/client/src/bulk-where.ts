import {
  type AskOptions,
  type Endpoint,
  type ErrorCode,
  errorCodes,
  type GuardOptions,
  hasCode,
  type Query,
  type QueryAnswer,
  StatewardError,
  type StoredRecord,
  type Where,
  type WriteOptions,
} from '@stateward/contract'
import { asTyped as typed } from './typed-answers.ts'

/** How far a bulk write has come. */
export interface BulkProgress {
  /** Records that were written. */
  readonly done: number
  /** The last id that was looked at; absent before the first. Given as `after`, the same call goes on behind it. */
  readonly after?: string
}

export interface BulkOptions extends Omit<WriteOptions, 'txid'>, GuardOptions, Pick<AskOptions, 'signal'> {
  /** Records a message: 1 … 10 000, default 500. Each is commits of its own, in the order of ids. */
  readonly chunkRows?: number
  /** Goes on behind this id, where an earlier call ended. */
  readonly after?: string
  /** Called behind each chunk that is acknowledged. What it throws ends the work, as `signal` does. */
  readonly onProgress?: (progress: BulkProgress) => void
}

/** Sends one chunk, each record with the rev that was seen. Rejects as `updateMany` and `deleteMany` do. */
export type SendChunk = (rows: readonly StoredRecord[]) => Promise<unknown>

export interface BulkOf {
  readonly endpoint: Endpoint
  readonly type: string
  readonly where: Where
  readonly send: SendChunk
}

const codes = typed<readonly ErrorCode[]>(Object.keys(errorCodes))
const usualChunkRows = 500
const mostChunkRows = 10_000
/** How often one chunk is read again, because others have changed records of it meanwhile. */
const mostTries = 16

/**
 * Writes every record that matches, in chunks by ascending id, none of them twice. What is written was seen to match in
 * the version that was replaced. Aborted or refused, a whole number of commits has been written, and `details.after` says
 * where to go on.
 */
export async function bulkWhere(of: BulkOf, options: BulkOptions): Promise<BulkProgress> {
  const { chunkRows = usualChunkRows, onProgress, signal } = options
  if (!Number.isInteger(chunkRows) || chunkRows < 1 || chunkRows > mostChunkRows)
    throw new StatewardError(
      'INVALID',
      `expected chunkRows to be a whole number from 1 to ${mostChunkRows}, found ${chunkRows}`,
    )
  let progress: BulkProgress = options.after === undefined ? { done: 0 } : { done: 0, after: options.after }
  for (;;) {
    try {
      if (signal?.aborted === true)
        throw new StatewardError('ABORTED', 'the bulk write was aborted', { cause: signal.reason })
      const rows = await nextChunk(of, { chunkRows, after: progress.after })
      const last = rows.at(-1)
      if (last === undefined) return progress
      progress = { done: progress.done + rows.length, after: last.id }
    } catch (error) {
      throw withPlace(error, progress)
    }
    onProgress?.(progress)
  }
}

async function nextChunk(
  { endpoint, type, where, send }: BulkOf,
  { chunkRows, after }: { readonly chunkRows: number; readonly after: string | undefined },
): Promise<readonly StoredRecord[]> {
  const behind: Where = after === undefined ? where : { and: [where, { id: { gt: after } }] }
  for (let tries = 1, limit = chunkRows; ; tries++, limit = Math.max(1, limit >> 1)) {
    const query: Query = { type, where: behind, orderBy: [['id', 'asc']], limit }
    const { rows }: QueryAnswer = await endpoint.ask('query', query)
    if (rows.length === 0) return rows
    try {
      await send(rows)
      return rows
    } catch (error) {
      // A record was changed or deleted since it was read, or by a cascade of the one before it: it is looked at again,
      // for it may match no more, and among fewer.
      if (!(hasCode(error, 'CONFLICT') || hasCode(error, 'NOT_FOUND')) || tries === mostTries) throw error
    }
  }
}

function withPlace(error: unknown, { done, after }: BulkProgress): unknown {
  const code = codes.find((one) => hasCode(error, one))
  if (code === undefined || !hasCode(error, code)) return error
  return new StatewardError(code, `${error.message} (${done} records were written before)`, {
    cause: error,
    details: { ...error.details, done, ...(after === undefined ? {} : { after }) },
  })
}
