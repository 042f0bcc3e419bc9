import { setImmediate as nextTurn } from 'node:timers/promises'
import { boot, SimClock, type SimDisk, SimMedium, seededPick, simMachine } from '@stateward/conformance'
import type { Entity, Schema, StoreEvent } from '@stateward/contract'
import { createStateManager } from '@stateward/core'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { defineDomain, entity, hasCode, type State } from 'stateward'
import { expect, test } from 'vitest'

interface Note {
  readonly n: number
}

const schema: Schema<Note, Note> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Note }) },
}
const note: Entity<Note, Note, 'string'> = entity({ schema, id: 'string' })
const notes = defineDomain({ note })
type Store = State<typeof notes>

const ids = ['a', 'b', 'c']

/** Nothing fits into its cache: whatever is read is read from the log. */
async function openCold(disk: SimDisk, onEvent: (event: StoreEvent) => void = () => undefined): Promise<Store> {
  const clock = new SimClock()
  const pick = seededPick(1)
  const random = { bytes: (count: number) => Uint8Array.from({ length: count }, () => pick(256)) }
  const storage = jsonlStorage({
    dir: '/store',
    fs: disk,
    clock,
    timers: clock,
    random,
    machine: simMachine,
    ballastBytes: 0,
    segmentBytes: 4_096,
  })
  return createStateManager({ storage, domain: notes, clock, random, memory: { cacheBytes: 1 }, onEvent })
}

/** What a record may be: at least what was acknowledged, at most what was asked for. */
interface Bounds {
  acknowledged: number
  asked: number
}

class Scenario {
  readonly medium: SimMedium = new SimMedium()
  readonly events: StoreEvent['kind'][] = []
  readonly bounds: Map<string, Bounds> = new Map(ids.map((id) => [id, { acknowledged: 0, asked: 0 }]))
  isDone = false

  /** Writes `count` versions of one record, each until it is there for sure. */
  async write(state: Store, id: string, count: number): Promise<void> {
    const bounds = this.bounds.get(id) ?? { acknowledged: 0, asked: 0 }
    for (let n = 1, tries = 0; n <= count; tries++) {
      expect(tries).toBeLessThan(100)
      bounds.asked = n
      try {
        const txid = `${id}${n}`
        const { rev } = await state.note.update(id, { n }, { txid })
        expect(rev, `${txid} is made once`).toBe(n + 1)
        bounds.acknowledged = n++
      } catch (error) {
        if (hasCode(error, 'UNKNOWN') || hasCode(error, 'STORAGE_FAILED')) await state.reopen().catch(() => undefined)
        else if (!hasCode(error, 'BUSY') && !hasCode(error, 'FULL')) throw error
      }
    }
  }

  /** Reads for as long as somebody writes. */
  async read(state: Store, id: string): Promise<number> {
    const bounds = this.bounds.get(id) ?? { acknowledged: 0, asked: 0 }
    let reads = 0
    for (; !this.isDone; reads++) {
      const least = bounds.acknowledged
      const found = await state.note.get(id)
      expect(found?.n, `${id} as it was acknowledged, or later`).toBeGreaterThanOrEqual(least)
      expect(found?.n).toBeLessThanOrEqual(bounds.asked)
      await nextTurn()
    }
    return reads
  }
}

/** Numbers of the steps of the disk, counted from the opening on, that fail once. */
async function run(faults: readonly number[]): Promise<{ steps: number; scenario: Scenario }> {
  const scenario = new Scenario()
  const { medium } = scenario
  const state = await openCold(boot(medium), ({ kind }) => scenario.events.push(kind))
  for (const id of ids) await state.note.create({ id, n: 0 })
  const snapshot = await state.snapshot()
  const start = medium.steps
  medium.onStep = ({ step }) => (faults.includes(step - start) ? { fail: 'EIO' } : undefined)
  const followed: number[] = []
  const abort = new AbortController()
  const following = (async () => {
    for await (const { seq } of state.changes({ signal: abort.signal })) followed.push(seq)
  })()
  const reading = ids.map((id) => scenario.read(state, id))
  await Promise.all(ids.map((id) => scenario.write(state, id, 8)))
  scenario.isDone = true
  await Promise.all(reading)
  const steps = medium.steps - start
  medium.onStep = () => undefined
  for (const id of ids)
    expect(await snapshot.note.get(id), 'a snapshot stays what it was').toMatchObject({ n: 0, rev: 1 })
  const { lastSeq } = await state.stats()
  while (followed.length < lastSeq) await nextTurn()
  expect(followed, 'a feed neither skips nor repeats').toEqual(Array.from({ length: lastSeq }, (_, at) => at + 1))
  abort.abort()
  await following
  expect((await state.verify()).ok).toBe(true)
  // Now the power is cut: nothing that was acknowledged may rest on what the failed sync has left in memory.
  const after = await openCold(boot(medium.afterPowerCut(seededPick(faults[0] ?? 0))))
  for (const id of ids) expect(await after.note.get(id)).toMatchObject({ n: 8, rev: 9 })
  await after.close()
  return { steps, scenario }
}

test('a disk that fails once, at any step: reads never fail, and every write is there once after a reopening and a power cut', async () => {
  const { steps } = await run([])
  let reopenings = 0
  for (let step = 1; step <= steps; step++) {
    const { scenario } = await run([step]).catch((error: unknown) => {
      throw new Error(`with a fault at step ${step}: ${error instanceof Error ? error.stack : error}`)
    })
    reopenings += scenario.events.filter((kind) => kind === 'reopened').length
  }
  expect(steps).toBeGreaterThan(20)
  expect(reopenings).toBeGreaterThan(steps / 2)
})

test('a disk that fails again while the log is reopened', async () => {
  for (let step = 3; step <= 24; step += 7) {
    for (let later = 1; later <= 18; later += 2) {
      await run([step, step + later]).catch((error: unknown) => {
        throw new Error(`with faults at ${step} and ${step + later}: ${error instanceof Error ? error.stack : error}`)
      })
    }
  }
})

test('no read sees a commit before the disk has it, and none sees one that failed', async () => {
  const medium = new SimMedium()
  const state = await openCold(boot(medium))
  await state.note.create({ id: 'a', n: 0 })
  const seen: (number | undefined)[] = []
  let isFailing = false
  medium.onStep = ({ operation }) => {
    if (operation !== 'datasync') return undefined
    seen.push(state.view.note.get('a')?.n)
    return isFailing ? { fail: 'ENOSPC' } : undefined
  }
  await state.note.update('a', { n: 1 })
  await state.note.update('a', { n: 2 })
  expect(seen, 'while it is being synced, what was there before').toEqual([0, 1])
  isFailing = true
  // Without room for what it has taken already a disk has lost it: that is no full disk, it is a failed one.
  await expect(state.note.update('a', { n: 3 })).rejects.toMatchObject({ code: 'UNKNOWN' })
  expect(state.view.note.get('a')).toMatchObject({ n: 2 })
  expect((await state.stats()).health).toBe('failed')
  medium.onStep = () => undefined
  await state.reopen()
  expect((await state.note.get('a'))?.n, 'there or not there, as recovery has found').toBeOneOf([2, 3])
  await state.close()
})
