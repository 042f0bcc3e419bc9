import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conformanceDomain, testEndpoint } from '@stateward/conformance'
import { describe, it } from 'vitest'
import { openState } from '../src/open-state.ts'

testEndpoint(
  'a state in a directory',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stateward-endpoint-'))
    const open = () => openState(join(folder, 'state'), { domain: conformanceDomain })
    return { endpoint: await open(), inProcess: true, reopen: open, dispose: () => rm(folder, { recursive: true }) }
  },
  { describe, it },
)
