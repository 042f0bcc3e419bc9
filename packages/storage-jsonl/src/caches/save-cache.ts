import { join } from 'node:path'
import type { CacheSaved, PutBytes, Seq } from '@stateward/contract'
import { type Environment, timestampOf } from '../environment/environment.ts'
import { storageFailed } from '../environment/failure.ts'
import { createTemporary } from '../files/write-whole.ts'
import { fileNames } from '../format/segment-name.ts'
import { type CacheClaim, isAliveIn } from './cache-claim.ts'
import { CacheFileWriter } from './cache-file.ts'

export interface SaveCacheOptions {
  readonly dir: string
  /** Relative to `dir`. */
  readonly file: string
  /** What the file says that it is. */
  readonly name: string
  readonly fill: (put: PutBytes) => Promise<Seq>
  /** The segments that pointers lead into at the start. */
  readonly alive: readonly number[]
  /** Makes the log durable, and says what of it a cache up to `upTo` rests on. */
  readonly claim: (upTo: Seq) => Promise<CacheClaim>
  readonly signal: AbortSignal
}

/** What the filler failed with: its own affair, and no failure of the disk. */
class FillFailed extends Error {}
/** What `put` failed with: it comes back through the filler. */
class PutFailed extends Error {}

const aborted = 'it was aborted'

/** Writes a cache under a temporary name and gives it its own one once it is durable. Touches nothing but the cache's file. */
export async function saveCache(environment: Environment, options: SaveCacheOptions): Promise<CacheSaved> {
  const { disk } = environment
  const { dir, file, signal } = options
  const path = join(dir, file)
  try {
    if (await disk.makeDirectory(join(dir, fileNames.cache))) await disk.syncDirectory(dir)
    const standing = await disk.stat(join(dir, fileNames.cache))
    if (standing?.kind !== 'directory') return { saved: false, reason: `${fileNames.cache} is a ${standing?.kind}` }
    const refusal = await writeFile(environment, path, options)
    if (refusal !== undefined) {
      await disk.remove(path + fileNames.temporary).catch(() => {})
      return { saved: false, reason: refusal, isStale: true }
    }
    await disk.rename(path + fileNames.temporary, path)
    await disk.syncDirectory(join(dir, fileNames.cache))
    return { saved: true }
  } catch (error) {
    await disk.remove(path + fileNames.temporary).catch(() => {})
    if (error instanceof FillFailed) throw error.cause
    return {
      ...(signal.aborted ? { isStale: true } : {}),
      saved: false,
      reason: error instanceof PutFailed ? error.message : storageFailed(error, 'saving a cache').message,
    }
  }
}

/** In words why the cache does not count; `undefined` when all of it is written and synced. */
async function writeFile(
  { disk, clock }: Environment,
  path: string,
  { name, fill, alive, claim, signal }: SaveCacheOptions,
): Promise<string | undefined> {
  const file = await createTemporary(disk, path)
  try {
    const writer = new CacheFileWriter(file)
    const put: PutBytes = async (bytes) => {
      if (signal.aborted) throw new PutFailed(aborted)
      await writer.put(bytes).catch((error: unknown) => {
        throw new PutFailed(storageFailed(error, 'saving a cache').message)
      })
    }
    const upTo = await fill(put).catch((cause: unknown) => {
      throw cause instanceof PutFailed ? cause : new FillFailed('the filler of a cache failed', { cause })
    })
    if (signal.aborted) return aborted
    const claimed = await claim(upTo)
    if (!isAliveIn(alive, claimed)) return 'the log let go of commits meanwhile'
    await writer.finish(name, claimed, timestampOf(clock))
    return undefined
  } finally {
    await file.close()
  }
}
