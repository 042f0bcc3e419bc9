import assert from 'node:assert/strict'
import type { BaseChunk, Epoch, LogBatch, LogReader, Ptr, Seq } from '@stateward/contract'
import { decode, encode } from './lines.ts'

export interface ReadBack {
  readonly lines: string[]
  readonly ptrs: Ptr[]
  readonly epochs: Epoch[]
}

/** All that `read` gives from `from` on, after looking that the batches follow one another. */
export async function readBack(reader: LogReader, from: Seq, signal?: AbortSignal): Promise<ReadBack> {
  return collected(reader.read(from, signal), from)
}

/** As `readBack`, of an iteration that was begun before. */
export async function collected(batches: AsyncIterable<LogBatch>, from: Seq): Promise<ReadBack> {
  const found: ReadBack = { lines: [], ptrs: [], epochs: [] }
  for await (const batch of batches) take(found, batch, from)
  return found
}

/** Adds one batch, which must be the next one. */
export function take(found: ReadBack, batch: LogBatch, from: Seq): void {
  const next = from + found.lines.length
  assert.equal(batch.firstSeq, next, `the batch after commit ${next - 1} begins with commit ${next}`)
  assert.equal(batch.ptrs.length, batch.records.length, 'a batch has one pointer a record')
  assertPtrs(batch.ptrs)
  for (const record of batch.records) found.lines.push(decode(record))
  found.ptrs.push(...batch.ptrs)
  for (const _ of batch.records) found.epochs.push(batch.epoch)
}

export async function linesFrom(reader: LogReader, from: Seq): Promise<string[]> {
  return (await readBack(reader, from)).lines
}

export async function fetched(reader: LogReader, ptrs: ArrayLike<Ptr>): Promise<(string | undefined)[]> {
  return (await reader.fetch(Array.from(ptrs))).map((record) => record && decode(record))
}

export function assertPtrs(ptrs: readonly Ptr[]): void {
  for (const ptr of ptrs) assert(Number.isSafeInteger(ptr) && ptr >= 0, `a pointer is a safe integer ≥ 0, found ${ptr}`)
}

/** One row of a base. */
export type Row = readonly [seq: Seq, line: string]

export interface BaseBack {
  readonly upTo: Seq
  readonly rows: Row[]
  readonly ptrs: Ptr[]
}

/** The base with all its rows, or `undefined`. */
export async function baseBack(reader: LogReader): Promise<BaseBack | undefined> {
  const base = await reader.loadBase()
  if (base === undefined) return undefined
  const found: BaseBack = { upTo: base.upTo, rows: [], ptrs: [] }
  for await (const chunk of base.chunks) {
    assert.equal(chunk.seqs.length, chunk.records.length, 'a chunk of a base has one seq a row')
    assert.equal(chunk.ptrs.length, chunk.records.length, 'a chunk of a base has one pointer a row')
    assertPtrs(chunk.ptrs)
    chunk.records.forEach((record, at) => {
      found.rows.push([chunk.seqs[at] ?? Number.NaN, decode(record)])
    })
    found.ptrs.push(...chunk.ptrs)
  }
  return found
}

/** Rows as `saveBase` takes them, in chunks of `size`. */
export async function* chunked(rows: readonly Row[], size = 100): AsyncGenerator<BaseChunk> {
  for (let at = 0; at < rows.length; at += size) {
    const part = rows.slice(at, at + size)
    yield { seqs: part.map(([seq]) => seq), records: part.map(([, line]) => encode(line)) }
  }
}
