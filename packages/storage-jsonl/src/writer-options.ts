import type { Notify, StorageEvent } from '@stateward/contract'
import type { HeldLock } from './lock.ts'
import type { Settings } from './options.ts'
import type { Recovered } from './recover.ts'

export interface WriterOptions {
  /** `dir` without links. */
  readonly settings: Settings
  readonly lock: HeldLock
  readonly recovered: Recovered
  readonly notify?: Notify<StorageEvent> | undefined
}
