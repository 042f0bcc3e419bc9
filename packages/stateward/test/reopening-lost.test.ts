import { setImmediate as nextTurn } from 'node:timers/promises'
import { boot, SimClock, SimMedium, seededPick, simMachine } from '@stateward/conformance'
import type { Entity, Schema, StoreEvent } from '@stateward/contract'
import { createStateManager } from '@stateward/core'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { defineDomain, entity } from 'stateward'
import { expect, test } from 'vitest'

interface Note {
  readonly n: number
}

const schema: Schema<Note, Note> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Note }) },
}
const note: Entity<Note, Note, 'string'> = entity({ schema, id: 'string' })
const notes = defineDomain({ note })

test('commits below the level commit that the disk lost before a reopening are named, and a feed that told them is CORRUPT', async () => {
  const medium = new SimMedium()
  const clock = new SimClock()
  const pick = seededPick(1)
  const random = { bytes: (count: number) => Uint8Array.from({ length: count }, () => pick(256)) }
  const storage = jsonlStorage({
    dir: '/store',
    fs: boot(medium),
    clock,
    timers: clock,
    random,
    machine: simMachine,
    ballastBytes: 0,
  })
  const events: StoreEvent[] = []
  const onEvent = (event: StoreEvent): unknown => events.push(event)
  const state = await createStateManager({ storage, domain: notes, clock, random, durability: 'none', onEvent })
  await state.note.create({ id: 'kept', n: 1 }, { durability: 'commit' })
  for (const id of ['lost', 'gone']) await state.note.create({ id, n: 1 })
  const told: number[] = []
  const following = (async () => {
    for await (const { seq } of state.changes({ since: 0 })) told.push(seq)
  })().catch((error: unknown) => error)
  while (told.length < 3) await nextTurn()

  medium.onStep = ({ operation }) => (operation === 'datasync' ? { fail: 'EIO' } : undefined)
  await expect(state.note.create({ id: 'unknown', n: 1 }, { durability: 'commit' })).rejects.toMatchObject({
    code: 'UNKNOWN',
  })
  medium.onStep = () => undefined
  // The device is away and back: of what was not synced it has nothing.
  const left = medium.afterPowerCut(() => 0)
  for (const [path, file] of medium.files()) file.truncate(left.files().get(path)?.size ?? 0)

  const lost = { from: 2, to: 3 }
  expect(await state.reopen()).toMatchObject({ lastSeq: 1, lost })
  expect(events.filter(({ kind }) => kind === 'reopened')).toEqual([{ kind: 'reopened', lastSeq: 1, lost }])
  expect(await following).toMatchObject({ code: 'CORRUPT', details: { told: 3, lastSeq: 1 } })
  expect(await state.note.get('kept')).toMatchObject({ n: 1 })
  expect(await state.note.get('lost')).toBeUndefined()
  await state.note.create({ id: 'new', n: 1 })
  expect((await state.stats()).lastSeq).toBe(2)
  await state.close()
})
