import type { Disk, Notify, StatewardError, StorageEvent } from '@stateward/contract'
import { noRoomForBase } from '../environment/append-errors.ts'
import { bounds } from '../environment/bounds.ts'
import type { Environment } from '../environment/environment.ts'
import { storageFailed } from '../environment/failure.ts'
import { Ballast } from './ballast.ts'

export interface RoomOptions {
  readonly environment: Environment
  readonly dir: string
  readonly ballastBytes: number
  /** How often a full disk is looked at. */
  readonly roomCheckMs: number
  readonly notify: Notify<StorageEvent>
  /**
   * Writes and syncs a line of the storage's own. When that succeeds appends are taken again, and `resumed` is called in the same
   * turn; rejects when it does not.
   */
  readonly probe: (resumed: () => void) => Promise<void>
}

/** What a writer does about a full disk: looks now and then whether there is room again, and gives up its ballast for what makes some. */
export class Room {
  readonly #options: RoomOptions
  readonly #ballast: Ballast
  #isFull = false
  #isClosed = false
  #cancel: () => void = () => {}
  #looking: Promise<void> = Promise.resolve()

  constructor(options: RoomOptions) {
    const { environment, dir, ballastBytes } = options
    this.#options = options
    this.#ballast = new Ballast(environment, { dir, bytes: ballastBytes })
  }

  get isFull(): boolean {
    return this.#isFull
  }

  /** Makes the ballast where there is room for it. */
  prepare(): Promise<void> {
    return this.#ballast.make()
  }

  /** An append has found no room. */
  full({ message }: StatewardError): void {
    if (this.#isFull) return
    this.#isFull = true
    this.#options.notify({ kind: 'full', message })
    this.#wait()
  }

  /** Gives the ballast up, on a full disk, for what is about to make room or to end the log in order. */
  async giveWay(): Promise<void> {
    if (this.#isFull) await this.#ballast.release()
  }

  /** Looks no more; resolves when a look that is on its way has ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel()
    await this.#looking
  }

  #wait(): void {
    if (this.#isClosed) return
    const { environment, roomCheckMs } = this.#options
    this.#cancel = environment.timers.after(roomCheckMs, () => this.look())
  }

  /** Looks whether there is room again, and then takes appends again; looks again later when there is not. */
  look(): void {
    if (!this.#isFull || this.#isClosed) return
    this.#cancel()
    this.#looking = this.#looking.then(() => this.#look())
  }

  async #look(): Promise<void> {
    const { environment, dir, probe, notify } = this.#options
    if (!this.#isFull || this.#isClosed) return
    try {
      const { freeBytes } = await environment.disk.space(dir)
      if (freeBytes < this.#ballast.missingBytes + bounds.roomBytes) throw new Error('there is no room yet')
      await probe(() => {
        this.#isFull = false
        notify({ kind: 'resumed' })
      })
    } catch {
      this.#wait()
      return
    }
    if (!this.#isClosed) await this.#ballast.make()
  }
}

/** Rejects with `FULL` where a base of about so many bytes is not going to fit: before anything is written. */
export async function assertRoomForBase(disk: Disk, dir: string, likelyBytes = 0): Promise<void> {
  const needed = Math.ceil(likelyBytes * bounds.baseRoom)
  if (needed === 0) return
  const { freeBytes } = await disk.space(dir).catch((error: unknown) => {
    throw storageFailed(error, 'saving a base')
  })
  if (freeBytes < needed) throw noRoomForBase(needed, freeBytes)
}
