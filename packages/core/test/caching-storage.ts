import type { LogReader, LogWriter, Seq, Storage, StoredCache, WritableCaches } from '@stateward/contract'

interface Kept {
  readonly upTo: Seq
  readonly bytes: Uint8Array
}

/** What becomes of a cache between two openings. */
export type Fate = 'kept' | 'lost' | 'damaged'

/** What a test sees of the checkpoint, and does to it. */
interface CheckpointSeen {
  /** Of all caches. */
  loads: number
  /** Records that were read from the log one by one. */
  fetched: number
  /** Bytes that were read of all caches. */
  read: number
  /** Tries to save it. */
  saves: number
  /** Waited for before each part that is saved. */
  beforePart: () => Promise<void>
  /** Saving fails. */
  isFull: boolean
  /** What it is when it is loaded, given what was saved. */
  alter: (bytes: Uint8Array) => Uint8Array
  /** Whether a cache can be read within a call. */
  hasSync: boolean
  /** Names of the caches that were saved. */
  readonly savedNames: string[]
  /** Hears of every cache that was loaded and is let go of. */
  onClose: () => void
}

/**
 * The same storage with caches beside its log, in a map. `fate` is asked at each loading. Damage is found where a part is
 * read, as checksums find it: at `where` of so many bytes.
 */
export function cachingStorage(
  storage: Storage,
  fate: () => Fate = () => 'kept',
  where: (bytes: number) => number = (bytes) => Math.floor(bytes / 2),
): Storage & CheckpointSeen {
  const kept = new Map<string, Kept>()
  const loading = (ended: Fate): WritableCaches['load'] => {
    return async (name) => {
      const cache = kept.get(name)
      if (cache === undefined || ended === 'lost') return undefined
      cached.loads++
      const altered = { ...cache, bytes: name === 'state' ? cached.alter(cache.bytes) : cache.bytes }
      const { close, readSync, ...loaded } = stored(
        altered,
        ended === 'damaged' ? where(cache.bytes.length) : undefined,
        (bytes) => {
          cached.read += bytes
        },
      )
      return {
        ...loaded,
        ...(cached.hasSync && readSync ? { readSync } : {}),
        close: () => close().then(() => cached.onClose()),
      }
    }
  }
  const cached = {
    ...storage,
    loads: 0,
    fetched: 0,
    read: 0,
    saves: 0,
    beforePart: async (): Promise<void> => undefined,
    isFull: false,
    alter: (bytes: Uint8Array) => bytes,
    hasSync: true,
    savedNames: [] as string[],
    onClose: (): void => undefined,
    async openReader() {
      return over(await storage.openReader(), { caches: { load: loading(fate()) } })
    },
    async openWriter(owner: string) {
      const { writer, recovery } = await storage.openWriter(owner)
      const ended = fate()
      const caches: WritableCaches = {
        load: loading(ended),
        async save(name, fill) {
          if (name === 'state') cached.saves++
          if (cached.isFull) throw new Error('no room')
          const parts: Uint8Array[] = []
          let truncated = false
          truncations.add(() => {
            truncated = true
          })
          const upTo = await fill(async (bytes) => {
            if (name === 'state') await cached.beforePart()
            parts.push(bytes.slice())
          })
          if (truncated) return { saved: false, reason: 'truncated', isStale: true }
          cached.savedNames.push(name)
          kept.set(name, { upTo, bytes: Buffer.concat(parts) })
          return { saved: true }
        },
      }
      const truncations = new Set<() => void>()
      const changed: Partial<LogWriter> = {
        caches,
        fetch(ptrs) {
          cached.fetched += ptrs.length
          return writer.fetch(ptrs)
        },
        async truncate(...args) {
          await writer.truncate(...args)
          kept.clear()
          for (const tell of truncations) tell()
        },
      }
      return { writer: over(writer, changed), recovery }
    },
  }
  return cached
}

function stored({ upTo, bytes }: Kept, damagedAt: number | undefined, told: (bytes: number) => void): StoredCache {
  let isClosed = false
  const readSync = (into: Uint8Array, position: number): void => {
    const end = position + into.length
    if (isClosed) throw new Error('it was closed')
    if (end > bytes.length) throw new Error('nothing is there')
    if (damagedAt !== undefined && position <= damagedAt && damagedAt < end) throw new Error('the page is damaged')
    told(into.length)
    into.set(bytes.subarray(position, end))
  }
  return {
    upTo,
    bytes: bytes.length,
    readSync,
    read: async (into, position) => readSync(into, position),
    close: async () => {
      isClosed = true
    },
  }
}

function over<R extends LogReader>(writer: R, changed: Partial<R>): R {
  return new Proxy(writer, {
    get(target, key) {
      const value: unknown = Reflect.get(Object.hasOwn(changed, key) ? changed : target, key)
      return typeof value === 'function' && !Object.hasOwn(changed, key) ? value.bind(target) : value
    },
  })
}
