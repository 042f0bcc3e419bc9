import { conformanceDomain, type SuiteOptions, testEndpoint } from '@stateward/conformance'
import type { Storage } from '@stateward/contract'
import { memoryStorage } from '@stateward/storage-memory'
import { describe, it } from 'vitest'
import { createStateManager } from '../src/create-state-manager.ts'

const runner: SuiteOptions = { describe, it }

function suite(name: string, makeStorage: () => Storage, cacheBytes?: number): void {
  const open = async () => {
    const storage = makeStorage()
    const opening = () =>
      createStateManager({
        storage,
        domain: conformanceDomain,
        ...(cacheBytes === undefined ? {} : { memory: { cacheBytes } }),
      })
    return { endpoint: await opening(), inProcess: true, reopen: opening }
  }
  testEndpoint(name, open, runner)
}

suite('the state manager over memory', memoryStorage)
suite('the state manager over memory, with next to no cache', memoryStorage, 1_000)
