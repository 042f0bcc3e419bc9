import type { BaseChunk, Ptr, Seq, StoredBase } from '@stateward/contract'

const chunkRows = 1_024

/** The rows of one base; row `n` has the pointer `origin + n`. */
export interface MemoryBase {
  readonly upTo: Seq
  readonly origin: Ptr
  readonly seqs: readonly Seq[]
  readonly records: readonly Uint8Array[]
  readonly bytes: number
}

interface CollectedRows {
  readonly seqs: Seq[]
  readonly records: Uint8Array[]
  bytes: number
}

/** Copies the rows that `chunks` gives. `check` is called before each chunk is taken and rejects to stop. */
export async function collectRows(
  chunks: AsyncIterable<BaseChunk>,
  check: () => Promise<void>,
): Promise<CollectedRows> {
  const rows: CollectedRows = { seqs: [], records: [], bytes: 0 }
  await check()
  for await (const chunk of chunks) {
    await check()
    for (const seq of chunk.seqs) rows.seqs.push(seq)
    for (const record of chunk.records) {
      rows.records.push(record.slice())
      rows.bytes += record.length
    }
  }
  await check()
  return rows
}

/** A base as a reader sees it. */
export function storedBase(base: MemoryBase): StoredBase {
  return { upTo: base.upTo, chunks: chunksOf(base) }
}

/** Pointers to all rows, in order: eight bytes each, as many as there are. */
export function allRowPtrs(base: MemoryBase): Float64Array {
  return Float64Array.from(base.records, (_, at) => base.origin + at)
}

/** Pointers to some rows, in order. */
function rowPtrs(base: MemoryBase, from: number, to: number): Ptr[] {
  return Array.from({ length: to - from }, (_, at) => base.origin + from + at)
}

async function* chunksOf(base: MemoryBase): StoredBase['chunks'] {
  for (let from = 0; from < base.records.length; from += chunkRows) {
    const to = Math.min(from + chunkRows, base.records.length)
    yield {
      seqs: base.seqs.slice(from, to),
      records: base.records.slice(from, to),
      ptrs: rowPtrs(base, from, to),
    }
  }
}
