import { boot, type SimMedium } from '@stateward/conformance'
import type { BaseChunk } from '@stateward/contract'
import { expect, test } from 'vitest'
import { repairLog, resealLog, salvageLog } from '../../src/index.ts'
import { append, readAll, textOf } from '../records.ts'
import { byteOf, linesOf, refusalOf } from './edited.ts'
import { closedLog, first, records, rewrite } from './salvage-fixture.ts'
import { careOf, simStorage } from './sim-storage.ts'

/** Writes of files whose names hold this are called done, and are not. */
function swallow(medium: SimMedium, name: string): void {
  medium.onStep = ({ operation, path }) => (operation === 'write' && path.includes(name) ? { skip: true } : undefined)
}

async function* rows(): AsyncGenerator<BaseChunk> {
  yield { seqs: [12], records: [records[6] ?? Buffer.alloc(0)] }
}

test('a base that does not read back counts for nothing, and the writer goes on', async () => {
  const medium = await closedLog()
  const { writer } = await simStorage(boot(medium)).openWriter('test')
  swallow(medium, 'base-')
  await expect(writer.saveBase(12, rows())).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(await writer.loadBase()).toBeUndefined()
  expect([...medium.files().keys()].filter((name) => name.includes('base-'))).toEqual([])
  medium.onStep = () => undefined
  await writer.saveBase(12, rows())
  expect((await writer.loadBase())?.upTo).toBe(12)
})

test('an archive that does not unpack to what was packed leaves the segments where they are', async () => {
  const medium = await closedLog()
  const { writer } = await simStorage(boot(medium)).openWriter('test')
  await writer.saveBase(12, rows())
  swallow(medium, 'archive/')
  await expect(writer.truncate(12)).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(medium.files().has(first)).toBe(true)
  expect(await readAll(writer)).toEqual(records.map(textOf))
  medium.onStep = () => undefined
  await append(writer, records.slice(0, 1))
  await writer.truncate(12)
  expect((await readAll(writer)).slice(0, 12)).toEqual(records.map(textOf))
  expect(await writer.verify()).toMatchObject({ ok: true })
})

test('a salvage or a resealing that does not read back changes nothing', async () => {
  const damaged = await closedLog()
  damaged.file(first).rot(byteOf(linesOf(damaged), 3) + 20, 0)
  const edited = await closedLog()
  rewrite(edited, first, Buffer.from(edited.file(first).bytes.toString().replace('"n":0', '"n":7')))
  for (const [medium, look] of [
    [damaged, salvageLog],
    [edited, resealLog],
  ] as const) {
    const before = Buffer.from(medium.file(first).bytes)
    const manifest = medium.contents()['/store/manifest.json']
    swallow(medium, 'log-00000002')
    await expect(look({ ...careOf(boot(medium)), dryRun: false })).rejects.toMatchObject({ code: 'CORRUPT' })
    expect(medium.file(first).bytes.equals(before)).toBe(true)
    expect(medium.contents()['/store/manifest.json']).toBe(manifest)
    medium.onStep = () => undefined
    await look({ ...careOf(boot(medium)), dryRun: false })
    const { writer } = await simStorage(boot(medium)).openWriter('after')
    expect(await writer.verify()).toMatchObject({ ok: true })
  }
})

test('a salvage or a repair for which there is no room says so, and changes nothing of the log', async () => {
  const medium = await closedLog()
  medium.file(first).rot(byteOf(linesOf(medium), 3) + 20, 0)
  const before = Buffer.from(medium.file(first).bytes)
  for (const look of [salvageLog, repairLog]) {
    const full = medium.copy()
    full.onStep = ({ operation, path }) =>
      operation === 'write' && path.includes('log-') ? { fail: 'ENOSPC' } : undefined
    await expect(look({ ...careOf(boot(full)), dryRun: false })).rejects.toMatchObject({
      code: expect.stringMatching(/^(FULL|STORAGE_FAILED)$/),
    })
    expect(full.file(first).bytes.equals(before)).toBe(true)
  }
  expect(await refusalOf(medium, () => simStorage(boot(medium)).openWriter('x'))).toMatchObject({ code: 'CORRUPT' })
})

test('rows of a base that do not ascend, or stand behind it, are INVALID, and nothing is left of them', async () => {
  const medium = await closedLog()
  const { writer } = await simStorage(boot(medium)).openWriter('test')
  for (const seqs of [[5, 4], [13], []])
    await expect(
      writer.saveBase(
        12,
        (async function* () {
          yield { seqs, records: (seqs.length === 0 ? [1] : seqs).map(() => Buffer.from('{"a":1}')) }
        })(),
      ),
    ).rejects.toMatchObject({ code: 'INVALID', message: expect.stringMatching(/rows of a base up to 12 ascend/) })
  expect([...medium.files().keys()].filter((name) => name.includes('base-'))).toEqual([])
})
