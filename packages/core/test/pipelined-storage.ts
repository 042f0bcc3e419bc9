import type { Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'

/** Memory that stops after an unknown outcome, as files do: so the store has several appends in flight. */
export function pipelinedStorage(): Storage {
  const storage = memoryStorage()
  return { ...storage, caps: { ...storage.caps, unknown: 'stop' } }
}
