import type { Slot, StoredRecord } from '@stateward/contract'
import type { KeptIndex } from '@stateward/index'
import { onTestFinished, vi } from 'vitest'
import { Live, type LiveType } from '../src/state/live.ts'

/** What the next write of a store changes: the way to its indexes, which nothing outside leads to. */
export async function liveOf(write: () => Promise<unknown>): Promise<Live> {
  const spy = vi.spyOn(Live.prototype, 'apply')
  onTestFinished(() => spy.mockRestore())
  await write()
  const live = spy.mock.contexts.at(-1)
  spy.mockRestore()
  if (!(live instanceof Live)) throw new Error('expected a write that changes the state, found none')
  return live
}

/** The live records of a type by slot, from the cache: of no index. */
export function recordsOf(live: Live, type: LiveType): ReadonlyMap<Slot, StoredRecord> {
  const records = new Map<Slot, StoredRecord>()
  for (const slot of type.rows.ids.slots()) {
    const record = live.hot(type, slot)
    if (record !== undefined) records.set(slot, record)
  }
  return records
}

export type Damage = 'forgets' | 'forgets all' | 'mistakes' | 'swaps'

/** Makes an index lie about one record, or about all. Whether that is a lie depends on what it holds. */
export function damageIndex(index: KeptIndex, damage: Damage, records: ReadonlyMap<Slot, StoredRecord>): void {
  const [first, second] = records
  if (first === undefined) return
  const [slot, record] = first
  const wrong: StoredRecord = {
    ...record,
    n: 7.5,
    title: 'z',
    due: '2031-01-01T00:00:00Z',
    state: 'lost',
    plan_id: 'no',
  }
  if (damage === 'forgets') index.update(slot, record, undefined)
  if (damage === 'forgets all') index.clear()
  if (damage === 'mistakes') index.update(slot, record, wrong)
  if (damage === 'swaps' && second !== undefined) {
    index.update(slot, record, second[1])
    index.update(second[0], second[1], record)
  }
}
