import { type Caps, limits, type OpenedWriter, type Storage } from '@stateward/contract'
import { MemoryLog } from './memory-log.ts'
import { MemoryReader } from './memory-reader.ts'
import { MemoryWriter } from './memory-writer.ts'

export interface MemoryStorageOptions {
  /** What `truncate` does to the commits that a base covers. `all` (the default) keeps them readable, `none` forgets them. */
  readonly retention?: 'all' | 'none'
}

const caps: Caps = {
  fencing: 'cas',
  unknown: 'resolve',
  survives: { none: 'memory', interval: 'memory', commit: 'memory' },
  maxRecordBytes: limits.recordBytes,
  maxBatchBytes: 2 * limits.recordBytes,
  maxBatchRecords: limits.batchAsks,
}

/**
 * One log, kept in this object for as long as it lives; nothing survives the process. Every reader and writer that is
 * opened from it sees the same log, and each `openWriter` fences the writer before it. The outcome of an append is never
 * `UNKNOWN`. A record that is read is the log's own copy: do not write to its bytes.
 */
export function memoryStorage(options: MemoryStorageOptions = {}): Storage {
  const log = new MemoryLog(options.retention ?? 'all')
  return {
    kind: 'memory',
    caps,
    openReader: async () => new MemoryReader(log),
    async openWriter(): Promise<OpenedWriter> {
      const recovery = {
        clean: log.clean,
        created: log.epoch === 0,
        lastSeq: log.lastSeq,
        quarantined: [],
        adopted: [],
      }
      return { writer: new MemoryWriter(log, caps), recovery }
    },
  }
}
