import { join } from 'node:path'
import { createStateManager } from '@stateward/core'
import { jsonlStorage, type Retention } from '@stateward/storage-jsonl'
import { expect, test } from 'vitest'
import { noteDomain as domain } from './note-domain.ts'
import { freshFolder } from './run-stateward.ts'

const retentions: readonly Retention[] = ['all', { versions: 1 }]

test.each(retentions.flatMap((retention) => [false, true].map((checkpoints) => ({ retention, checkpoints }))))(
  'a write whose commit is kept is not made again behind a hole ($retention, checkpoints $checkpoints)',
  async ({ retention, checkpoints }) => {
    const dir = join(freshFolder(), 'store')
    const opened = () =>
      createStateManager({
        storage: jsonlStorage({ dir, retention, durability: 'none' }),
        domain,
        compaction: false,
        ...(checkpoints ? {} : { checkpoints: false }),
      })
    let state = await opened()
    await state.note.create({ id: 'kept', n: 0 })
    await state.note.create({ id: 'often', n: 0 })
    const busy = async (from: number): Promise<void> => {
      for (let n = from; n < from + 30; n++) await state.note.update('often', { n })
    }
    await busy(1)
    await state.note.update('kept', { n: 1 }, { txid: 'sent twice' })
    await busy(31)
    await state.note.update('kept', { n: 2 })
    await state.compact()
    const { firstSeq } = await state.stats()
    if (retention !== 'all') expect(firstSeq, 'there is a hole').toBeGreaterThan(33)
    await state.close()
    for (let time = 0; time < 2; time++) {
      state = await opened()
      expect(await state.note.update('kept', { n: 1 }, { txid: 'sent twice' })).toMatchObject({ n: 1, rev: 2 })
      expect(await state.note.get('kept'), 'nothing was written').toMatchObject({ n: 2, rev: 3 })
      await state.close()
    }
  },
)
