import type { Seq } from './seq.ts'

/**
 * A cache as it is read back. The storage has found that it belongs to the log as the log is now: every commit up to
 * `upTo` is there as it was, and every pointer that was alive when the cache was saved leads where it led then.
 */
export interface StoredCache {
  /** Seq of the last commit that anything in it knows of. */
  readonly upTo: Seq
  readonly bytes: number
  /** Fills `into` with the bytes from `position` on. Rejects with `CORRUPT` where they do not read as they were written. */
  read(into: Uint8Array, position: number): Promise<void>
  /** As `read`, within the call, and throws. Absent where the storage cannot. */
  readonly readSync?: (into: Uint8Array, position: number) => void
  close(): Promise<void>
}

/**
 * Bytes kept beside a log that were derived of it, by name (1 to 32 of `a-z`, `0-9` and `-`). They save time and nothing
 * else: one that is lost, damaged, of another log or of a state that the log has left is not given out.
 */
export interface Caches {
  /** The cache of this name, if there is one that fits the log; `undefined` otherwise, never a rejection. */
  load(name: string): Promise<StoredCache | undefined>
}

/** Puts bytes behind those put before. They may be used again when it resolves. */
export type PutBytes = (bytes: Uint8Array) => Promise<void>

/** What became of a cache that was to be saved. */
export type CacheSaved =
  | { readonly saved: true }
  | {
      readonly saved: false
      readonly reason: string
      /** Nothing has failed: it was aborted, or the log has let go meanwhile of what it was made of. */
      readonly isStale?: true
    }

export interface WritableCaches extends Caches {
  /**
   * Saves what `fill` puts under this name, in place of what was there: whole, or not at all. `fill` resolves with the
   * seq of the last commit that anything in it knows of; pointers in it must have been alive from its start to its end. The cache
   * counts only for a log in which all of that is durable. Resolves with what became of it: a disk that is full or fails
   * costs the cache and nothing else. Rejects with what `fill` rejects with. An aborted `signal` ends it, unsaved.
   */
  save(name: string, fill: (put: PutBytes) => Promise<Seq>, signal?: AbortSignal): Promise<CacheSaved>
}
