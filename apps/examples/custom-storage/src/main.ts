import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Storage } from '@stateward/contract'
import { createStateManager } from '@stateward/core'
import { domain } from '@stateward/domain'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { memoryStorage } from '@stateward/storage-memory'
import { sqliteStorage } from './sqlite-storage.ts'

/** The whole difference between the media is one line each. */
const media: Readonly<Record<string, (folder: string) => Storage>> = {
  sqlite: (folder) => sqliteStorage({ file: join(folder, 'state.db') }),
  files: (folder) => jsonlStorage({ dir: folder }),
  memory: () => memoryStorage(),
}

const [medium = 'sqlite'] = process.argv.slice(2)
const choose = media[medium]
if (choose === undefined) {
  console.error(`expected one of ${Object.keys(media).join(', ')}, found ${medium}`)
  process.exit(2)
}
const folder = await mkdtemp(join(tmpdir(), 'stateward-'))
const state = await createStateManager({ storage: choose(folder), domain })
const plan = await state.plan.create({ name: `A plan over ${medium}` })
for (const name of ['Design', 'Build', 'Ship']) await state.spec.create({ plan_id: plan.id, name })
const specs = await state.spec.where({ plan_id: plan.id }).orderBy('name').all()
console.log(`${plan.name}: ${specs.map((spec) => `${spec.name} (${spec.status})`).join(', ')}`)
const { lastSeq, bytes, storage } = await state.stats()
console.log(
  `${lastSeq} commits, ${bytes} bytes, kept by ${storage} in ${medium === 'memory' ? 'this process' : folder}`,
)
await state.close()
