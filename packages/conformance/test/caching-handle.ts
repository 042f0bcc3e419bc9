import type { CacheSaved, PutBytes, Seq, StoredCache, WritableCaches } from '@stateward/contract'
import { PlainHandle, type PlainLog } from './plain-handle.ts'

interface Kept {
  readonly upTo: Seq
  readonly firstSeq: Seq
  readonly bytes: Uint8Array
}

const kept = new WeakMap<PlainLog, Map<string, Kept>>()

/** A handle that keeps caches beside the log, in a map. What is broken on purpose is derived from it. */
export class CachingHandle extends PlainHandle {
  readonly caches: WritableCaches = {
    load: (name) => this.loadCache(name),
    save: (name, fill, signal) => this.saveCache(name, fill, signal),
  }

  get kept(): Map<string, Kept> {
    const found = kept.get(this.log) ?? new Map<string, Kept>()
    kept.set(this.log, found)
    return found
  }

  async loadCache(name: string): Promise<StoredCache | undefined> {
    const cache = this.kept.get(name)
    return cache === undefined || cache.firstSeq !== this.log.firstSeq ? undefined : this.stored(cache)
  }

  stored({ upTo, bytes }: Kept): StoredCache {
    return {
      upTo,
      bytes: bytes.length,
      async read(into, position) {
        if (position + into.length > bytes.length) throw new Error('nothing is there')
        into.set(bytes.subarray(position, position + into.length))
      },
      close: async () => undefined,
    }
  }

  async saveCache(name: string, fill: (put: PutBytes) => Promise<Seq>, signal?: AbortSignal): Promise<CacheSaved> {
    const parts: Uint8Array[] = []
    const upTo = await fill(async (bytes) => {
      parts.push(bytes.slice())
    })
    if (signal?.aborted) return { saved: false, reason: 'aborted' }
    this.kept.set(name, { upTo, firstSeq: this.log.firstSeq, bytes: Buffer.concat(parts) })
    return { saved: true }
  }
}
