import { beside, boot, SimMedium } from '@stateward/conformance'
import type { BaseChunk } from '@stateward/contract'
import { expect, test } from 'vitest'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

const texts = Array.from({ length: 40 }, (_, index) => textOf(recordOf(index + 1, 60)))

async function filled(retention: 'all' | 'none') {
  const medium = new SimMedium()
  const storage = simStorage(boot(medium), { segmentBytes: 4_096, retention })
  const { writer } = await storage.openWriter('test')
  const ptrs: number[] = []
  for (let index = 1; index <= 40; index++) ptrs.push(...(await append(writer, [recordOf(index, 60)])))
  return { medium, storage, writer, ptrs }
}

async function* rows(upTo: number): AsyncGenerator<BaseChunk> {
  for (let seq = 10; seq <= upTo; seq += 10) yield { seqs: [seq], records: [recordOf(`row ${seq}`)] }
}

function names(medium: SimMedium): string[] {
  return [...medium.files().keys()].map((path) => path.slice('/store/'.length)).sort()
}

function archives(medium: SimMedium): string[] {
  return names(medium).filter((name) => name.startsWith('archive/'))
}

test('with retention all, compaction moves whole segments into the archive, where history is still read', async () => {
  const { medium, storage, writer, ptrs } = await filled('all')
  await writer.saveBase(40, rows(40))
  await writer.truncate(40)
  expect(archives(medium)).toHaveLength(2)
  expect(names(medium).filter((name) => name.startsWith('log-'))).toHaveLength(1)
  expect(await writer.stats()).toMatchObject({ firstSeq: 1, lastSeq: 40 })
  expect(await readAll(writer)).toEqual(texts)
  expect(await readAll(writer, 25)).toEqual(texts.slice(24))
  expect((await writer.fetch(ptrs)).every((record) => record === undefined)).toBe(true)
  expect(await writer.verify()).toMatchObject({ ok: true, commits: 40 })
  await writer.close()
  const again = await storage.openWriter('test')
  expect(await readAll(again.writer)).toEqual(texts)
  const reader = await simStorage(beside(medium)).openReader()
  expect(await readAll(reader)).toEqual(texts)
})

test('with retention none, compaction removes them, and the log begins behind', async () => {
  const { medium, storage, writer } = await filled('none')
  await writer.saveBase(40, rows(40))
  await writer.truncate(40)
  expect(names(medium).filter((name) => /log-|archive/.test(name))).toHaveLength(1)
  expect(await writer.stats()).toMatchObject({ firstSeq: 41, lastSeq: 40 })
  await expect(readAll(writer)).rejects.toMatchObject({ code: 'TRIMMED', details: { firstSeq: 41 } })
  await append(writer, [recordOf('after')])
  await writer.close()
  const again = await storage.openWriter('test')
  expect(again.recovery).toMatchObject({ clean: true, lastSeq: 41 })
  expect((await again.writer.loadBase())?.upTo).toBe(40)
})

test('a segment that a base covers only in part stays where it is, and pointers behind the base hold', async () => {
  const { medium, writer, ptrs } = await filled('all')
  await writer.saveBase(15, rows(10))
  await writer.truncate(15)
  const fetched = await writer.fetch(ptrs)
  expect(fetched.slice(0, 15).every((record) => record === undefined)).toBe(true)
  expect(fetched.slice(15).map(textOf)).toEqual(texts.slice(15))
  expect(writer.fetchSync?.(ptrs)).toEqual(fetched)
  expect(await readAll(writer)).toEqual(texts)
  expect(archives(medium)).toHaveLength(1)
})

test('an archive that was damaged is found, and read no further than it reads', async () => {
  const { medium, storage, writer } = await filled('all')
  await writer.saveBase(40, rows(40))
  await writer.truncate(40)
  const [name = ''] = archives(medium)
  const packed = medium.file(`/store/${name}`)
  packed.rot(Math.floor(packed.size / 2), 3)
  expect(await writer.verify()).toMatchObject({ ok: false, damage: [{ file: name }] })
  await expect(readAll(writer)).rejects.toMatchObject({ code: 'CORRUPT' })
  await writer.close()
  packed.truncate(packed.size - 1)
  await expect(storage.openWriter('test')).rejects.toMatchObject({ code: 'CORRUPT' })
})

test('a base that was damaged is refused', async () => {
  const { medium, storage, writer } = await filled('all')
  await writer.saveBase(40, rows(40))
  await writer.close()
  const base = [...medium.files()].find(([path]) => path.includes('base-'))?.[1]
  base?.rot(base.size - 30, 0)
  await expect(storage.openWriter('test')).rejects.toMatchObject({
    code: 'CORRUPT',
    details: { damage: [{ line: 5 }] },
  })
})

test('a log goes on through many compactions, and none leaves files behind', async () => {
  const { medium, writer } = await filled('none')
  for (let round = 1; round <= 5; round++) {
    const { lastSeq } = await writer.stats()
    await writer.saveBase(lastSeq, rows(lastSeq))
    await writer.truncate(lastSeq)
    for (let index = 0; index < 5; index++) await append(writer, [recordOf(index)])
  }
  expect(names(medium).filter((name) => /^(log|base)-/.test(name))).toHaveLength(2)
  await writer.close()
})
