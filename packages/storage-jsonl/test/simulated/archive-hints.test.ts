import { boot, SimDisk, SimMedium } from '@stateward/conformance'
import type { BaseChunk, DiskFile, OpenMode } from '@stateward/contract'
import { expect, test } from 'vitest'
import { append, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const segmentBytes = 262_144

/** Adds up what is read of archives. */
class ArchiveDisk extends SimDisk {
  packedBytes = 0

  override async open(path: string, mode: OpenMode): Promise<DiskFile> {
    const file = await super.open(path, mode)
    if (!path.endsWith('.gz')) return file
    const read = async (into: Uint8Array, position: number): Promise<number> => {
      const count = await file.read(into, position)
      this.packedBytes += count
      return count
    }
    return { ...file, read }
  }
}

const texts = (from: number, to: number, word = ''): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) =>
    textOf(recordOf(`${word}${from + at}`, 450 + ((from + at) % 7) * 150)),
  )

const hintsOf = (medium: SimMedium): string[] =>
  [...medium.files().keys()].filter((path) => path.includes('.hint')).map((path) => path.slice('/store/cache/'.length))

async function firstOf(batches: AsyncIterable<{ readonly records: readonly Uint8Array[] }>): Promise<string> {
  for await (const { records } of batches) return textOf(records[0])
  return 'nothing'
}

async function* rows(upTo: number): AsyncGenerator<BaseChunk> {
  yield { seqs: [upTo], records: [recordOf('row')] }
}

/** A store of which more than 200 KiB of text are in an archive. */
async function archived(): Promise<{ medium: SimMedium; given: string[]; name: string }> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { segmentBytes }).openWriter('first')
  const given = texts(1, 360)
  for (let at = 0; at < given.length; at += 10)
    await append(
      writer,
      given.slice(at, at + 10).map((text) => Buffer.from(text)),
    )
  await writer.saveBase(360, rows(360))
  await writer.truncate(360)
  await writer.close()
  const names = [...medium.files().keys()].filter((path) => path.startsWith('/store/archive/'))
  return { medium, given, name: String(names[0]) }
}

test('single commits of an archive are read without what stands before them, and the same without a hint', async () => {
  const { medium, given, name } = await archived()
  const hints = hintsOf(medium)
  expect(hints.length).toBeGreaterThan(0)
  const bare = medium.copy()
  bare.directory('/store/cache').change(hints.map((hint) => [hint, undefined]))
  const asked = [70, 1, 3, 110, 360, 361, 0]
  const expected = asked.map((seq) => given[seq - 1])
  const look = async (one: SimMedium): Promise<number> => {
    const disk = new ArchiveDisk(one, one.process)
    const reader = await simStorage(disk).openReader()
    for (let seq = 1; seq <= given.length; seq += 7) {
      const found = await reader.readAt?.([seq])
      expect(textOf(found?.[0]), `commit ${seq}`).toBe(given[seq - 1])
    }
    const found = await reader.readAt?.(asked)
    expect(found?.map((record) => record && textOf(record))).toEqual(expected)
    disk.packedBytes = 0
    await reader.readAt?.([200])
    expect(await firstOf(reader.read(200))).toBe(given[199])
    await reader.close()
    return disk.packedBytes
  }
  const whole = medium.file(name).bytes.length
  expect(await look(bare)).toBeGreaterThan(1.5 * whole)
  expect(await look(medium)).toBeLessThan(whole)
})

test('no flipped bit of the hint of an archive changes what is read', async () => {
  const { medium, given } = await archived()
  const [path] = hintsOf(medium)
  const file = `/store/cache/${path}`
  const size = medium.file(file).bytes.length
  for (let byte = 0; byte < size; byte += 3) {
    const flipped = medium.fork()
    flipped.file(file).rot(byte, byte % 8)
    const reader = await simStorage(new SimDisk(flipped, flipped.process)).openReader()
    expect(textOf((await reader.readAt?.([90]))?.[0]), `byte ${byte}`).toBe(given[89])
    await reader.close()
  }
})
