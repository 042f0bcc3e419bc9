import type { Domain } from '@stateward/contract'
import { checkUnique } from '../deciding/unique.ts'
import { IndexUnbuilt, isSuspension, PendingCheck, type Suspension } from '../records/suspension.ts'
import { hasUniqueKeys } from '../records/unique-keys.ts'
import type { TransactionView } from './transaction-view.ts'

interface Within {
  readonly domain: Domain
  readonly view: TransactionView
  readonly breathe: () => Promise<void>
}

/** Waits for what a decision within a transaction has found to be missing. */
export async function settled(missing: Suspension, { view, breathe }: Omit<Within, 'domain'>): Promise<void> {
  if (missing instanceof PendingCheck) await missing.settled
  else if (missing instanceof IndexUnbuilt) await missing.built(breathe)
  else await view.load(missing.requests)
}

/**
 * Refuses what a transaction as a whole would leave in two records, on the state that it has seen: `ALREADY_EXISTS`. What others
 * have done since, the actor finds.
 */
export async function checkUniqueAtEnd(within: Within): Promise<void> {
  const { domain, view } = within
  if (!hasUniqueKeys(domain)) return
  for (;;) {
    try {
      checkUnique(domain, view.touched(), view)
      return
    } catch (reason) {
      if (!isSuspension(reason)) throw reason
      await settled(reason, within)
    }
  }
}
