import {
  type BaseChunk,
  type CompactionProgress,
  type LogWriter,
  type SaveBaseOptions,
  StatewardError,
} from '@stateward/contract'
import type { Live } from '../state/live.ts'
import type { BaseRows } from './base-rows.ts'
import { rowLines } from './row-lines.ts'

/** Progress is told after each hundredth of the rows, but not after fewer than this, and after the last. */
const leastTold = 1_000

export interface CompactOptions {
  readonly live: Live
  readonly writer: LogWriter
  /** As of now; released by the caller. */
  readonly rows: BaseRows
  readonly timestamp: string
  readonly signal: AbortSignal
  readonly breathe: () => Promise<void>
  readonly told: (progress: CompactionProgress) => void
}

/**
 * Writes the durable state as a base while reads and writes go on, and moves every place over to it. Letting go of what
 * the base covers is the caller's. A failure or an abort at any step leaves the state and the log as they were.
 */
export async function compact(options: CompactOptions): Promise<void> {
  const { live, writer, rows, signal, breathe } = options
  const versionsBefore = live.versions
  await rows.list(breathe)
  const bytes = await likelyBytes(options)
  const maintenance: SaveBaseOptions = { signal, breathe, ...(bytes === undefined ? {} : { bytes }) }
  const release = live.bodies.hold()
  try {
    const ptrs = await writer.saveBase(rows.upTo, chunksOf(options), maintenance)
    if (ptrs.length !== rows.length)
      throw new StatewardError('STORAGE_FAILED', `expected ${rows.length} pointers of the base, found ${ptrs.length}`)
    // In slices: the old places hold until the log is truncated, so that it does not matter who reads which.
    await rows.rebase(ptrs, breathe)
    live.versions += rows.length - versionsBefore
  } finally {
    release()
  }
}

/** By the average line of base and log: the same share of their bytes as of their versions is live. */
async function likelyBytes({ live, writer }: CompactOptions): Promise<number | undefined> {
  const { opening } = await writer.stats()
  if (opening === undefined || live.versions === 0) return undefined
  const { newest, versions } = live.counts
  return Math.ceil(((opening.baseBytes + opening.logBytes) * newest) / versions)
}

async function* chunksOf(options: CompactOptions): AsyncGenerator<BaseChunk> {
  const { rows, told } = options
  const step = Math.max(leastTold, Math.ceil(rows.length / 100))
  let written = 0
  for await (const chunk of rowLines(options)) {
    yield chunk
    const before = written
    written += chunk.seqs.length
    const isStep = Math.floor(written / step) > Math.floor(before / step)
    if (isStep || written === rows.length) told({ written, rows: rows.length })
  }
}
