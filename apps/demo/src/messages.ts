import type { RecoveryReport } from '@stateward/contract'

/** A write that the store has acknowledged, which it does only when it is durable. */
export interface Acknowledged {
  readonly type: 'plan' | 'spec' | 'phase' | 'execution'
  readonly id: string
  readonly rev: number
  readonly status: string
  /** Of an execution. */
  readonly iteration?: number
  /** The spec that it is about, where it is not one itself. */
  readonly specId?: string
  readonly worker?: number
  /** Of a failed spec: whether it will be tried again. */
  readonly again?: boolean
}

/** What the writer tells the process that started it. */
export type FromWriter =
  | { readonly kind: 'opened'; readonly recovery: RecoveryReport; readonly openedMs: number; readonly resumed: number }
  | {
      readonly kind: 'acknowledged'
      readonly writes: readonly Acknowledged[]
      /** Commits that these acknowledgements stand for: in a burst only the last of a record is named. */
      readonly commits: number
      /** Writes under way. */
      readonly underWay: number
    }
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

/** What it is told: write as fast as you can, until you are killed. */
export interface ToWriter {
  readonly kind: 'burst'
}

/** How a writer is started: as JSON in its first argument. */
export interface WriterOrders {
  readonly dir: string
  readonly planId: string
  readonly types: readonly string[]
  /** One step of work takes so long. */
  readonly stepMs: number
}
