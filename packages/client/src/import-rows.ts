import { type AskOptions, hasCode, StatewardError, type WriteOptions } from '@stateward/contract'

/** A row that was not taken in. */
export interface RefusedRow {
  /** Its place in the source, from 0. */
  readonly row: number
  readonly code: string
  readonly message: string
}

export interface ImportReport {
  /** Rows that are records now, those that were there with the same content before included. */
  readonly created: number
  /** Rows that were refused. */
  readonly refused: number
  /** The first 1 000 of them. */
  readonly refusals: readonly RefusedRow[]
}

export interface ImportOptions extends Omit<WriteOptions, 'txid'>, Pick<AskOptions, 'signal'> {
  /**
   * `ordered` (default): the first row that is refused ends it, with `details.row`; everything before is written, and
   * nothing behind it. `unordered`: rows that are refused are reported, and all others are written.
   */
  readonly mode?: 'ordered' | 'unordered'
  /** Rows that are sent together, and as many as are in memory: 1 … 10 000, default 500. */
  readonly chunkRows?: number
  /** Called behind each chunk that is acknowledged. */
  readonly onProgress?: (report: ImportReport) => void
}

export interface Importer<Row> {
  readonly createMany: (rows: readonly Row[]) => Promise<unknown>
  readonly create: (row: Row) => Promise<unknown>
}

const usualChunkRows = 500
const mostChunkRows = 10_000
const mostReported = 1_000

/** What a single row is refused with; anything else is no matter of the row, and ends the import. */
const ofTheRow = [
  'INVALID',
  'ALREADY_EXISTS',
  'INVALID_REFERENCE',
  'ILLEGAL_TRANSITION',
  'RESTRICTED',
  'TOO_LARGE',
] as const

/**
 * Takes rows in as new records, in chunks; the next one is asked of the source only when the one before is acknowledged.
 * Memory holds one chunk. Run again from the beginning, rows with ids that are there with the same content change nothing.
 */
export async function importRows<Row>(
  source: Iterable<Row> | AsyncIterable<Row>,
  { createMany, create }: Importer<Row>,
  { mode = 'ordered', chunkRows = usualChunkRows, onProgress, signal }: ImportOptions,
): Promise<ImportReport> {
  if (!Number.isInteger(chunkRows) || chunkRows < 1 || chunkRows > mostChunkRows)
    throw new StatewardError(
      'INVALID',
      `expected chunkRows to be a whole number from 1 to ${mostChunkRows}, found ${chunkRows}`,
    )
  const refusals: RefusedRow[] = []
  let [created, refused, first] = [0, 0, 0]
  const report = (): ImportReport => ({ created, refused, refusals: [...refusals] })
  const refuse = (row: number, error: unknown): void => {
    const { code, message } = refusalOf(error)
    if (mode === 'ordered')
      throw new StatewardError(code, `row ${row}: ${message}`, { cause: error, details: { row, created } })
    refused++
    if (refusals.length < mostReported) refusals.push({ row, code, message })
  }
  const singly = async (rows: readonly Row[]): Promise<void> => {
    const outcomes = mode === 'ordered' ? await inTurn(rows, create) : await Promise.allSettled(rows.map(create))
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') created++
      else refuse(first + at, outcome.reason)
    }
  }
  for await (const rows of chunksOf(source, chunkRows)) {
    if (signal?.aborted === true)
      throw new StatewardError('ABORTED', 'the import was aborted', {
        cause: signal.reason,
        details: { row: first, created },
      })
    try {
      await createMany(rows)
      created += rows.length
    } catch (error) {
      if (!isOfRow(error)) throw error
      // Refused whole for one of them: which, and whether there are more, each says for itself.
      await singly(rows)
    }
    first += rows.length
    onProgress?.(report())
  }
  return report()
}

/** Up to the first that is refused. */
async function inTurn<Row>(
  rows: readonly Row[],
  create: (row: Row) => Promise<unknown>,
): Promise<PromiseSettledResult<unknown>[]> {
  const outcomes: PromiseSettledResult<unknown>[] = []
  for (const row of rows) {
    const [outcome] = await Promise.allSettled([create(row)])
    if (outcome === undefined) break
    outcomes.push(outcome)
    if (outcome.status === 'rejected') break
  }
  return outcomes
}

function isOfRow(error: unknown): boolean {
  return ofTheRow.some((code) => hasCode(error, code))
}

function refusalOf(error: unknown): { readonly code: (typeof ofTheRow)[number]; readonly message: string } {
  const code = ofTheRow.find((one) => hasCode(error, one))
  if (code === undefined) throw error
  return { code, message: error instanceof Error ? error.message : String(error) }
}

async function* chunksOf<Row>(
  source: Iterable<Row> | AsyncIterable<Row>,
  size: number,
): AsyncGenerator<readonly Row[]> {
  let chunk: Row[] = []
  for await (const row of source) {
    chunk.push(row)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
