import { type Clock, type Disk, hasCode, StatewardError } from '@stateward/contract'
import { readManifest } from '../manifest/manifest-file.ts'
import type { HeldLock } from './lock.ts'

export interface FenceOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly dir: string
  readonly lock: HeldLock
  readonly epoch: number
  /** A look that is older says nothing any more; 0: it does for ever. */
  readonly fenceCheckMs: number
}

/**
 * Tells whether a writer is still the newest one: its LOCK is the file that it locked, and the manifest carries its epoch.
 * Neither can change while the lock is honoured; on some network file systems it is not.
 */
export class Fence {
  readonly #options: FenceOptions
  #lookedMs: number

  constructor(options: FenceOptions) {
    this.#options = options
    this.#lookedMs = options.clock.monotonicMs()
  }

  /**
   * Whether the last look is too old to acknowledge by. Timers keep it young in a process that runs; in one that was
   * stopped for minutes the disk answers before they do.
   */
  get isOld(): boolean {
    const { clock, fenceCheckMs } = this.#options
    return fenceCheckMs > 0 && clock.monotonicMs() - this.#lookedMs > fenceCheckMs
  }

  /** Rejects with `FENCED` when another writer has taken the store over. */
  async assertNewest(): Promise<void> {
    const { disk, clock, dir, lock, epoch } = this.#options
    const begunMs = clock.monotonicMs()
    const isOurs = await lock.isOurs()
    const manifest = await readManifest(disk, dir)
    const found = typeof manifest === 'object' ? manifest.epoch : undefined
    if (isOurs && found === epoch) {
      this.#lookedMs = begunMs
      return
    }
    const why = isOurs
      ? `the manifest is of epoch ${found ?? 'none'}, this writer of ${epoch}`
      : 'LOCK is another file now'
    throw new StatewardError(
      'FENCED',
      `${dir} was taken over by another writer: ${why}. Open the store again to write.`,
      { details: { epoch, ...(found === undefined ? {} : { found }) } },
    )
  }

  /** As `assertNewest`, now and then: resolves with the `FENCED`. A look that fails says nothing, and the next one will. */
  async look(): Promise<StatewardError | undefined> {
    try {
      await this.assertNewest()
    } catch (error) {
      if (hasCode(error, 'FENCED') && error instanceof StatewardError) return error
    }
    return undefined
  }
}
