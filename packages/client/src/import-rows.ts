import { type AskOptions, hasCode, type SourceLine, StatewardError, type WriteOptions } from '@stateward/contract'

/** A row that was not taken in. */
export interface RefusedRow {
  /** Its place in the source, from 0. */
  readonly row: number
  /** The line that it begins on, from 1, where the source has lines: of `importLines`. */
  readonly line?: number
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

/** A row of the source, or why it is none. */
type Entry<Row> =
  | { readonly line?: number; readonly row: Row; readonly refused?: undefined }
  | Extract<SourceLine<Row>, { readonly refused: StatewardError }>

/**
 * Takes rows in as new records, in chunks; the next one is asked of the source only when the one before is acknowledged.
 * Memory holds one chunk. Run again from the beginning, rows with ids that are there with the same content change nothing.
 */
export async function importRows<Row>(
  source: Iterable<Row> | AsyncIterable<Row>,
  importer: Importer<Row>,
  options: ImportOptions,
): Promise<ImportReport> {
  return importEntries(
    chunksOf(source, checkedChunkRows(options), (row: Row) => ({ row })),
    importer,
    options,
  )
}

/** The same for rows of a text: one that cannot be read is refused in its place. */
export async function importSourceLines<Row>(
  source: Iterable<SourceLine<Row>> | AsyncIterable<SourceLine<Row>>,
  importer: Importer<Row>,
  options: ImportOptions,
): Promise<ImportReport> {
  return importEntries(
    chunksOf(source, checkedChunkRows(options), (line) => line),
    importer,
    options,
  )
}

function checkedChunkRows({ chunkRows = usualChunkRows }: ImportOptions): number {
  if (Number.isInteger(chunkRows) && chunkRows >= 1 && chunkRows <= mostChunkRows) return chunkRows
  throw new StatewardError(
    'INVALID',
    `expected chunkRows to be a whole number from 1 to ${mostChunkRows}, found ${chunkRows}`,
  )
}

async function importEntries<Row>(
  chunks: AsyncIterable<readonly Entry<Row>[]>,
  importer: Importer<Row>,
  { mode = 'ordered', onProgress, signal }: ImportOptions,
): Promise<ImportReport> {
  const refusals: RefusedRow[] = []
  let [created, refused, first] = [0, 0, 0]
  const report = (): ImportReport => ({ created, refused, refusals: [...refusals] })
  const refuse = ({ row, line, error }: Refused): void => {
    const { code, message } = refusalOf(error)
    const place = line === undefined ? { row } : { row, line }
    if (mode === 'ordered')
      throw new StatewardError(code, `${line === undefined ? `row ${row}` : `line ${line}`}: ${message}`, {
        cause: error,
        details: { ...place, created },
      })
    refused++
    if (refusals.length < mostReported) refusals.push({ ...place, code, message })
  }
  for await (const entries of chunks) {
    if (signal?.aborted === true)
      throw new StatewardError('ABORTED', 'the import was aborted', {
        cause: signal.reason,
        details: { row: first, created },
      })
    const outcome = await written(entries, importer, mode)
    created += outcome.created
    for (const one of outcome.refused) refuse({ ...one, row: first + one.row })
    first += entries.length
    onProgress?.(report())
  }
  return report()
}

interface Refused {
  readonly row: number
  readonly line: number | undefined
  readonly error: unknown
}

/** Writes one chunk; tells what of it was refused, in its order. In order, nothing behind the first of them is written. */
async function written<Row>(
  entries: readonly Entry<Row>[],
  { createMany, create }: Importer<Row>,
  mode: 'ordered' | 'unordered',
): Promise<{ readonly created: number; readonly refused: readonly Refused[] }> {
  const placed = entries.map((entry, row) => ({ ...entry, at: row }))
  const unreadable = placed.filter(({ refused }) => refused !== undefined)
  const end = mode === 'ordered' ? (unreadable[0]?.at ?? entries.length) : entries.length
  const rows = placed.flatMap((entry) => (entry.refused === undefined && entry.at < end ? [entry] : []))
  const refused: Refused[] = unreadable.map(({ at, line, refused: error }) => ({ row: at, line, error }))
  let created = rows.length
  try {
    if (rows.length > 0) await createMany(rows.map(({ row }) => row))
  } catch (error) {
    if (!isOfRow(error)) throw error
    // Refused whole for one of them: which, and whether there are more, each says for itself.
    const outcomes = await singly(
      rows.map(({ row }) => row),
      create,
      mode,
    )
    created = 0
    for (const [index, outcome] of outcomes.entries()) {
      const { at = 0, line } = rows[index] ?? {}
      if (outcome.status === 'fulfilled') created++
      else refused.push({ row: at, line, error: outcome.reason })
    }
  }
  return { created, refused: refused.sort((left, right) => left.row - right.row) }
}

function singly<Row>(
  rows: readonly Row[],
  create: (row: Row) => Promise<unknown>,
  mode: 'ordered' | 'unordered',
): Promise<PromiseSettledResult<unknown>[]> {
  return mode === 'ordered' ? inTurn(rows, create) : Promise.allSettled(rows.map(create))
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

async function* chunksOf<Item, Row>(
  source: Iterable<Item> | AsyncIterable<Item>,
  size: number,
  entryOf: (item: Item) => Entry<Row>,
): AsyncGenerator<readonly Entry<Row>[]> {
  let chunk: Entry<Row>[] = []
  for await (const item of source) {
    chunk.push(entryOf(item))
    if (chunk.length < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
