import { type BaseChunk, StatewardError } from '@stateward/contract'
import type { BaseRow, BaseRows } from './base-rows.ts'
import { LineBatch, type LineBatchOptions } from './line-batch.ts'

export interface RowLinesOptions extends LineBatchOptions {
  readonly rows: Pick<BaseRows, 'take'>
  readonly signal: AbortSignal
}

/**
 * Rows whose lines are made together, and places in the log that these have, at most. Together, because the rows come in the
 * order of their last changes: one by one, the record of a row that was updated is as far from that of the next as can be, and a
 * line of a bulk load would be read once for each record in it.
 */
const batchRows = 32_768
const batchPlaces = 32_768
/** So many rows are given on in one chunk. */
const chunkRows = 256

/**
 * The lines of a base, batch by batch: 16 MiB of them at most are in memory, and some hundred bytes beside each. Rejects with
 * `ABORTED` once the signal is aborted, and as `LineBatch` does.
 */
export async function* rowLines(given: RowLinesOptions): AsyncGenerator<BaseChunk> {
  const options = { ...given, breathe: () => breathing(given) }
  let most = batchRows
  let left: readonly BaseRow[] = []
  for (;;) {
    const rows = await taken(left, most, options)
    if (rows.length === 0) return
    const batch = new LineBatch(rows, options)
    await batch.make()
    for (let from = 0; from < batch.length; from += chunkRows) {
      const chunk = rows.slice(from, Math.min(from + chunkRows, batch.length))
      yield { seqs: chunk.map(({ seq }) => seq), records: chunk.map((_, at) => batch.line(from + at)) }
    }
    left = rows.slice(batch.length)
    most = left.length > 0 ? batch.length : Math.min(batchRows, most * 2)
  }
}

/** These rows, and the next ones. */
async function taken(
  left: readonly BaseRow[],
  most: number,
  { rows, breathe }: RowLinesOptions,
): Promise<readonly BaseRow[]> {
  const batch = [...left]
  let places = left.reduce((sum, row) => sum + placesOf(row), 0)
  while (batch.length < most && places < batchPlaces) {
    const next = rows.take(Math.min(chunkRows, most - batch.length))
    if (next.length === 0) break
    for (const row of next) places += placesOf(row)
    batch.push(...next)
    await breathe()
  }
  return batch
}

function placesOf({ place }: BaseRow): number {
  return place === undefined ? 0 : 1 + place.patches.length
}

async function breathing({ breathe, signal }: RowLinesOptions): Promise<void> {
  await breathe()
  if (signal.aborted)
    throw new StatewardError('ABORTED', 'making the rows of a base was aborted; the log is as it was', {
      cause: signal.reason,
    })
}
