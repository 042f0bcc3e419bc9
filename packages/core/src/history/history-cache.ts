import type { CacheSaved, Caches, LostCommits, Seq, StoredCache, WritableCaches } from '@stateward/contract'
import type { TimeBlocks } from './time-blocks.ts'
import type { VersionPostings } from './version-postings.ts'

/** The name of the cache that holds the index of histories. */
export const historyCacheName = 'history'

const format = 1
/** Read with its bytes in another order it is another number. */
const mark = 20_240_121.5
const trailerBytes = 16

interface Directory {
  readonly format: number
  readonly upTo: Seq
  readonly from: Seq
  readonly blocks: number
  /** Milliseconds since 1970; `null` where no commit bears a time. */
  readonly latest: number | null
  readonly runs: readonly { readonly origin: Seq; readonly lastSeq: Seq; readonly versions: number }[]
  readonly lost: readonly LostCommits[]
}

export interface HistoryState {
  readonly upTo: Seq
  readonly from: Seq
  readonly runs: ReturnType<VersionPostings['save']>
  readonly times: Float64Array
  readonly latest: number
  readonly lost: readonly LostCommits[]
}

/** Saves the index: the times, the runs one behind the other, and at the end what is where. */
export function saveHistoryCache(
  caches: WritableCaches,
  { upTo, from, runs, times, latest, lost }: HistoryState,
  signal: AbortSignal,
): Promise<CacheSaved> {
  return caches.save(
    historyCacheName,
    async (put) => {
      await put(new Uint8Array(times.buffer, times.byteOffset, times.byteLength))
      for (const { hashes, seqs } of runs) {
        await put(new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength))
        await put(new Uint8Array(seqs.buffer, seqs.byteOffset, seqs.byteLength))
      }
      const listed = runs.map(({ origin, lastSeq, hashes }) => ({ origin, lastSeq, versions: hashes.length }))
      const directory: Directory = { format, upTo, from, blocks: times.length, latest, runs: listed, lost }
      const text = new TextEncoder().encode(JSON.stringify(directory))
      await put(text)
      await put(new Uint8Array(Float64Array.of(text.length, mark).buffer))
      return upTo
    },
    signal,
  )
}

/** Loads what `saveHistoryCache` saved, if it fits the log; `undefined` where it does not, or does not read. Never rejects. */
export async function loadHistoryCache(
  caches: Caches | undefined,
  into: { readonly postings: VersionPostings; readonly times: TimeBlocks },
): Promise<{ readonly upTo: Seq; readonly lost: readonly LostCommits[] } | undefined> {
  const cache = await caches?.load(historyCacheName)
  if (cache === undefined) return undefined
  try {
    const directory = await readDirectory(cache)
    if (directory === undefined) return undefined
    let at = directory.blocks * Float64Array.BYTES_PER_ELEMENT
    into.times.load(new Float64Array(await read(cache, 0, at)), directory.latest ?? Number.NEGATIVE_INFINITY)
    for (const { origin, lastSeq, versions } of directory.runs) {
      const bytes = versions * Uint32Array.BYTES_PER_ELEMENT
      const hashes = new Uint32Array(await read(cache, at, bytes))
      const seqs = new Uint32Array(await read(cache, at + bytes, bytes))
      into.postings.load({ origin, lastSeq, hashes, seqs })
      at += 2 * bytes
    }
    into.postings.loadedFrom(directory.from)
    return { upTo: cache.upTo, lost: directory.lost }
  } catch {
    return undefined
  } finally {
    await cache.close()
  }
}

async function readDirectory(cache: StoredCache): Promise<Directory | undefined> {
  if (cache.bytes < trailerBytes) return undefined
  const [length = 0, found] = new Float64Array(await read(cache, cache.bytes - trailerBytes, trailerBytes))
  if (found !== mark) return undefined
  const text = await read(cache, cache.bytes - trailerBytes - length, length)
  const directory: Directory = JSON.parse(new TextDecoder().decode(text))
  return directory.format === format ? directory : undefined
}

async function read(cache: StoredCache, at: number, bytes: number): Promise<ArrayBuffer> {
  const into = new Uint8Array(bytes)
  await cache.read(into, at)
  return into.buffer
}
