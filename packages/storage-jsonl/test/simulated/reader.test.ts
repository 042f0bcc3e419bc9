import { beside, boot, SimClock, SimMedium } from '@stateward/conformance'
import type { LogReader } from '@stateward/contract'
import { expect, test } from 'vitest'
import { nodeClock, nodeTimers } from '../../src/environment/node-environment.ts'
import { durableLine } from '../../src/format/control-line.ts'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { killedLog } from './edited.ts'
import { OrderlyDisk } from './orderly-disk.ts'
import { rewrite } from './salvage-fixture.ts'
import { simStorage } from './sim-storage.ts'

const log = '/store/log-00000001.jsonl'
const records = [1, 2, 3, 4, 5].map((name) => recordOf(name))
const texts = records.map(textOf)

test('a reader writes nothing, and takes no lock', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('writer')
  await append(writer, records)
  const { steps } = medium
  medium.onStep = ({ operation }) => {
    throw new Error(`a reader must not ${operation}`)
  }
  const reader = await patientReader(medium)
  expect(await readAll(reader)).toEqual([])
  expect(await reader.loadBase()).toBeUndefined()
  expect((await reader.verify()).ok).toBe(true)
  await reader.close()
  expect(medium.steps).toBe(steps)
})

test('what is not proven is not served: a reader sees no commit that a crash could take back', async () => {
  const medium = new SimMedium()
  const clock = new SimClock()
  const { writer } = await simStorage(boot(medium), { clock, timers: clock, idleProofMs: 20 }).openWriter('writer')
  await append(writer, records.slice(0, 2))
  await append(writer, records.slice(2, 4))
  const reader = await patientReader(medium)
  expect(await readAll(reader)).toEqual(texts.slice(0, 2))
  // The timer of the first batch finds a second one, and is set again.
  clock.pass(20)
  clock.pass(20)
  await append(writer, [])
  expect(await readAll(reader)).toEqual(texts.slice(0, 4))
})

test('an unfinished last line, and one that does not read, are left alone', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('writer')
  for (const record of records) await append(writer, [record])
  medium.kill()
  const { size } = medium.file(log)
  for (const tail of ['{"type":"pl', '{"type":"plan"}\n', '\0\0\0\n']) {
    const after = medium.copy()
    after.file(log).write(Buffer.from(tail), size)
    const reader = await patientReader(after)
    expect(await readAll(reader)).toEqual(texts.slice(0, 4))
    expect(after.file(log).size).toBe(size + tail.length)
  }
})

test('a reader follows over rotations, bases, truncation and a new writer', async () => {
  const medium = new SimMedium()
  const disk = boot(medium)
  const storage = simStorage(disk, { segmentBytes: 4_096, timers: nodeTimers })
  const reader = await simStorage(beside(medium), { timers: nodeTimers, pollMs: 1 }).openReader()
  const stop = new AbortController()
  const seen: number[] = []
  const following = (async () => {
    for await (const batch of reader.follow(1, stop.signal)) {
      for (const index of batch.records.keys()) seen.push(batch.firstSeq + index)
      if (seen.length === 90) stop.abort()
    }
  })()
  for (let round = 0; round < 3; round++) {
    const { writer } = await storage.openWriter('writer')
    for (let index = 0; index < 30; index++) await append(writer, [recordOf(index, 80)])
    await writer.saveBase(round * 30 + 20, (async function* () {})())
    await writer.truncate(round * 30 + 20)
    await writer.close()
  }
  await following
  expect(seen).toEqual(Array.from({ length: 90 }, (_, index) => index + 1))
  expect((await reader.loadBase())?.upTo).toBe(80)
  expect(await readAll(reader)).toHaveLength(90)
})

test('there may be nothing yet: a reader sees an empty log, and then the first commits', async () => {
  const medium = new SimMedium()
  const disk = boot(medium)
  const reader = await simStorage(beside(medium), { timers: nodeTimers }).openReader()
  expect(await reader.stats()).toEqual({
    firstSeq: 1,
    lastSeq: 0,
    epoch: 0,
    bytes: 0,
    segments: 0,
    opening: { upTo: 0, baseBytes: 0, logBytes: 0, logSegments: 0 },
  })
  const { writer } = await simStorage(disk).openWriter('writer')
  await append(writer, records)
  await writer.close()
  expect(await readAll(reader)).toEqual(texts)
})

test('a store without its manifest is refused, not taken for an empty one', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('writer')
  await append(writer, records)
  await writer.close()
  await beside(medium).remove('/store/manifest.json')
  await expect(simStorage(boot(medium)).openReader()).rejects.toMatchObject({ code: 'CORRUPT' })
})

test('a line behind one that does not read is damage when it proves more than holds, and only then', async () => {
  const killed = await killedLog()
  const { size } = killed.file(log)
  const behind = async (dur: number): Promise<LogReader> => {
    const medium = killed.copy()
    const line = durableLine({ seq: 9, dur }, '2026-01-01T00:00:00.000Z')
    medium.file(log).write(Buffer.concat([Buffer.from('in the middle of it\n'), line]), size)
    return patientReader(medium)
  }
  expect(await readAll(await behind(9))).toHaveLength(6)
  await expect(behind(10).then(readAll)).rejects.toMatchObject({ code: 'CORRUPT' })
})

test('of a segment without a byte nothing is read, and nothing is counted', async () => {
  const killed = await killedLog()
  rewrite(killed, log, Buffer.alloc(0))
  const reader = await patientReader(killed)
  expect(await reader.stats()).toMatchObject({ firstSeq: 1, lastSeq: 0, bytes: 0, segments: 1 })
  expect(await readAll(reader)).toEqual([])
})

test('a reader lets go of files that are taken away, and of none that stay', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { segmentBytes: 4_096 }).openWriter('writer')
  for (let seq = 1; seq <= 60; seq++) await append(writer, [recordOf(seq, 100)])
  await append(writer, [])
  const disk = new OrderlyDisk(medium, medium.process)
  const clock = nodeClock
  const reader = await simStorage(disk, { clock, timers: nodeTimers }).openReader()
  await readAll(reader)
  const held = disk.handles
  expect(held.length).toBeGreaterThan(3)
  await reader.stats()
  expect(disk.handles).toEqual(held)
  await writer.saveBase(50, (async function* () {})())
  await writer.truncate(50)
  await reader.stats()
  expect(disk.handles.filter((path) => medium.find(path) === undefined)).toEqual([])
  expect(disk.handles.length).toBeGreaterThan(0)
  await reader.close()
  await writer.close()
})

/** A reader whose own clock runs, so that it gives up waiting for a proof. */
async function patientReader(medium: SimMedium): Promise<LogReader> {
  return simStorage(beside(medium), { clock: nodeClock, timers: nodeTimers }).openReader()
}
