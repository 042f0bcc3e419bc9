import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testStorage } from '@stateward/conformance'
import { describe, it } from 'vitest'
import { jsonlStorage } from '../src/index.ts'

for (const retention of ['all', 'none'] as const) {
  testStorage(
    `jsonlStorage({ retention: '${retention}' })`,
    async () => {
      const dir = mkdtempSync(join(tmpdir(), 'storage-jsonl-'))
      const open = () => jsonlStorage({ dir, retention, segmentBytes: 16_384 })
      return {
        storage: open(),
        reopen: async () => open(),
        twin: async () => open(),
        dispose: async () => rmSync(dir, { recursive: true, force: true }),
      }
    },
    { describe, it },
  )
}
