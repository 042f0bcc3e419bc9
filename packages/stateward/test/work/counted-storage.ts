import type { LogBatch, LogWriter, Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'

/** Memory that counts the lines that are asked of it. */
export interface CountedStorage {
  readonly storage: Storage
  lines: number
}

export function countedStorage(): CountedStorage {
  const storage = memoryStorage()
  const counted: CountedStorage = {
    lines: 0,
    storage: {
      ...storage,
      async openWriter(...args) {
        const opened = await storage.openWriter(...args)
        return { ...opened, writer: counting(opened.writer, (lines) => (counted.lines += lines)) }
      },
    },
  }
  return counted
}

function counting(writer: LogWriter, count: (lines: number) => void): LogWriter {
  async function* each(batches: AsyncIterable<LogBatch>): AsyncGenerator<LogBatch> {
    for await (const batch of batches) {
      count(batch.records.length)
      yield batch
    }
  }
  const own: Partial<LogWriter> = {
    fetch: (ptrs) => {
      count(ptrs.length)
      return writer.fetch(ptrs)
    },
    ...(writer.fetchSync && {
      fetchSync: (ptrs) => {
        count(ptrs.length)
        return writer.fetchSync?.(ptrs) ?? []
      },
    }),
    ...(writer.readAt && {
      readAt: async (seqs, signal) => {
        count(seqs.length)
        return (await writer.readAt?.(seqs, signal)) ?? []
      },
    }),
    ...(writer.readKept && { readKept: (...args) => each(writer.readKept?.(...args) ?? nothing()) }),
    read: (...args) => each(writer.read(...args)),
    follow: (...args) => each(writer.follow(...args)),
  }
  return new Proxy(writer, {
    get(target, key) {
      const value: unknown = Reflect.get(own, key) ?? Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

async function* nothing(): AsyncGenerator<never> {}
