import { memoryStorage } from '@stateward/storage-memory'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { rig } from '../../../test/reliability/rig.ts'
import { HeadLayer } from '../src/records/heads.ts'
import { ReadSet } from '../src/transactions/read-set.ts'
import { TransactionView } from '../src/transactions/transaction-view.ts'
import { openSerial } from './open-serial.ts'
import { serialHistory } from './serial-history.ts'
import { SerialModel } from './serial-model.ts'
import { whyNotSerial } from './why-not-serial.ts'

const perHistory = 2_500

rig('serializable', ({ each, target }) =>
  each(async (seed) => {
    const history = await serialHistory(Math.min(perHistory, target), seed)
    const why = await whyNotSerial(history)
    await history.state.close()
    if (why !== undefined) throw new Error(why)
    return history.seen.size
  }),
)

/** What goes wrong without a part of the validation; the check of histories must see each. */
const anomalies: readonly [name: string, plant: () => void][] = [
  [
    'everything at once: nothing is validated',
    () => vi.spyOn(ReadSet.prototype, 'conflict').mockReturnValue(undefined),
  ],
  [
    'lost updates and write skew: reads by id are forgotten',
    () => vi.spyOn(ReadSet.prototype, 'addId').mockReturnValue(),
  ],
  ['phantoms: what queries answered is forgotten', () => vi.spyOn(ReadSet.prototype, 'addQuery').mockReturnValue()],
  [
    'unrepeatable reads: what others change is seen at once',
    () => vi.spyOn(TransactionView.prototype, 'changedSince').mockReturnValue(new Map()),
  ],
  [
    'dirty reads: what is not durable yet is not looked at',
    () => vi.spyOn(HeadLayer.prototype, 'entriesOf').mockReturnValue([]),
  ],
]

describe('the check sees', () => {
  test.each(anomalies)('%s', async (_, plant) => {
    onTestFinished(() => void vi.restoreAllMocks())
    plant()
    // A transaction that has seen two states may also be refused where alone it would not be: that is seen as well.
    const why = await serialHistory(500, 1).then(
      async (history) => {
        const found = await whyNotSerial(history)
        await history.state.close()
        return found
      },
      (refusal: unknown) => String(refusal),
    )
    expect(why).toBeDefined()
  })

  test('a commit of nobody, and one by whoever began when it had been told already', async () => {
    const { state, seen } = await serialHistory(150, 1)
    const { lastSeq } = await state.stats()
    expect(await whyNotSerial({ state, seen })).toBeUndefined()
    const late = new Map([...seen].map(([txid, one]) => [txid, { ...one, began: lastSeq }]))
    expect(await whyNotSerial({ state, seen: late })).toContain('began after')
    await state.task.create({ id: 'stranger', n: 1 })
    expect(await whyNotSerial({ state, seen })).toContain('of nobody')
    await state.close()
  })

  test('a commit that was answered and is not there; one that was not answered may be lost', async () => {
    const state = await openSerial({ storage: memoryStorage() })
    const seed = Array.from({ length: 100 }, (_, at) => at).find((at) => {
      const { reads } = new SerialModel().run(at)
      return !new SerialModel().fits(at, reads)
    })
    if (seed === undefined) throw new Error('one of these writes something')
    const one = { seed, began: 0, done: new SerialModel().run(seed) }
    const seenAs = (ended: number | undefined) => ({ state, seen: new Map([['x0', { ...one, ended }]]) })
    expect(await whyNotSerial(seenAs(0))).toContain('left nothing')
    expect(await whyNotSerial(seenAs(undefined))).toBeUndefined()
    await state.close()
  })
})
