import { deepEqual, equal, rejects } from 'node:assert/strict'
import { boot, SimMedium } from '@stateward/conformance'
import { createStateManager } from '@stateward/core'
import { domain } from '@stateward/domain'
import { simStorage } from '../../../storage-jsonl/test/simulated/sim-storage.ts'

/** The state manager over the storage: what is retried, and what is served while it is not durable yet. */
export async function stateLayer(): Promise<void> {
  await retried()
  await unknownIsNotServed()
}

/** A write sent again with its txid is answered again, also by the store that is opened after a crash. */
async function retried(): Promise<void> {
  const medium = new SimMedium()
  const open = () => createStateManager({ storage: simStorage(boot(medium)), domain })
  const before = await open()
  const plan = await before.plan.create({ name: 'once' }, { txid: 'one' })
  deepEqual(await before.plan.create({ name: 'once' }, { txid: 'one' }), plan)
  medium.kill()
  const after = await open()
  deepEqual(await after.plan.create({ name: 'once' }, { txid: 'one' }), plan)
  equal(await after.plan.count(), 1)
}

/** What may not be on the disk is served to nobody. */
async function unknownIsNotServed(): Promise<void> {
  const medium = new SimMedium()
  const state = await createStateManager({ storage: simStorage(boot(medium)), domain })
  await state.plan.create({ name: 'durable' })
  medium.onStep = ({ operation }) => {
    if (operation !== 'datasync') return undefined
    equal(state.view.plan.count(), 1, 'nothing is served before it is synced')
    return { fail: 'EIO' }
  }
  await rejects(state.plan.create({ name: 'unknown' }), { code: 'UNKNOWN' })
  deepEqual(
    (await state.plan.all()).map(({ name }) => name),
    ['durable'],
  )
}
