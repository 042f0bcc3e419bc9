import { testStorage } from '@stateward/conformance'
import { describe, it } from 'vitest'
import { memoryStorage } from '../src/memory-storage.ts'

for (const retention of ['all', 'none'] as const) {
  testStorage(
    `memoryStorage({ retention: '${retention}' })`,
    async () => {
      const storage = memoryStorage({ retention })
      const same = async () => storage
      return { storage, reopen: same, twin: same }
    },
    { describe, it },
  )
}
