import { setImmediate as nextTurn } from 'node:timers/promises'
import { boot, SimClock, SimMedium, seededPick, simMachine } from '@stateward/conformance'
import type { Entity, Schema, StoreEvent } from '@stateward/contract'
import { createStateManager, type State } from '@stateward/core'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { defineDomain, entity } from 'stateward'
import { expect, test } from 'vitest'

interface Note {
  readonly text: string
}

const schema: Schema<Note, Note> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Note }) },
}
const note: Entity<Note, Note, 'string'> = entity({ schema, id: 'string' })
const notes = defineDomain({ note })

type Scrubbed = Extract<StoreEvent, { kind: 'scrub' }>

/** Seconds of the clock that a test waits for a pass, before it looks at what there is. */
const mostSteps = 5_000

interface Scene {
  readonly state: State<typeof notes>
  readonly told: Scrubbed[]
  /** Lets so much time pass, in steps that no pause of a pass outlasts. */
  pass(ms: number): Promise<void>
  /** Lets time pass until so many passes have come to their end; a pass reads files, which takes as many turns as it takes. */
  finished(passes: number): Promise<void>
}

async function open(medium: SimMedium): Promise<Scene> {
  const clock = new SimClock()
  const pick = seededPick(7)
  const random = { bytes: (count: number) => Uint8Array.from({ length: count }, () => pick(256)) }
  const told: Scrubbed[] = []
  const state = await createStateManager({
    storage: jsonlStorage({
      ...{ dir: '/store', fs: boot(medium), clock, timers: clock, random, machine: simMachine },
      ...{ ballastBytes: 0, segmentBytes: 4_096, verify: 'tail' },
    }),
    domain: notes,
    ...{ clock, timers: clock, random },
    checkpoints: { atClose: 1 },
    scrub: { everyMs: 120_000, bytesPerSecond: 4_096 },
    onEvent: (event) => void (event.kind === 'scrub' && told.push(event)),
  })
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 1_000) {
      clock.pass(Math.min(left, 1_000))
      for (let turn = 0; turn < 12; turn++) await nextTurn()
    }
  }
  const finished = async (passes: number): Promise<void> => {
    for (let step = 0; step < mostSteps; step++) {
      if (phases(told).filter((phase) => phase === 'finished').length >= passes) return
      await pass(1_000)
    }
  }
  return { state, told, pass, finished }
}

/** Flips a bit in the middle of the first segment that is complete. Returns where, as an editor counts. */
function rot(medium: SimMedium): { readonly file: string; readonly line: number } {
  const path = [...medium.files().keys()].filter((name) => /log-\d+\.jsonl$/.test(name)).sort()[0] ?? ''
  const file = medium.file(path)
  const byte = file.size >> 1
  file.rot(byte, 3)
  return {
    file: path.slice('/store/'.length),
    line: file.bytes.subarray(0, byte).toString('latin1').split('\n').length,
  }
}

const phases = (told: readonly Scrubbed[]): string[] => told.map(({ phase }) => phase)

test('what an opening of the tail has passed over is found soon after it, by file and line; the store goes on', async () => {
  const medium = new SimMedium()
  const before = await open(medium)
  for (let n = 0; n < 60; n++) await before.state.note.create({ id: `n${n}`, text: 'x'.repeat(300) })
  await before.state.close()
  const place = rot(medium)
  const { state, told, finished } = await open(medium)
  await finished(1)
  expect(phases(told)).toEqual(['started', 'damaged', 'finished'])
  expect(told[1]).toMatchObject({ code: 'CORRUPT', damage: [place] })
  expect((await state.stats()).scrub).toMatchObject({ passes: 1, damaged: 1, damage: [place] })
  expect(await state.note.create({ id: 'more', text: 'goes on' })).toMatchObject({ rev: 1 })
  await state.close()
})

test('damage that comes while the store is open is found by the next pass; compaction under it alarms nobody', async () => {
  const medium = new SimMedium()
  const { state, told, pass, finished } = await open(medium)
  for (let n = 0; n < 60; n++) await state.note.create({ id: `n${n}`, text: 'x'.repeat(300) })
  await pass(12_000)
  expect(phases(told), 'in the middle of it').toEqual(['started'])
  await state.compact()
  for (let n = 0; n < 60; n++) await state.note.update(`n${n}`, { text: 'y'.repeat(300) })
  await finished(1)
  expect(phases(told)).toEqual(['started', 'finished'])
  expect((await state.stats()).scrub).toMatchObject({ passes: 1, damaged: 0 })
  const place = rot(medium)
  await finished(2)
  expect(phases(told)).toEqual(['started', 'finished', 'started', 'damaged', 'finished'])
  expect((await state.stats()).scrub).toMatchObject({ passes: 2, damage: [place] })
  await state.close()
})
