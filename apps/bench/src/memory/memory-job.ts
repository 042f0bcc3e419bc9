import type { MemoryJob } from './measure-memory.ts'

const mebibyte = 1_048_576
const cacheBytes = 16 * mebibyte
const mostOperations = 1_000_000
/** From so many records on indexes, tables and cache are given a bound together: of 10 million, 512 MiB. */
export const manyRecords = 3_000_000
const boundBytes = (512 * mebibyte) / 10_000_000

/** Objects may take this much in the process whose memory is measured: without a limit V8 looks at garbage when it likes. */
export const memoryHeapMiB = 96
/** What a store of fewer than `manyRecords` may hold at the most, of anonymous memory, Node's own included. */
export const mostMemoryMiB = 300

/** A store of so many records, and as many operations on it, a million at most. */
export function memoryJob({ dir, records, seed }: Pick<MemoryJob, 'dir' | 'records' | 'seed'>): MemoryJob {
  const bound = records >= manyRecords ? { maxBytes: Math.round(records * boundBytes) } : {}
  return { ...{ dir, records, seed, cacheBytes }, operations: Math.min(records, mostOperations), ...bound }
}
