import { beside, boot, failure, type SimCall, type SimDisk, SimMedium } from '@stateward/conformance'
import type { BaseChunk, LogReader, LogWriter } from '@stateward/contract'
import { expect, test } from 'vitest'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

async function written(
  count = 12,
  fill = 0,
): Promise<{ medium: SimMedium; writer: LogWriter; ptrs: readonly number[] }> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium), { segmentBytes: 4_096 }).openWriter('test')
  const ptrs: number[] = []
  for (let seq = 1; seq <= count; seq++) ptrs.push(...(await append(writer, [recordOf(seq, fill)])))
  return { medium, writer, ptrs }
}

/** Lets calls fail from now on. */
function failing(medium: SimMedium, call: SimCall['call'], code: string, where = ''): void {
  medium.onCall = (one) => {
    if (one.call === call && one.path.includes(where)) throw failure(code, one.path)
  }
}

async function* noRows(): AsyncGenerator<BaseChunk> {}

async function allKept(reader: LogReader, signal?: AbortSignal): Promise<string[]> {
  const found: string[] = []
  for await (const { records } of reader.readKept?.(1, signal) ?? []) found.push(...records.map(textOf))
  return found
}

const aborted = AbortSignal.abort()

test('what is aborted before it begins, or in the middle, reads nothing more', async () => {
  const { writer } = await written(30, 200)
  await expect(writer.verify(aborted)).rejects.toMatchObject({ code: 'ABORTED' })
  await expect(allKept(writer, aborted)).rejects.toMatchObject({ code: 'ABORTED' })
  const stop = new AbortController()
  let batches = 0
  const reading = async (): Promise<void> => {
    for await (const _ of writer.read(1, stop.signal)) {
      batches++
      stop.abort()
    }
  }
  await expect(reading()).rejects.toMatchObject({ code: 'ABORTED' })
  expect(batches).toBe(1)
  const ended = new AbortController()
  let followed = 0
  for await (const _ of writer.follow(1, ended.signal)) {
    followed++
    ended.abort()
  }
  expect(followed, 'who follows is not told of its own end').toBe(1)
})

test('a writer that is closed reads no more, and says so', async () => {
  const { writer, ptrs } = await written()
  await writer.close()
  for (const read of [
    () => readAll(writer),
    () => allKept(writer),
    () => writer.verify(),
    () => writer.loadBase(),
    () => writer.fetch(ptrs),
    async () => writer.fetchSync?.(ptrs),
  ])
    await expect(read()).rejects.toMatchObject({ code: 'CLOSED' })
})

test('a device that does not read is STORAGE_FAILED, whoever asks', async () => {
  const { medium, writer, ptrs } = await written()
  await writer.close()
  const { writer: again } = await simStorage(boot(medium)).openWriter('again')
  failing(medium, 'read', 'EIO')
  const told = { code: 'STORAGE_FAILED', details: { disk: 'EIO' } }
  await expect(readAll(again)).rejects.toMatchObject(told)
  await expect(allKept(again)).rejects.toMatchObject(told)
  await expect(again.fetch(ptrs)).rejects.toMatchObject(told)
  await expect(again.verify()).rejects.toMatchObject(told)
})

test('a device that fails once while a reader looks at the log is told, and not tried again in silence', async () => {
  const { medium, writer } = await written()
  await writer.close()
  const reader = await simStorage(boot(medium)).openReader()
  let fails = 1
  medium.onCall = ({ path }) => {
    if (path.endsWith('manifest.json') && fails-- > 0) throw failure('EIO', path)
  }
  await expect(readAll(reader)).rejects.toMatchObject({ code: 'STORAGE_FAILED', details: { disk: 'EIO' } })
  expect((await readAll(reader)).length).toBeGreaterThan(0)
  await reader.close()
})

test('a pointer to where a plain file has an empty line is damage, and not the lines behind it', async () => {
  const medium = new SimMedium()
  await boot(medium).makeDirectory('/store')
  const line = '{"type":"plan","timestamp":"2024-01-20T10:00:00.000Z","data":{"id":"p"}}'
  medium.plant('/store/a.jsonl', `${line}\n\n${line.replace('"p"', '"q"')}`)
  const { writer } = await simStorage(boot(medium)).openWriter('adopts')
  const ptrs: number[] = []
  for await (const batch of writer.read(1)) ptrs.push(...batch.ptrs)
  expect((await writer.fetch(ptrs)).map(textOf)).toEqual([line, line.replace('"p"', '"q"')])
  const told = { code: 'CORRUPT', details: { damage: [{ file: 'a.jsonl', byte: line.length + 1 }] } }
  await expect(writer.fetch([(ptrs[0] ?? 0) + line.length + 1])).rejects.toMatchObject(told)
})

test('a file that is gone is looked for once more, and then told', async () => {
  const { medium, writer, ptrs } = await written(60, 100)
  await writer.close()
  const { writer: again } = await simStorage(boot(medium)).openWriter('again')
  await beside(medium).remove('/store/log-00000001.jsonl')
  const told = { code: 'STORAGE_FAILED', details: { disk: 'ENOENT' } }
  await expect(readAll(again)).rejects.toMatchObject(told)
  await expect(allKept(again)).rejects.toMatchObject(told)
  await expect(again.fetch(ptrs.slice(0, 2))).rejects.toMatchObject(told)
  expect(() => again.fetchSync?.(ptrs.slice(0, 2))).toThrow(expect.objectContaining(told))
  expect(await again.verify()).toMatchObject({
    ok: false,
    damage: [
      { file: 'log-00000001.jsonl', line: 1, byte: 0, reason: 'the manifest lists this file, and it is not there' },
    ],
  })
})

test('who reads while a truncation takes the files away goes on in the archive, or is told that they are gone', async () => {
  const { medium, writer: former } = await written(60, 100)
  await former.close()
  const { writer } = await simStorage(boot(medium)).openWriter('truncates')
  const { lastSeq } = await writer.stats()
  const reader = await simStorage(beside(medium)).openReader()
  const ptrs: number[] = []
  const reading = reader.read(1)[Symbol.asyncIterator]()
  const { value: firstBatch } = await reading.next()
  ptrs.push(...(firstBatch?.ptrs ?? []))
  const kept = reader.readKept?.(1)[Symbol.asyncIterator]()
  const seen = [...((await kept?.next())?.value?.records ?? [])].map(textOf)
  await writer.saveBase(lastSeq, noRows())
  await writer.truncate(lastSeq)
  for (let next = await kept?.next(); next?.done === false; next = await kept?.next())
    seen.push(...next.value.records.map(textOf))
  expect(seen).toEqual(Array.from({ length: 60 }, (_, at) => textOf(recordOf(at + 1, 100))))
  expect(await reader.fetch(ptrs), 'what they point to is not there any more').toEqual(ptrs.map(() => undefined))
  await reader.close()
})

test('lines are fetched however long they are, also at once', async () => {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('test')
  const long = [recordOf('a', 3_000), recordOf('b', 90_000), recordOf('c', 10)]
  const ptrs = await append(writer, long)
  expect((await writer.fetch(ptrs)).map(textOf)).toEqual(long.map(textOf))
  expect(writer.fetchSync?.(ptrs).map(textOf)).toEqual(long.map(textOf))
  const { bytes } = await writer.stats()
  const behind = (ptrs[2] ?? 0) + bytes
  expect((await writer.fetch([...ptrs.slice(2), behind])).map(textOf), 'nothing stands behind the end').toEqual([
    textOf(long[2]),
    'absent',
  ])
})

test('of a directory without a store nothing is read, and nothing is amiss', async () => {
  const medium = new SimMedium()
  await boot(medium).makeDirectory('/store')
  const reader = await simStorage(boot(medium)).openReader()
  expect(await reader.fetch([0, 77])).toEqual([undefined, undefined])
  expect(await reader.verify()).toMatchObject({ ok: true, commits: 0, bytes: 0 })
  expect(await reader.loadBase()).toBeUndefined()
  await reader.close()
  await expect(allKept(reader)).rejects.toMatchObject({ code: 'CLOSED' })
})

test('more files than may be kept open are read one after the other, and closed again', async () => {
  const medium = new SimMedium()
  const disk: SimDisk = boot(medium)
  const { writer } = await simStorage(disk, { segmentBytes: 4_096 }).openWriter('test')
  const ptrs: number[] = []
  for (let seq = 1; seq <= 70; seq++) ptrs.push(...(await append(writer, [recordOf(seq, 2_000)])))
  expect((await writer.stats()).segments).toBeGreaterThan(64)
  expect(await readAll(writer)).toHaveLength(70)
  expect((await writer.fetch(ptrs)).map(textOf)).toEqual(ptrs.map((_, at) => textOf(recordOf(at + 1, 2_000))))
  expect((await writer.verify()).ok).toBe(true)
  await writer.close()
})

test.each(['EACCES', 'EIO'])('a directory that does not list (%s) is no empty store', async (code) => {
  const { medium, writer } = await written()
  await writer.close()
  for (const name of ['manifest.json', 'manifest.prev.json'])
    if (medium.files().has(`/store/${name}`)) await boot(medium).remove(`/store/${name}`)
  failing(medium, 'list', code)
  await expect(simStorage(boot(medium)).openReader()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  await expect(simStorage(boot(medium)).openWriter('x')).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
})
