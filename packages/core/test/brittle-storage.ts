import type { LogWriter, Storage, StorageEvent } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'

export interface BrittleStorage extends Storage {
  /** Counted from 1. */
  openings: number
  /** Takes the place of methods of each writer that is opened; gets the real ones, and the number of the opening. */
  own: (writer: LogWriter, opening: number) => Partial<LogWriter>
  /** What the next append fails with; the writer has stopped then. */
  fails: Error | undefined
  /** Told while it is opened. */
  tells: StorageEvent | undefined
  /** So many commits are left when it is opened the next time: the power failed. */
  keeps: number
}

/** Memory that stops when it is told to, and is opened again as a test wants it. */
export function brittleStorage(): BrittleStorage {
  let memory = memoryStorage()
  const brittle: BrittleStorage = {
    ...memory,
    caps: { ...memory.caps, unknown: 'stop' },
    openings: 0,
    own: () => ({}),
    fails: undefined,
    tells: undefined,
    keeps: Number.POSITIVE_INFINITY,
    openReader: () => memory.openReader(),
    async openWriter(owner, options) {
      const opening = ++brittle.openings
      if (Number.isFinite(brittle.keeps)) memory = await beginningOf(memory, brittle.keeps)
      brittle.keeps = Number.POSITIVE_INFINITY
      const { writer, recovery } = await memory.openWriter(owner)
      if (brittle.tells !== undefined) options?.notify?.(brittle.tells)
      const append: LogWriter['append'] = async (...args) => {
        if (brittle.fails === undefined) return writer.append(...args)
        const reason = brittle.fails
        brittle.fails = undefined
        throw reason
      }
      const own: Partial<LogWriter> = { append, ...brittle.own(writer, opening) }
      const proxy = new Proxy(writer, {
        get(target, key) {
          const value: unknown = Reflect.get(own, key) ?? Reflect.get(target, key)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
      return { writer: proxy, recovery }
    },
  }
  return brittle
}

async function beginningOf(storage: Storage, commits: number): Promise<Storage> {
  const beginning = memoryStorage()
  const { writer } = await beginning.openWriter('copies')
  const records: Uint8Array[] = []
  for await (const batch of (await storage.openReader()).read(1)) records.push(...batch.records)
  await writer.append(records.slice(0, commits), { expectedSeq: 0, commitId: 'copied', durability: 'none' })
  return beginning
}
