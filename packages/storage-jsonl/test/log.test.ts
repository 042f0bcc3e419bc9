import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode, type LogWriter } from '@stateward/contract'
import { expect, test } from 'vitest'
import { jsonlStorage } from '../src/index.ts'
import { append, readAll, recordOf, textOf } from './records.ts'
import { temporaryDirectory } from './temporary.ts'

const ten = Array.from({ length: 10 }, (_, index) => recordOf(index, index))

test('a new store is made with what it needs, for its owner only', async () => {
  const dir = join(temporaryDirectory(), 'deep', 'store')
  const { writer, recovery } = await jsonlStorage({ dir }).openWriter('test')
  expect(recovery).toEqual({ clean: true, created: true, lastSeq: 0, quarantined: [], adopted: [], lock: 'flock' })
  expect(readdirSync(dir).sort()).toEqual(['LOCK', 'ballast', 'log-00000001.jsonl', 'manifest.json'])
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600)
  await writer.close()
  expect(readdirSync(dir).sort()).toEqual(['ballast', 'log-00000001.jsonl', 'manifest.json', 'manifest.prev.json'])
})

test('records of any length are fetched, at once or not, each in memory of its own', async () => {
  const { writer } = await jsonlStorage({ dir: temporaryDirectory() }).openWriter('test')
  const records = [10, 200_000, 70_000, 10, 600_000].map((fill, at) => recordOf(at, fill))
  const ptrs = await append(writer, records)
  for (const order of [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [1], [3], [4, 0]]) {
    const wanted = order.map((at) => ptrs[at] ?? 0)
    const expected = order.map((at) => records[at] && textOf(records[at]))
    const fetched = await writer.fetch(wanted)
    const atOnce = writer.fetchSync?.(wanted) ?? []
    writer.fetchSync?.([...ptrs])
    expect(fetched.map(textOf)).toEqual(expected)
    expect(atOnce.map(textOf)).toEqual(expected)
  }
  await writer.close()
})

test('each of many records that are fetched together has memory of its own', async () => {
  const { writer } = await jsonlStorage({ dir: temporaryDirectory() }).openWriter('test')
  // Some to a block, some that end one, and some that are too long for one.
  const records = Array.from({ length: 200 }, (_, at) => recordOf(at, [10, 900, 20_000, 70_000][at % 4] ?? 0))
  const ptrs = await append(writer, records)
  const fetched = await writer.fetch(ptrs)
  expect(fetched.map(textOf)).toEqual(records.map(textOf))
  fetched[1]?.fill(0)
  expect([...fetched.slice(0, 1), ...fetched.slice(2)].map(textOf)).toEqual(
    records.filter((_, at) => at !== 1).map(textOf),
  )
  await writer.close()
})

test('what was appended is read, fetched, and there again after closing', async () => {
  const dir = temporaryDirectory()
  const storage = jsonlStorage({ dir })
  const first = await storage.openWriter('test')
  const ptrs = await append(first.writer, ten)
  expect((await first.writer.fetch([...ptrs].reverse())).map(textOf)).toEqual(ten.map(textOf).reverse())
  expect(first.writer.fetchSync?.([...ptrs, ...ptrs]).map(textOf)).toEqual([...ten, ...ten].map(textOf))
  expect(await readAll(first.writer)).toEqual(ten.map(textOf))
  await first.writer.close()

  const second = await storage.openWriter('test')
  expect(second.recovery).toMatchObject({ clean: true, created: false, lastSeq: 10 })
  expect(second.writer.epoch).toBe(first.writer.epoch + 1)
  expect(await readAll(second.writer)).toEqual(ten.map(textOf))
  expect(await readAll(second.writer, 8)).toEqual(ten.slice(7).map(textOf))
  await append(second.writer, [recordOf('later')])
  expect(await second.writer.stats()).toMatchObject({ firstSeq: 1, lastSeq: 11, segments: 2 })
  expect(await second.writer.verify()).toMatchObject({ ok: true, commits: 11, unverified: 0, damage: [] })
  await second.writer.close()
})

test('every line is JSON with the seal last, the seed keys first, and dur on the first line of a batch', async () => {
  const dir = temporaryDirectory()
  const { writer } = await jsonlStorage({ dir, idleProofMs: 0 }).openWriter('test')
  await append(writer, ten.slice(0, 2))
  await append(writer, ten.slice(2, 4))
  await writer.close()
  const lines = readFileSync(join(dir, 'log-00000001.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map((line) => Object.keys(line).join())).toEqual([
    'type,timestamp,data,seq,crc',
    'type,timestamp,data,rev,seq,dur,crc',
    'type,timestamp,data,rev,seq,crc',
    'type,timestamp,data,rev,seq,dur,crc',
    'type,timestamp,data,rev,seq,crc',
    'type,timestamp,data,seq,dur,crc',
  ])
  expect(lines.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 4])
  expect(lines.map(({ dur }) => dur)).toEqual([undefined, 0, undefined, 2, undefined, 4])
})

test('opening ten times without writing leaves one segment', async () => {
  const dir = temporaryDirectory()
  const storage = jsonlStorage({ dir })
  for (let times = 0; times < 10; times++) await (await storage.openWriter('test')).writer.close()
  expect(readdirSync(dir).filter((name) => name.startsWith('log-'))).toHaveLength(1)
})

test('appends are pipelined, and one that expects another tail is refused', async () => {
  const { writer } = await jsonlStorage({ dir: temporaryDirectory() }).openWriter('test')
  const call = (expectedSeq: number) =>
    writer.append([recordOf(expectedSeq)], { expectedSeq, commitId: `c${expectedSeq}`, durability: 'commit' })
  const [first, second, stale, behind] = await Promise.allSettled([call(0), call(1), call(1), call(2)])
  expect([first, second]).toMatchObject([1, 2].map((lastSeq) => ({ value: { lastSeq } })))
  expect(
    [stale, behind].map((outcome) => outcome.status === 'rejected' && hasCode(outcome.reason, 'CONFLICT')),
  ).toEqual([true, true])
  await call(2)
  expect(await readAll(writer)).toEqual([0, 1, 2].map((name) => textOf(recordOf(name))))
  await writer.close()
})

test('a full segment is followed by the next one, and pointers into both hold', async () => {
  const { writer } = await jsonlStorage({ dir: temporaryDirectory(), segmentBytes: 4096 }).openWriter('test')
  const ptrs: number[] = []
  for (let index = 0; index < 50; index++) ptrs.push(...(await append(writer, [recordOf(index, 100)])))
  expect((await writer.stats()).segments).toBeGreaterThan(3)
  expect((await writer.fetch(ptrs)).map(textOf)).toEqual(ptrs.map((_, index) => textOf(recordOf(index, 100))))
  expect(await readAll(writer)).toHaveLength(50)
  await writer.close()
})

test('following gives what is there and then what comes, each commit once, over rotations', async () => {
  const { writer } = await jsonlStorage({ dir: temporaryDirectory(), segmentBytes: 4096 }).openWriter('test')
  await append(writer, ten)
  const stop = new AbortController()
  const seen: number[] = []
  const following = (async () => {
    for await (const { firstSeq, records } of writer.follow(3, stop.signal)) {
      for (const index of records.keys()) seen.push(firstSeq + index)
      if (seen.at(-1) === 60) stop.abort()
    }
  })()
  for (let index = 0; index < 50; index++) await append(writer, [recordOf(index, 100)])
  await following
  expect(seen).toEqual(Array.from({ length: 58 }, (_, index) => index + 3))
  await writer.close()
})

test('an append of no records is a barrier', async () => {
  const { writer } = await jsonlStorage({ dir: temporaryDirectory() }).openWriter('test')
  await append(writer, ten, 'none')
  expect(await writer.append([], { expectedSeq: 10, commitId: 'barrier', durability: 'commit' })).toEqual({
    lastSeq: 10,
    ptrs: [],
  })
  await writer.close()
})

test.each<[string, Buffer, string]>([
  ['no object', Buffer.from('[1]'), 'INVALID'],
  ['two lines', Buffer.from('{"type":"plan",\n"data":{}}'), 'INVALID'],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'INVALID'],
  ['a control line', Buffer.from('{"type":"$close"}'), 'INVALID'],
  ['more than the cap', Buffer.alloc(16_777_217, 0x20), 'TOO_LARGE'],
])('refuses %s and stays as it was', async (_, record, code) => {
  const { writer } = await jsonlStorage({ dir: temporaryDirectory() }).openWriter('test')
  await expect(append(writer, [record])).rejects.toMatchObject({ code })
  await append(writer, ten)
  expect(await readAll(writer)).toEqual(ten.map(textOf))
  await writer.close()
})

test('after closing everything is CLOSED, and closing again is fine', async () => {
  const { writer } = await jsonlStorage({ dir: temporaryDirectory() }).openWriter('test')
  await append(writer, ten)
  await Promise.all([writer.close(), writer.close()])
  const closed = { code: 'CLOSED' }
  await expect(
    writer.append([recordOf(1)], { expectedSeq: 10, commitId: 'c', durability: 'commit' }),
  ).rejects.toMatchObject(closed)
  await expect(writer.stats()).rejects.toMatchObject(closed)
  await expect(readAll(writer)).rejects.toMatchObject(closed)
  await expect(writer.fetch([1])).rejects.toMatchObject(closed)
  await expect(writer.loadBase()).rejects.toMatchObject(closed)
  await expect(writer.verify()).rejects.toMatchObject(closed)
  await expect(writer.truncate(1)).rejects.toMatchObject(closed)
})

test('closing settles what waits', async () => {
  const storage = jsonlStorage({ dir: temporaryDirectory() })
  const { writer } = await storage.openWriter('test')
  const waiting = appendEach(writer, 20)
  await writer.close()
  expect((await Promise.all(waiting)).map(({ lastSeq }) => lastSeq)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  )
  const again = await storage.openWriter('test')
  expect(again.recovery.lastSeq).toBe(20)
  await again.writer.close()
})

function appendEach(writer: LogWriter, count: number) {
  return Array.from({ length: count }, (_, expectedSeq) =>
    writer.append([recordOf(expectedSeq)], { expectedSeq, commitId: `c${expectedSeq}`, durability: 'commit' }),
  )
}
