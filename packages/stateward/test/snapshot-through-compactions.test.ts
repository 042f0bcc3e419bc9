import { createHash } from 'node:crypto'
import type { Domain } from '@stateward/contract'
import type { HeldSnapshot } from '@stateward/core'
import type { WorkEntities } from '@stateward/domain'
import { expect, test } from 'vitest'
import { openState } from '../src/open-state.ts'
import { freshFolder } from './run-stateward.ts'

type Readable = Pick<HeldSnapshot<Domain<WorkEntities>>, 'plan' | 'spec'>

/** Of everything that can be read, one by one and by queries. */
async function digestOf({ plan, spec }: Readable): Promise<string> {
  const hash = createHash('sha256')
  const plans = await plan.all()
  const specs = await spec.all()
  const byStatus = await spec.where({ status: 'draft' }).orderBy('updated_at', 'desc').all()
  const read = await spec.getMany(specs.map(({ id }) => id))
  hash.update(JSON.stringify([plans, specs, byStatus, read, await spec.groupBy('status')]))
  return hash.digest('hex')
}

test.each(['none', 'all'] as const)(
  'a snapshot that is held through three compactions reads the same digest, though most of it is changed or gone (retention %s)',
  async (retention) => {
    // Hardly anything is in memory, so that the snapshot reads the log.
    const state = await openState(freshFolder(), { retention, compaction: false, memory: { cacheBytes: 2_048 } })
    const { id: plan_id } = await state.plan.create({ name: 'P' })
    const rows = Array.from({ length: 60 }, (_, at) => ({ plan_id, name: `S${at}`, description: 'x'.repeat(200) }))
    const specs = await state.spec.createMany(rows)
    for (const { id } of specs.slice(0, 20)) await state.spec.update(id, { status: 'pending' })
    const snapshot = await state.snapshot()
    const held = await digestOf(snapshot)
    const { firstSeq } = await state.stats()
    for (let round = 0; round < 3; round++) {
      for (const { id } of specs.slice(round * 20, round * 20 + 10)) await state.spec.delete(id)
      for (const { id } of specs.slice(round * 20 + 10, round * 20 + 20))
        await state.spec.update(id, { name: `N${round}` })
      await state.spec.create({ plan_id, name: `later ${round}` })
      await state.compact()
      expect(await digestOf(snapshot), `behind compaction ${round + 1}`).toBe(held)
      expect(await digestOf(state)).not.toBe(held)
    }
    expect(await state.spec.count()).toBe(33)
    await snapshot.close()
    if (retention === 'none') {
      await state.spec.create({ plan_id, name: 'one more' })
      await state.compact()
      expect((await state.stats()).firstSeq).toBeGreaterThan(firstSeq)
    }
    await state.close()
  },
)
