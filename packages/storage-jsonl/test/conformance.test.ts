import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { boot, SimMedium, testStorage } from '@stateward/conformance'
import { describe, it } from 'vitest'
import { nodeTimers } from '../src/environment/node-environment.ts'
import { jsonlStorage } from '../src/index.ts'
import { simStorage } from './simulated/sim-storage.ts'

testStorage(
  'jsonlStorage on files',
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'storage-jsonl-'))
    const open = () => jsonlStorage({ dir, segmentBytes: 16_384 })
    return {
      storage: open(),
      reopen: async () => open(),
      twin: async () => open(),
      dispose: async () => rmSync(dir, { recursive: true, force: true }),
    }
  },
  { describe, it },
)

testStorage(
  'jsonlStorage that keeps no history, on a simulated disk',
  async () => {
    const disk = boot(new SimMedium())
    const open = () => simStorage(disk, { retention: 'none', segmentBytes: 16_384, timers: nodeTimers })
    return { storage: open(), reopen: async () => open(), twin: async () => open() }
  },
  { describe, it },
)
