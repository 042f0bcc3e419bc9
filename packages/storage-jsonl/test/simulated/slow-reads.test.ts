import { setImmediate as turn } from 'node:timers/promises'
import { boot, failure, SimMedium } from '@stateward/conformance'
import type { Disk, DiskFile, LogWriter } from '@stateward/contract'
import { expect, test } from 'vitest'
import { jsonlStorage } from '../../src/index.ts'
import { append, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const records = Array.from({ length: 40 }, (_, at) => recordOf(at + 1, (at % 8) * 700))

/** A log on a disk of which each read takes a millisecond by the clock, and where each of its records stands. */
async function onSlowDisk(): Promise<{ medium: SimMedium; writer: LogWriter; ptrs: readonly number[] }> {
  const medium = new SimMedium()
  let ms = 0
  const clock = { now: () => 1_700_000_000_000, monotonicMs: () => ms++ }
  const storage = simStorage(boot(medium), {
    make: (options) => jsonlStorage({ ...options, clock, segmentBytes: 8_192 }),
  })
  const { writer } = await storage.openWriter('test')
  const ptrs: number[] = []
  for (const record of records) ptrs.push(...(await append(writer, [record])))
  return { medium, writer, ptrs }
}

test('a slow disk is read while others go on, many reads at a time, and each is given its own bytes', async () => {
  const { medium, writer, ptrs } = await onSlowDisk()
  const held: (() => void)[] = []
  medium.onCall = ({ call }) => (call === 'read' ? new Promise((resolve) => held.push(resolve)) : undefined)
  let answered = 0
  const fetched = ptrs.map((ptr) => writer.fetch([ptr]).finally(() => answered++))
  for (let at = 0; at < 20; at++) await turn()
  expect(answered, 'those that found out that it is slow').toBeLessThanOrEqual(2)
  expect(held.length).toBeGreaterThan(30)
  medium.onCall = undefined
  for (const release of held.reverse()) release()
  const found = (await Promise.all(fetched)).flat()
  expect(found.map(textOf)).toEqual(records.map(textOf))
  await writer.close()
})

test('a read that fails while others go on is STORAGE_FAILED, and the next one is made', async () => {
  const { medium, writer, ptrs } = await onSlowDisk()
  medium.onCall = ({ call, path }) => {
    if (call === 'read') throw failure('EIO', path)
  }
  const told = { code: 'STORAGE_FAILED', details: { disk: 'EIO' } }
  for (const ptr of ptrs.slice(0, 3)) await expect(writer.fetch([ptr])).rejects.toMatchObject(told)
  medium.onCall = undefined
  expect((await writer.fetch(ptrs)).map(textOf)).toEqual(records.map(textOf))
  await writer.close()
})

/** A disk that says of each read how long it is, and whether it was made within the call. */
function watched(disk: Disk, told: (bytes: number, isSync: boolean) => void): Disk {
  const watchedFile = (file: DiskFile): DiskFile => ({
    ...file,
    read(into, position) {
      told(into.length, false)
      return file.read(into, position)
    },
    readSync(into, position) {
      told(into.length, true)
      return file.readSync(into, position)
    },
  })
  return new Proxy(disk, {
    get(target, key) {
      if (key === 'open') return async (...asked: Parameters<Disk['open']>) => watchedFile(await target.open(...asked))
      if (key === 'openSync') return (path: string) => watchedFile(target.openSync(path))
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

test('a quick disk is read within the call, and now and then beside it, so that others have a turn', async () => {
  const runs: number[] = [0]
  const told = (bytes: number, isSync: boolean): void => {
    if (isSync) runs.push((runs.pop() ?? 0) + bytes)
    else runs.push(0)
  }
  const make = (options: Parameters<typeof jsonlStorage>[0]): ReturnType<typeof jsonlStorage> =>
    jsonlStorage({ ...options, fs: watched(options.fs as Disk, told) })
  const { writer } = await simStorage(boot(new SimMedium()), { make }).openWriter('test')
  const ptrs: number[] = []
  for (const record of records) ptrs.push(...(await append(writer, [record])))
  runs.splice(0, runs.length, 0)
  for (let round = 0; round < 10; round++) for (const ptr of ptrs) await writer.fetch([ptr])
  expect(runs.length, 'reads beside the call').toBeGreaterThan(8)
  expect(runs.length).toBeLessThan(40)
  for (const bytes of runs) expect(bytes).toBeLessThanOrEqual(262_144)
  await writer.close()
})
