import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conformanceDomain, testEndpoint, testStorage } from '@stateward/conformance'
import { createStateManager } from '@stateward/core'
import { describe, it } from 'vitest'
import { sqliteStorage } from '../src/sqlite-storage.ts'

testStorage(
  'sqlite',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stateward-sqlite-'))
    const file = join(folder, 'state.db')
    const open = async () => sqliteStorage({ file })
    return { storage: await open(), reopen: open, twin: open, dispose: () => rm(folder, { recursive: true }) }
  },
  { describe, it },
)

testEndpoint(
  'a state manager over sqlite',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stateward-sqlite-'))
    const storage = sqliteStorage({ file: join(folder, 'state.db') })
    const open = () => createStateManager({ storage, domain: conformanceDomain })
    return { endpoint: await open(), inProcess: true, reopen: open, dispose: () => rm(folder, { recursive: true }) }
  },
  { describe, it },
)
