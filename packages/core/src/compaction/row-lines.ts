import { type BaseChunk, type Seq, StatewardError } from '@stateward/contract'
import type { BaseRows } from './base-rows.ts'
import { batchBytes, LineBatch, type LineBatchOptions, type RowsToMake } from './line-batch.ts'

export interface RowLinesOptions extends LineBatchOptions {
  readonly rows: Pick<BaseRows, 'take' | 'row' | 'seq' | 'place' | 'places' | 'isAtHand'>
  readonly signal: AbortSignal
}

/**
 * Rows whose lines are made together, and places in the log that these have, at most. Together, because the rows come in the
 * order of their last changes: one by one, the record of a row that was updated is as far from that of the next as can be, and a
 * line of a bulk load would be read once for each record in it.
 */
const batchRows = 65_536
const batchPlaces = 131_072
/** How large rows are is known after the first of them. */
const firstRows = 4_096
/** What comes is not quite as what was: a batch is to be a little smaller than it may be. */
const partFilled = 0.8
/** So many rows are given on in one chunk. */
const chunkRows = 256

/**
 * The lines of a base, batch by batch: 32 MiB of them at most are in memory, and some fifty bytes beside each. Rejects with `ABORTED` once the signal is aborted, and as `LineBatch` does.
 */
export async function* rowLines(given: RowLinesOptions): AsyncGenerator<BaseChunk> {
  const options = { ...given, breathe: () => breathing(given) }
  const { rows } = options
  let most = firstRows
  let left: RowsToMake = { from: 0, length: 0, places: 0 }
  for (;;) {
    const some = await taken(left, most, options)
    if (some.length === 0) return
    const batch = new LineBatch(some, options)
    await batch.make()
    const end = some.from + batch.length
    for (let from = some.from; from < end; from += chunkRows) {
      const seqs: Seq[] = []
      const records: Uint8Array[] = []
      for (let at = from; at < Math.min(from + chunkRows, end); at++) {
        seqs.push(rows.seq(at))
        records.push(batch.line(at - some.from))
      }
      yield { seqs, records }
    }
    left = { from: end, length: some.length - batch.length, places: placesOf(rows, end, some.from + some.length) }
    most = Math.min(batchRows, Math.max(1, Math.ceil((batch.length * batchBytes * partFilled) / batch.bytes)))
  }
}

/** These rows, and the next ones. */
async function taken(left: RowsToMake, most: number, { rows, breathe }: RowLinesOptions): Promise<RowsToMake> {
  let { length, places } = left
  while (length < most && places < batchPlaces) {
    const from = left.from + length
    const more = rows.take(Math.min(chunkRows, most - length))
    if (more === 0) break
    places += placesOf(rows, from, from + more)
    length += more
    await breathe()
  }
  return { from: left.from, length, places }
}

function placesOf(rows: Pick<BaseRows, 'places'>, from: number, to: number): number {
  let places = 0
  for (let at = from; at < to; at++) places += rows.places(at)
  return places
}

async function breathing({ breathe, signal }: RowLinesOptions): Promise<void> {
  await breathe()
  if (signal.aborted)
    throw new StatewardError('ABORTED', 'making the rows of a base was aborted; the log is as it was', {
      cause: signal.reason,
    })
}
