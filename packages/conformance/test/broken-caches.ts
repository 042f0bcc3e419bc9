import type { CacheSaved, Ptr, PutBytes, Seq, StoredCache } from '@stateward/contract'
import type { Broken } from './broken.ts'
import { CachingHandle } from './caching-handle.ts'

export const brokenCaches: readonly Broken[] = [
  {
    breaks: 'loses the last byte of a cache',
    caught: 'a cache comes back byte by byte, in any pieces, after a reopening too',
    Handle: class extends CachingHandle {
      override stored(cache: Parameters<CachingHandle['stored']>[0]): StoredCache {
        return super.stored({ ...cache, bytes: cache.bytes.subarray(0, -1) })
      }
    },
  },
  {
    breaks: 'forgets its pointers when the log goes on',
    caught: 'a cache holds while the log goes on, and its pointers with it',
    Handle: class extends CachingHandle {
      override fetchSync(ptrs: readonly Ptr[]): (Uint8Array | undefined)[] {
        return super.fetchSync(this.log.commits.length > 20 ? ptrs.map((ptr) => ptr + 1) : ptrs)
      }
    },
  },
  {
    breaks: 'gives any cache for any name',
    caught: 'there is no cache that was not saved, and no name gives that of another',
    Handle: class extends CachingHandle {
      override loadCache(): Promise<StoredCache | undefined> {
        return super.loadCache([...this.kept.keys()][0] ?? '')
      }
    },
  },
  {
    breaks: 'drops the former cache when a new one is begun',
    caught: 'a cache whose filler fails, or is aborted, leaves the former one',
    Handle: class extends CachingHandle {
      override saveCache(
        name: string,
        fill: (put: PutBytes) => Promise<Seq>,
        signal?: AbortSignal,
      ): Promise<CacheSaved> {
        this.kept.delete(name)
        return super.saveCache(name, fill, signal)
      }
    },
  },
  {
    breaks: 'gives a cache whose pointers are dead',
    caught: 'a cache of pointers that the log has let go of is not given out',
    Handle: class extends CachingHandle {
      override async loadCache(name: string): Promise<StoredCache | undefined> {
        const cache = this.kept.get(name)
        return cache && this.stored(cache)
      }
    },
  },
]
