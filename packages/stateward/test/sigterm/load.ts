import type { Durability, ShutdownOptions } from '../../src/index.ts'

/** What a process that is to be told to end is busy with. */
export interface Load {
  readonly callers: number
  /** 0: one store, opened by itself. */
  readonly stores: number
  readonly durability: Durability
  /** Of its shutdown. */
  readonly times: ShutdownOptions
}
