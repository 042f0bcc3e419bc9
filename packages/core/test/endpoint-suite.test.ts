import { conformanceDomain, type OpenedEndpoint, testEndpoint } from '@stateward/conformance'
import type { Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { describe, it } from 'vitest'
import { createStateManager } from '../src/manager/create-state-manager.ts'
import { pipelinedStorage } from './pipelined-storage.ts'

async function opened(storage: Storage, cacheBytes?: number): Promise<OpenedEndpoint> {
  const memory = cacheBytes === undefined ? {} : { memory: { cacheBytes } }
  const open = () => createStateManager({ storage, domain: conformanceDomain, ...memory })
  return { endpoint: await open(), inProcess: true, reopen: open }
}

// On files the suite runs in the package that composes them with this one.
testEndpoint('the state manager over memory', () => opened(memoryStorage()), { describe, it })
// What this adds the random histories of this package look at too; the suite once more would take a third of their time.
if (process.env.STATEWARD_TEST_SCALE === 'nightly') {
  testEndpoint(
    'the state manager with appends in flight and next to no cache',
    () => opened(pipelinedStorage(), 1_000),
    {
      describe,
      it,
    },
  )
}
