import { setImmediate as nextTurn } from 'node:timers/promises'
import { boot, SimClock, SimMedium, seededPick, simMachine } from '@stateward/conformance'
import type { Entity, Schema, StoreEvent } from '@stateward/contract'
import { createStateManager } from '@stateward/core'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { defineDomain, entity, hasCode } from 'stateward'
import { expect, test } from 'vitest'

interface Note {
  readonly text: string
}

const schema: Schema<Note, Note> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Note }) },
}
const note: Entity<Note, Note, 'string'> = entity({ schema, id: 'string' })
const notes = defineDomain({ note })

test('a store on a full disk refuses writes, reads and compacts, and takes writes again by itself', async () => {
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
    segmentBytes: 32_768,
    ballastBytes: 65_536,
    retention: 'none',
  })
  medium.capacityBytes = 500_000
  const events: StoreEvent['kind'][] = []
  const state = await createStateManager({
    storage,
    domain: notes,
    clock,
    random,
    onEvent: ({ kind }) => events.push(kind),
  })
  await state.note.create({ id: 'a', text: '' })
  let acknowledged = ''
  for (let version = 0; ; version++) {
    const text = `${version} ${'x'.repeat(4_000)}`
    const error = await state.note.update('a', { text }).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error !== undefined) {
      expect(hasCode(error, 'FULL')).toBe(true)
      break
    }
    acknowledged = text
  }
  expect((await state.stats()).health).toBe('full')
  expect(await state.note.get('a')).toMatchObject({ text: acknowledged })
  await state.compact()
  for (let turn = 0; turn < 5; turn++) await nextTurn()
  clock.pass(1_000)
  for (let turn = 0; turn < 5; turn++) await nextTurn()
  expect((await state.stats()).health).toBe('ok')
  expect(await state.note.update('a', { text: 'again' })).toMatchObject({ text: 'again' })
  expect(events.filter((kind) => kind === 'full' || kind === 'resumed' || kind === 'stopped')).toEqual([
    'full',
    'resumed',
  ])
  await state.close()
  expect(medium.files().has('/store/LOCK')).toBe(false)
})
