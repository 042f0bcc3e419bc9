import { hasCode, type LogReader } from '@stateward/contract'
import { expect, test } from 'vitest'
import { memoryStorage } from '../src/memory-storage.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const texts = (records: readonly (Uint8Array | undefined)[]): (string | undefined)[] =>
  records.map((record) => record && new TextDecoder().decode(record))

async function readAll(reader: LogReader, from: number): Promise<(string | undefined)[]> {
  const found = []
  for await (const batch of reader.read(from)) found.push(...texts(batch.records))
  return found
}

async function* rows(...given: [seq: number, text: string][]) {
  yield { seqs: given.map(([seq]) => seq), records: given.map(([, text]) => bytes(text)) }
}

const at = (expectedSeq: number, commitId = `c${expectedSeq}`) =>
  ({ expectedSeq, commitId, durability: 'commit' }) as const

test('retention "all" keeps commits readable behind a base, and lets their pointers die', async () => {
  const { writer } = await memoryStorage().openWriter('test')
  const { ptrs } = await writer.append([bytes('a'), bytes('b'), bytes('c')], at(0))
  await writer.saveBase(2, rows([2, 'ab']))
  await writer.truncate(2)
  expect((await writer.stats()).firstSeq).toBe(1)
  expect(await readAll(writer, 1)).toEqual(['a', 'b', 'c'])
  expect(texts(await writer.fetch(ptrs))).toEqual([undefined, undefined, 'c'])
})

test('retention "none" forgets commits behind a base and the bytes they took', async () => {
  const { writer } = await memoryStorage({ retention: 'none' }).openWriter('test')
  await writer.append([bytes('a'), bytes('b'), bytes('cc')], at(0))
  await writer.saveBase(2, rows([2, 'ab']))
  await writer.truncate(2)
  expect(await writer.stats()).toMatchObject({ firstSeq: 3, lastSeq: 3, bytes: 4 })
  await expect(readAll(writer, 2)).rejects.toSatisfy((error) => hasCode(error, 'TRIMMED'))
  expect(await readAll(writer, 3)).toEqual(['cc'])
})

test('rows of a former base are found until truncate has passed that base', async () => {
  const { writer } = await memoryStorage({ retention: 'none' }).openWriter('test')
  await writer.append([bytes('a'), bytes('b')], at(0))
  const former = await writer.saveBase(1, rows([1, 'base one']))
  const newer = await writer.saveBase(2, rows([1, 'base two'], [2, 'row two']))
  expect(texts(await writer.fetch([...Array.from(newer), ...Array.from(former)]))).toEqual([
    'base two',
    'row two',
    'base one',
  ])
  await writer.truncate(2)
  expect(texts(await writer.fetch([...Array.from(newer), ...Array.from(former)]))).toEqual([
    'base two',
    'row two',
    undefined,
  ])
})

test('a repeated append answers as the first, even when truncate has let go of its commits', async () => {
  const { writer } = await memoryStorage({ retention: 'none' }).openWriter('test')
  const first = await writer.append([bytes('a')], at(0, 'once'))
  await writer.saveBase(1, rows([1, 'a']))
  await writer.truncate(1)
  expect(await writer.append([bytes('a')], at(0, 'once'))).toEqual(first)
  expect((await writer.stats()).lastSeq).toBe(1)
})

test('a batch never mixes epochs', async () => {
  const storage = memoryStorage()
  const first = (await storage.openWriter('first')).writer
  await first.append([bytes('a'), bytes('b')], at(0))
  const second = (await storage.openWriter('second')).writer
  await second.append([bytes('c')], at(2))
  const batches = []
  for await (const { firstSeq, epoch } of second.read(1)) batches.push([firstSeq, epoch])
  expect(batches).toEqual([
    [1, first.epoch],
    [3, second.epoch],
  ])
})

test('recovery says whether the log is new and whether the last writer closed it', async () => {
  const storage = memoryStorage()
  const first = await storage.openWriter('first')
  expect(first.recovery).toMatchObject({ created: true, clean: true, lastSeq: 0 })
  const second = await storage.openWriter('second')
  expect(second.recovery).toMatchObject({ created: false, clean: false })
  await first.writer.close()
  expect((await storage.openWriter('third')).recovery.clean).toBe(false)
  await second.writer.close()
  expect((await storage.openWriter('fourth')).recovery.clean).toBe(false)
})

test('a long log is read in several batches', async () => {
  const { writer } = await memoryStorage().openWriter('test')
  await writer.append(
    Array.from({ length: 3_000 }, (_, n) => bytes(String(n))),
    at(0),
  )
  const sizes = []
  for await (const batch of writer.read(1)) sizes.push(batch.records.length)
  expect(sizes.length).toBeGreaterThan(1)
  expect(await readAll(writer, 2_999)).toEqual(['2998', '2999'])
})
