import { boot, SimClock, SimMedium, seededPick, simMachine } from '@stateward/conformance'
import type { Entity, Schema } from '@stateward/contract'
import { createStateManager, type State } from '@stateward/core'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { defineDomain, entity } from 'stateward'
import { expect } from 'vitest'
import { rig } from '../../../test/reliability/rig.ts'

interface Note {
  readonly text: string
}

const schema: Schema<Note, Note> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Note }) },
}
const note: Entity<Note, Note, 'string'> = entity({ schema, id: 'string' })
const domain = defineDomain({ note, copy: note })
const ids = ['a', 'b', 'c', 'd', 'e']

function opened(medium: SimMedium, seed: number): Promise<State<typeof domain>> {
  const clock = new SimClock()
  const pick = seededPick(seed)
  const random = { bytes: (count: number) => Uint8Array.from({ length: count }, () => pick(256)) }
  const on = { clock, timers: clock, random } as const
  const storage = jsonlStorage({ dir: '/store', fs: boot(medium), machine: simMachine, ballastBytes: 0, ...on })
  return createStateManager({ storage, domain, compaction: false, ...on })
}

const tallyOf = async (state: State<typeof domain>): Promise<string> => (await state.copy.get('tally'))?.text ?? ''

/** Writes down the id of each note that is created, and the position, in one commit: written twice, it would stand there twice. */
async function consume(state: State<typeof domain>): Promise<void> {
  const cursor = await state.cursor('tally', { types: ['note'] })
  if ((await tallyOf(state)).endsWith(ids.at(-1) ?? '')) return
  for await (const change of cursor) {
    await cursor.transaction(change, async (tx) => {
      const before = await tx.copy.get('tally')
      if (before === undefined) await tx.copy.create({ id: 'tally', text: change.id })
      else await tx.copy.update('tally', { text: before.text + change.id })
    })
    if (change.id === ids.at(-1)) return
  }
}

/** Kills a consumer at every third step from this one on, cuts the power, and lets another one go on; answers the kills. */
async function killsOf(seed: number): Promise<number> {
  let kills = 0
  for (let at = 1 + (seed % 3), isKilled = true; isKilled; at += 3) {
    const medium = new SimMedium()
    const first = await opened(medium, seed)
    for (const id of ids) await first.note.create({ id, text: id })
    isKilled = false
    let steps = 0
    medium.onStep = () => {
      steps++
      if (steps === at) {
        isKilled = true
        medium.kill()
      }
      return undefined
    }
    await consume(first).catch(() => undefined)
    const known = first.view.copy.get('tally')?.text ?? ''
    await first.close().catch(() => undefined)
    if (isKilled) kills++
    const after = medium.afterPowerCut(seededPick(seed * 1_009 + at))
    const second = await opened(after, at + 1)
    expect(await tallyOf(second), `killed at step ${at}`).toMatch(new RegExp(`^${known}`))
    await consume(second)
    expect(await tallyOf(second), `killed at step ${at}`).toBe(ids.join(''))
    await second.close()
  }
  return kills
}

rig('cursors', ({ each }) => each(killsOf))
