import type { RecoveryReport, TracedRecovery } from '@stateward/contract'
import { channels } from './channels.ts'
import { traced } from './traced.ts'

/** Settles as `open` does, and tells who listens what it has found. */
export function tracedOpening<
  T extends { readonly recovery: RecoveryReport; readonly live: { readonly size: number } },
>(store: string, open: () => Promise<T>): Promise<T> {
  if (!channels.recovery.hasSubscribers) return open()
  return traced<TracedRecovery, T>(channels.recovery, { store }, open, (told, { recovery, live }) => {
    Object.assign(told, { lastSeq: recovery.lastSeq, clean: recovery.clean, records: live.size })
  })
}
