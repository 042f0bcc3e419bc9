import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testStorage } from '@stateward/conformance'
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
