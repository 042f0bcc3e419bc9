import type { LogReader, Notify, StoreEvent, VerifyReport } from '@stateward/contract'
import type { Live } from '../state/live.ts'
import { checkIndexes } from './check-indexes.ts'

/** Checks the storage's checksums, reads every record back, and compares every index with a full scan of them. */
export async function verify(reader: LogReader, live: Live, tell?: Notify<StoreEvent>): Promise<VerifyReport> {
  await live.whole.reached()
  const storage = await reader.verify()
  // Records can only be read back from a log that is whole.
  if (!storage.ok) return { ok: false, storage, indexes: [], records: 0 }
  return { ...(await checkIndexes(live, tell)), storage }
}
