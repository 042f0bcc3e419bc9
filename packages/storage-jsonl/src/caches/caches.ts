import { join } from 'node:path'
import type { Caches, Notify, StorageEvent, StoredCache } from '@stateward/contract'
import type { Environment } from '../environment/environment.ts'
import { diskCode, storageFailed } from '../environment/failure.ts'
import type { FileCache } from '../files/file-cache.ts'
import { cacheName, fileNames } from '../format/segment-name.ts'
import type { LogSource } from '../manifest/log-source.ts'
import { corrupt, DamagedLine, DamageList } from '../scanning/damage.ts'
import { whyStale } from './cache-claim.ts'
import { type CacheFile, readCacheFile } from './cache-file.ts'

export interface CachesOptions {
  readonly environment: Environment
  readonly dir: string
  readonly source: LogSource
  readonly files: FileCache
  readonly notify?: Notify<StorageEvent> | undefined
}

/** The caches in a store's directory, for whoever reads. */
export class JsonlCaches implements Caches {
  readonly #options: CachesOptions
  readonly #told = new Set<string>()

  constructor(options: CachesOptions) {
    this.#options = options
  }

  async load(name: string): Promise<StoredCache | undefined> {
    const found = await this.#open(name).catch((error: unknown) => {
      return diskCode(error) === 'ENOENT' || diskCode(error) === 'ENOTDIR'
        ? undefined
        : storageFailed(error, 'reading it').message
    })
    if (typeof found !== 'string') return found && stored(found)
    if (!this.#told.has(name)) this.#options.notify?.({ kind: 'cacheIgnored', cache: name, reason: found })
    this.#told.add(name)
    return undefined
  }

  /** The file where it fits the log; in words why it does not. */
  async #open(name: string): Promise<CacheFile | string | undefined> {
    const { environment, dir } = this.#options
    // A link in the directory's place would lead out of the store.
    const standing = await environment.disk.stat(join(dir, fileNames.cache))
    if (standing?.kind !== 'directory') return standing && `${fileNames.cache} is a ${standing.kind}`
    const file = await environment.disk.open(join(dir, cacheName(name)), 'read')
    try {
      const found = await readCacheFile(file, name)
      if (typeof found !== 'string') await this.#options.source.tailNow()
      const reason = typeof found === 'string' ? found : await whyStale(this.#options, found.claim)
      if (reason === undefined) return found
      await file.close()
      return reason
    } catch (error) {
      await file.close().catch(() => {})
      throw error
    }
  }
}

function stored(file: CacheFile): StoredCache {
  return {
    upTo: file.claim.upTo,
    bytes: file.bytes,
    async read(into, position) {
      await file.read(into, position).catch((error: unknown) => {
        throw error instanceof DamagedLine ? damagedPage(error) : storageFailed(error, 'reading a cache')
      })
    },
    readSync(into, position) {
      try {
        file.readSync(into, position)
      } catch (error) {
        throw error instanceof DamagedLine ? damagedPage(error) : storageFailed(error, 'reading a cache')
      }
    },
    close: () => file.close(),
  }
}

function damagedPage({ file, byte, message }: DamagedLine): Error {
  const damage = new DamageList()
  damage.add({ file: cacheName(file), line: 0, byte, reason: message })
  return corrupt(damage, 'It is a cache: remove it.')
}
