import type { ImageSource, StoredCache } from '@stateward/contract'
import { DamagedImage, sourceOf } from '@stateward/index'
import { closed } from '../validation/refusals.ts'
import { read, type Section } from './checkpoint-file.ts'

/** Read at once by what goes through all of the file. */
const windowBytes = 1_048_576

/** What a part of the checkpoint has left for later, and where in the file that part begins. */
interface Left {
  readonly at: number
  readonly rest: Iterable<number>
}

/** A checkpoint of which every part is read when it is needed, until all is. */
export class CheckpointSource {
  readonly #cache: StoredCache
  readonly #left: Left[] = []
  /** A part of the file that is in memory, checked. */
  #window: Uint8Array = new Uint8Array(0)
  #windowAt = 0
  #isClosed = false
  /** Why nothing of it is of use any more. */
  #damage: unknown

  constructor(cache: StoredCache) {
    this.#cache = cache
  }

  /** The bytes of one section; read whole where the storage cannot read within a call. */
  async section({ at, bytes }: Pick<Section, 'at' | 'bytes'>): Promise<ImageSource> {
    const { readSync } = this.#cache
    if (readSync === undefined) return sourceOf(await read(this.#cache, { at, bytes }))
    return {
      bytes,
      read: (from, length) => {
        if (!(from >= 0 && length >= 0 && from + length <= bytes)) throw new DamagedImage(`${length} bytes at ${from}`)
        return this.#read(at + from, length)
      },
      later: (rest) => this.#left.push({ at, rest }),
    }
  }

  /** Has everything read that is left. Rejects with a `DamagedImage` where it does not read as it was written; `CLOSED`. */
  async readRest(breathe: () => Promise<void>): Promise<void> {
    if (this.#damage !== undefined) throw this.#damage
    for (const { at, rest } of this.#left.splice(0)) {
      for (const from of rest) {
        await this.#slideTo(at + from)
        await breathe()
        // Here nothing is read yet, and nobody is in the middle of anything.
        if (this.#isClosed) throw closed()
      }
    }
  }

  /** Nothing of it is of use: whoever needs what it has left hears so from now on, and not that a store was closed. */
  giveUp(damage: unknown): void {
    this.#damage = damage
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#window = new Uint8Array(0)
    await this.#cache.close()
  }

  #read(at: number, length: number): Uint8Array<ArrayBuffer> {
    const into = new Uint8Array(length)
    const from = at - this.#windowAt
    if (from >= 0 && from + length <= this.#window.length) into.set(this.#window.subarray(from, from + length))
    else if (this.#damage !== undefined) throw this.#damage
    else if (this.#isClosed) throw closed()
    else {
      try {
        this.#cache.readSync?.(into, at)
      } catch (cause) {
        throw damaged(cause)
      }
    }
    return into
  }

  /** Moves the window there where it is not: what comes next is read together, and without blocking anybody. */
  async #slideTo(at: number): Promise<void> {
    const from = at - this.#windowAt
    if (from >= 0 && from < this.#window.length) return
    const window = new Uint8Array(Math.min(windowBytes, this.#cache.bytes - at))
    try {
      await this.#cache.read(window, at)
    } catch (cause) {
      throw damaged(cause)
    }
    this.#window = window
    this.#windowAt = at
  }
}

function damaged(cause: unknown): DamagedImage {
  return new DamagedImage(cause instanceof Error ? cause.message : String(cause), { cause })
}
