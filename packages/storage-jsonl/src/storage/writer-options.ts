import type { Notify, StorageEvent } from '@stateward/contract'
import type { Settings } from '../environment/options.ts'
import type { HeldLock } from '../locking/lock.ts'
import type { Recovered } from '../recovery/recover.ts'

export interface WriterOptions {
  /** `dir` without links. */
  readonly settings: Settings
  readonly lock: HeldLock
  readonly recovered: Recovered
  readonly notify?: Notify<StorageEvent> | undefined
}
