import { setImmediate as nextTurn } from 'node:timers/promises'
import { boot, SimClock, SimMedium, seededPick } from '@stateward/conformance'
import { hasCode, type LogWriter, type StorageEvent } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const ballastBytes = 100_000

interface Opened {
  readonly writer: LogWriter
  readonly clock: SimClock
  readonly events: StorageEvent['kind'][]
}

async function open(medium: SimMedium): Promise<Opened> {
  const clock = new SimClock()
  const events: StorageEvent['kind'][] = []
  const storage = simStorage(boot(medium), { clock, timers: clock, ballastBytes, segmentBytes: 65_536 })
  const { writer } = await storage.openWriter('test', { notify: ({ kind }) => events.push(kind) })
  return { writer, clock, events }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await nextTurn()
}

/** Appends until there is no room. Resolves with what was taken. */
async function fill(writer: LogWriter, bytes: number, prefix: string): Promise<string[]> {
  const taken: string[] = []
  for (;;) {
    const record = recordOf(`${prefix}${taken.length}`, bytes)
    try {
      await append(writer, [record])
      taken.push(textOf(record))
    } catch (error) {
      if (!hasCode(error, 'FULL')) throw error
      return taken
    }
  }
}

test('a disk that fills up: refused at once, closed in order by the ballast’s room, and taken again when there is room', async () => {
  const medium = new SimMedium()
  medium.capacityBytes = 600_000
  const { writer, clock, events } = await open(medium)
  const taken = await fill(writer, 5_000, 'a')
  expect(taken.length).toBeGreaterThan(40)
  expect(medium.file('/store/ballast').size).toBe(ballastBytes)
  medium.capacityBytes += 1_000
  clock.pass(1_000)
  await settle()
  await expect(append(writer, [recordOf('more')]), 'less than the reserve').rejects.toMatchObject({ code: 'FULL' })
  expect(await readAll(writer)).toEqual(taken)
  await writer.close()
  expect(medium.files().has('/store/ballast'), 'given up for the last words').toBe(false)
  const again = await open(medium)
  expect(await readAll(again.writer)).toEqual(taken)
  const { writer: third, recovery } = await (async () => {
    await again.writer.close()
    return simStorage(boot(medium)).openWriter('third')
  })()
  expect(recovery).toMatchObject({ clean: true, lastSeq: taken.length })
  await third.close()
  expect(events).toEqual(['full'])
})

test('a base may be saved on a full disk, and what it lets go of makes the room to go on', async () => {
  const medium = new SimMedium()
  medium.capacityBytes = 600_000
  const { writer, clock, events } = await open(medium)
  const taken = await fill(writer, 5_000, 'a')
  const upTo = taken.length
  await writer.saveBase(
    upTo,
    (async function* () {
      yield { seqs: [upTo], records: [recordOf('all of it')] }
    })(),
  )
  await writer.truncate(upTo)
  await settle()
  clock.pass(1_000)
  await settle()
  expect(events).toEqual(['full', 'resumed'])
  expect(medium.file('/store/ballast').size, 'made again').toBe(ballastBytes)
  await append(writer, [recordOf('goes on')])
  await writer.close()
})

test('a base that will not fit is not begun, and says how much is missing', async () => {
  const medium = new SimMedium()
  const { writer } = await open(medium)
  await append(writer, [recordOf('a')])
  const rows = async function* () {
    for (let row = 0; row < 20; row++) yield { seqs: [1], records: [recordOf(`row ${row}`, 5_000)] }
  }
  await writer.saveBase(1, rows())
  medium.capacityBytes = 1
  const before = medium.steps
  const refusal: unknown = await writer.saveBase(1, rows()).catch((error: unknown) => error)
  expect(hasCode(refusal, 'FULL') && refusal.details).toEqual({ neededBytes: expect.any(Number), freeBytes: 0 })
  expect(medium.steps).toBe(before)
  medium.capacityBytes = Number.MAX_SAFE_INTEGER
  await writer.saveBase(1, rows())
  await writer.close()
})

test('nor is the first one, where the caller says how large it is', async () => {
  const medium = new SimMedium()
  const { writer } = await open(medium)
  await append(writer, [recordOf('a', 5_000)])
  const used = [...medium.files().values()].reduce((sum, { size }) => sum + size, 0)
  medium.capacityBytes = used + 1_199
  const before = medium.steps
  const asked: string[] = []
  medium.onStep = ({ path }) => void asked.push(path)
  await expect(writer.saveBase(1, rowOf('row'), { bytes: 1_000 })).rejects.toMatchObject({
    code: 'FULL',
    details: { neededBytes: 1_200, freeBytes: 1_199 },
  })
  expect([medium.steps, asked]).toEqual([before, []])
  medium.capacityBytes = used + 200_000
  await writer.saveBase(1, rowOf('row'), { bytes: 1_000 })
  await expect(
    writer.saveBase(1, rowOf('row'), { bytes: Number.MAX_SAFE_INTEGER }),
    'the former one decides',
  ).resolves.toHaveLength(1)
  await writer.close()
})

test('a full disk is looked at again and again, until there is room', async () => {
  const medium = new SimMedium()
  medium.capacityBytes = 400_000
  const { writer, clock, events } = await open(medium)
  await fill(writer, 5_000, 'a')
  for (let look = 0; look < 3; look++) {
    clock.pass(1_000)
    await settle()
    expect(events).toEqual(['full'])
  }
  medium.capacityBytes += 300_000
  clock.pass(1_000)
  await settle()
  expect(events).toEqual(['full', 'resumed'])
  await append(writer, [recordOf('goes on')])
  await writer.close()
})

test('a ballast is made where that leaves as much room again, and nowhere else', async () => {
  for (const [free, isMade] of [
    [ballastBytes * 2, true],
    [ballastBytes * 2 - 1, false],
  ] as const) {
    const bare = new SimMedium()
    await (await simStorage(boot(bare)).openWriter('bare')).writer.close()
    const used = (medium: SimMedium): number => [...medium.files().values()].reduce((sum, { size }) => sum + size, 0)
    const medium = bare.copy()
    medium.onCall = ({ call }) => {
      if (call === 'space') medium.capacityBytes = used(medium) + free
    }
    const { writer } = await open(medium)
    expect(medium.files().has('/store/ballast')).toBe(isMade)
    medium.onCall = undefined
    medium.capacityBytes = Number.MAX_SAFE_INTEGER
    await writer.close()
  }
})

test('where there is no room to say what is durable, the disk is full, and nobody else fails of it', async () => {
  const medium = new SimMedium()
  const clock = new SimClock()
  const events: StorageEvent['kind'][] = []
  const storage = simStorage(boot(medium), { clock, timers: clock })
  const { writer } = await storage.openWriter('test', { notify: ({ kind }) => events.push(kind) })
  await append(writer, [recordOf('a')])
  medium.capacityBytes = 1
  clock.pass(1_000)
  await settle()
  expect(events).toEqual(['full'])
  medium.capacityBytes = Number.MAX_SAFE_INTEGER
  clock.pass(1_000)
  await settle()
  expect(events).toEqual(['full', 'resumed'])
  expect(await readAll(writer)).toEqual([textOf(recordOf('a'))])
  await writer.close()
})

test('a disk that says that it has room and takes no byte is full until it does', async () => {
  const medium = new SimMedium()
  medium.capacityBytes = 400_000
  const { writer, clock, events } = await open(medium)
  await fill(writer, 5_000, 'a')
  medium.capacityBytes = Number.MAX_SAFE_INTEGER
  medium.onStep = ({ operation }) => (operation === 'write' ? { fail: 'ENOSPC' } : undefined)
  clock.pass(1_000)
  await settle()
  expect(events).toEqual(['full'])
  await expect(append(writer, [recordOf('more')])).rejects.toMatchObject({ code: 'FULL' })
  medium.onStep = () => undefined
  clock.pass(1_000)
  await settle()
  expect(events).toEqual(['full', 'resumed'])
  await append(writer, [recordOf('more')])
  await writer.close()
})

async function* rowOf(name: string) {
  yield { seqs: [1], records: [recordOf(name)] }
}

test('no room, room, no room …: what is acknowledged is there, in order, after any of it and a power cut', async () => {
  const step = fc.record({
    bytes: fc.integer({ min: 1, max: 20_000 }),
    capacity: fc.integer({ min: -150_000, max: 300_000 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(), async (steps, seed) => {
      const medium = new SimMedium()
      medium.capacityBytes = 400_000
      const { writer, clock, events } = await open(medium)
      const taken: string[] = []
      for (const [at, { bytes, capacity }] of steps.entries()) {
        taken.push(...(await fill(writer, bytes, `${at}.`)))
        medium.capacityBytes = Math.max(1, medium.capacityBytes + capacity)
        clock.pass(1_000)
        await settle()
        expect((await writer.stats()).health).toBe(events.at(-1) === 'full' ? 'full' : 'ok')
      }
      expect(events.map((kind, at) => (at % 2 === 0 ? 'full' : 'resumed') === kind)).not.toContain(false)
      expect(await readAll(writer)).toEqual(taken)
      const after = medium.afterPowerCut(seededPick(seed))
      after.capacityBytes = Number.MAX_SAFE_INTEGER
      const { writer: next } = await open(after)
      expect(await readAll(next)).toEqual(taken)
    }),
    { numRuns: 30 },
  )
})
