import { setImmediate as nextTurn } from 'node:timers/promises'
import { boot, SimClock, SimMedium, seededPick, simMachine } from '@stateward/conformance'
import type { Schema, StoreEvent } from '@stateward/contract'
import { createStateManager, type ReopeningOptions } from '@stateward/core'
import { jsonlStorage } from '@stateward/storage-jsonl'
import { defineDomain, entity, hasCode, type State } from 'stateward'
import { expect, test } from 'vitest'

const schema: Schema<{ readonly n: number }> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as { readonly n: number } }) },
}
const notes = defineDomain({ note: entity({ schema, id: 'string' }) })

/** A store on a simulated disk whose syncs fail as often as `failing` says, counted down by each. */
class World {
  readonly medium = new SimMedium()
  readonly clock = new SimClock()
  readonly events: StoreEvent[] = []
  failing = 0
  state!: State<typeof notes>

  static async open(reopening?: ReopeningOptions | 'manual', seed = 1): Promise<World> {
    const world = new World()
    const { clock, medium } = world
    const pick = seededPick(seed)
    const random = { bytes: (count: number) => Uint8Array.from({ length: count }, () => pick(256)) }
    const storage = jsonlStorage({
      ...{ dir: '/store', fs: boot(medium), clock, timers: clock, random, machine: simMachine, ballastBytes: 0 },
    })
    const onEvent = (event: StoreEvent): number => world.events.push(event)
    world.state = await createStateManager({
      ...{ storage, domain: notes, clock, timers: clock, random, onEvent, compaction: false, scrub: false },
      ...(reopening && { reopening }),
    })
    await world.state.note.create({ id: 'a', n: 0 })
    medium.onStep = ({ operation }) => (operation.includes('sync') && world.failing-- > 0 ? { fail: 'EIO' } : undefined)
    return world
  }

  /** Lets time pass, and everything happen that follows. */
  async pass(ms: number): Promise<void> {
    this.clock.pass(ms)
    for (let turn = 0; turn < 200; turn++) await nextTurn()
  }

  async codeOf(n: number, txid: string): Promise<string> {
    try {
      await this.state.note.update('a', { n }, { txid })
      return 'ok'
    } catch (error) {
      return hasCode(error, 'UNKNOWN') ? 'UNKNOWN' : hasCode(error, 'STORAGE_FAILED') ? 'STORAGE_FAILED' : String(error)
    }
  }

  get told(): string[] {
    return this.events.map((event) => (event.kind === 'caretaker' ? `${event.caretaker} ${event.phase}` : event.kind))
  }

  get pauses(): number[] {
    return this.events.flatMap((event) => ('pauseMs' in event ? [event.pauseMs] : []))
  }

  async health(): Promise<unknown> {
    const { health, caretakers } = await this.state.stats()
    return [health, caretakers?.find(({ name }) => name === 'reopening')?.state]
  }
}

test.each([1, 2, 4])(
  'after %i failing syncs the store has reopened its log by itself, and a txid is written once',
  async (times) => {
    const world = await World.open()
    world.failing = times
    expect(await world.codeOf(1, 'first')).toBe('UNKNOWN')
    expect(await Promise.all([world.codeOf(2, 'second'), world.codeOf(3, 'third')])).toEqual([
      ...['STORAGE_FAILED', 'STORAGE_FAILED'],
    ])
    expect(await world.health()).toEqual(['failed', 'restarting'])
    expect(await world.state.note.get('a'), 'reads go on').toMatchObject({ n: 0 })
    for (let attempt = 0; world.told.at(-1) !== 'reopening restarted'; attempt++) {
      expect(attempt).toBeLessThan(5)
      await world.pass(world.pauses.at(-1) ?? 0)
    }
    expect(await world.health()).toEqual(['ok', 'working'])
    // The one of the write, and the first of each reopening.
    expect(world.pauses).toHaveLength(times)
    for (const [at, pause] of world.pauses.entries()) {
      expect(pause).toBeLessThanOrEqual(1_000 * 2 ** at)
      expect(pause).toBeGreaterThanOrEqual(500 * 2 ** at)
    }
    expect(await world.codeOf(1, 'first')).toBe('ok')
    expect(await world.codeOf(1, 'first')).toBe('ok')
    expect(await world.codeOf(2, 'second')).toBe('ok')
    expect(await world.state.note.get('a')).toMatchObject({ n: 2, rev: 3 })
    expect((await world.state.verify()).ok).toBe(true)
    await world.state.close()
  },
)

test('a disk that fails for ever is tried a bounded number of times; then the store says so, reads on, and waits to be reopened', async () => {
  const world = await World.open({ atMost: 3, backoffMs: 100 })
  world.failing = Number.POSITIVE_INFINITY
  expect(await world.codeOf(1, 'first')).toBe('UNKNOWN')
  for (let attempt = 0; attempt < 10; attempt++) await world.pass(1_000)
  expect(world.told).toEqual([
    ...['stopped', 'reopening restarting', 'reopening restarting', 'reopening restarting', 'reopening stopped'],
  ])
  expect(await world.health()).toEqual(['failed', 'stopped'])
  expect(await world.codeOf(1, 'first')).toBe('STORAGE_FAILED')
  expect(await world.state.note.get('a')).toMatchObject({ n: 0 })
  expect(await world.state.reopen().catch(({ code }) => code)).toBe('STORAGE_FAILED')
  world.failing = 0
  await world.state.reopen()
  expect(await world.codeOf(1, 'first')).toBe('ok')
  expect(await world.health()).toEqual(['ok', 'working'])
  // It is on the watch again.
  world.failing = 1
  expect(await world.codeOf(2, 'second')).toBe('UNKNOWN')
  await world.pass(100)
  expect(await world.codeOf(2, 'second')).toBe('ok')
  expect(await world.state.note.get('a')).toMatchObject({ n: 2, rev: 3 })
  await world.state.close()
})

test('told to wait, a store reopens nothing by itself', async () => {
  const world = await World.open('manual')
  world.failing = 1
  expect(await world.codeOf(1, 'first')).toBe('UNKNOWN')
  await world.pass(1_000_000)
  expect(world.told).toEqual(['stopped'])
  expect(await world.state.restart('reopening').catch(({ code }) => code)).toBe('NOT_FOUND')
  await world.state.reopen()
  expect(await world.codeOf(1, 'first')).toBe('ok')
  await world.state.close()
})

test('a store that is closed in the pause reopens nothing any more; one that is reopened by hand is not reopened again', async () => {
  const world = await World.open()
  world.failing = 1
  await world.codeOf(1, 'first')
  await world.state.reopen()
  await world.pass(10_000)
  expect(world.told).toEqual(['stopped', 'reopening restarting', 'reopened', 'reopening restarted'])
  world.failing = 1
  await world.codeOf(2, 'second')
  await world.state.close()
  const told = world.told.length
  await world.pass(100_000)
  expect(world.told).toHaveLength(told)
})

test('writers that insist with their txids, and never reopen, write each commit once, whichever syncs fail', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const world = await World.open({ atMost: 1_000, backoffMs: 10, maxBackoffMs: 20 }, seed)
    const pick = seededPick(seed)
    world.medium.onStep = ({ operation }) => (operation.includes('sync') && pick(5) === 0 ? { fail: 'EIO' } : undefined)
    for (let n = 1; n <= 12; n++) {
      for (let tries = 0; (await world.codeOf(n, `x${n}`)) !== 'ok'; tries++) {
        expect(tries, `seed ${seed}, write ${n}`).toBeLessThan(200)
        await world.pass(20)
      }
    }
    world.medium.onStep = () => undefined
    while ((await world.state.stats()).health !== 'ok') await world.pass(20)
    expect(await world.state.note.get('a'), `seed ${seed}`).toMatchObject({ n: 12, rev: 13 })
    expect((await world.state.verify()).ok, `seed ${seed}`).toBe(true)
    await world.state.close()
  }
})
