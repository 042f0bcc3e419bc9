import type { IndexesReport, Notify, Slot, StoredRecord, StoreEvent } from '@stateward/contract'
import type { LiveType } from '../state/live.ts'

/** What events and reports call them. */
const name = 'fingerprints'

/**
 * Compares what is known of these records, which are those of this very turn, with what they hold. Where one differs all of
 * the type are forgotten, `tell` hears of it, and queries look at every record until they have filled again; else `undefined`.
 */
export function checkFingerprints(
  type: LiveType,
  rows: ReadonlyMap<Slot, StoredRecord>,
  tell: Notify<StoreEvent> | undefined,
): IndexesReport['indexes'][number] | undefined {
  const { fingerprints } = type.rows
  const lying = new Set<string>()
  for (const [slot, record] of rows) for (const field of fingerprints.liesAbout(slot, record)) lying.add(field)
  if (lying.size === 0) return undefined
  fingerprints.clear()
  tell?.({ kind: 'index', phase: 'damaged', type: type.name, index: name })
  return { type: type.name, name, ok: false, found: `differ from the records in ${[...lying].join(', ')}; forgotten` }
}
