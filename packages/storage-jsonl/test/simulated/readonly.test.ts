import { boot, SimMedium } from '@stateward/conformance'
import type { BaseChunk, LogWriter } from '@stateward/contract'
import { expect, test } from 'vitest'
import { append, textOf } from '../records.ts'
import { records, served } from './salvage-fixture.ts'
import { simStorage } from './sim-storage.ts'

const row = records[6] ?? Buffer.alloc(0)

async function* baseRows(): AsyncGenerator<BaseChunk> {
  yield { seqs: [7], records: [row] }
}

/** Eight commits, a base of the state after them (of one row, which is enough here), four more; truncated or not. */
async function withBase(truncated: boolean): Promise<SimMedium> {
  const medium = new SimMedium()
  const { writer } = await simStorage(boot(medium)).openWriter('test')
  await append(writer, records.slice(0, 8))
  await writer.saveBase(8, baseRows())
  if (truncated) await writer.truncate(8)
  await append(writer, records.slice(8))
  await writer.close()
  return medium.copy()
}

/** Flips a bit of the line that holds this text, in whatever file it is. */
function damage(medium: SimMedium, kind: 'log-' | 'base-', text: string): void {
  for (const [path, file] of medium.files()) {
    const at = path.includes(kind) ? file.bytes.indexOf(text) : -1
    if (at >= 0) file.rot(at + 3, 0)
  }
}

async function openedReadonly(medium: SimMedium): Promise<LogWriter> {
  const before = medium.contents()
  const { writer, recovery } = await simStorage(boot(medium), { recovery: 'readonly' }).openWriter('reads')
  expect(recovery.damage?.length).toBeGreaterThan(0)
  expect({ ...medium.contents(), '/store/LOCK': '' }, 'only LOCK is written').toEqual({ ...before, '/store/LOCK': '' })
  expect(await writer.verify()).toMatchObject({ ok: false, damage: recovery.damage })
  return writer
}

async function commitsFrom(writer: LogWriter, from: number): Promise<string[]> {
  const found: string[] = []
  for await (const batch of writer.read(from)) {
    expect(await writer.fetch(batch.ptrs)).toEqual(batch.records)
    found.push(...batch.records.map(textOf))
  }
  return found
}

test('damage behind the base: the base, and the commits up to the damage', async () => {
  const medium = await withBase(true)
  damage(medium, 'log-', '"n":7')
  const writer = await openedReadonly(medium)
  expect((await writer.loadBase())?.upTo).toBe(8)
  expect((await writer.stats()).lastSeq).toBe(10)
  expect(await commitsFrom(writer, 9)).toEqual(records.slice(8, 10).map(textOf))
})

test('damage that the base covers takes nothing of the state, and shows to whoever reads that far back', async () => {
  const medium = await withBase(false)
  damage(medium, 'log-', '"n":3')
  const writer = await openedReadonly(medium)
  expect((await writer.stats()).lastSeq).toBe(12)
  expect(await commitsFrom(writer, 9)).toEqual(records.slice(8).map(textOf))
  await expect(commitsFrom(writer, 1)).rejects.toMatchObject({ code: 'CORRUPT' })
})

test('a damaged base is done without where the log begins with the first commit, and only there', async () => {
  const whole = await withBase(false)
  damage(whole, 'base-', '"n":4')
  const writer = await openedReadonly(whole)
  expect(await writer.loadBase()).toBeUndefined()
  expect((await served(writer)).commits.size).toBe(12)
  expect(await commitsFrom(writer, 1)).toEqual(records.map(textOf))
  const archived = await withBase(true)
  damage(archived, 'base-', '"n":4')
  const before = archived.contents()
  const opening = simStorage(boot(archived), { recovery: 'readonly' }).openWriter('reads')
  await expect(opening).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(archived.contents()).toEqual(before)
})

test('whole segments behind a damaged one are not served: the beginning ends at the damage', async () => {
  const medium = new SimMedium()
  for (let at = 0; at < 12; at += 4) {
    const { writer } = await simStorage(boot(medium)).openWriter('test')
    await append(writer, records.slice(at, at + 4))
    await writer.close()
  }
  const damaged = medium.copy()
  damage(damaged, 'log-', '"n":3')
  const writer = await openedReadonly(damaged)
  expect((await writer.stats()).lastSeq).toBe(5)
  expect(await commitsFrom(writer, 1)).toEqual(records.slice(0, 5).map(textOf))
})

test('a damaged log that was closed reads no more', async () => {
  const medium = await withBase(true)
  damage(medium, 'log-', '"n":7')
  const writer = await openedReadonly(medium)
  await writer.close()
  await expect(commitsFrom(writer, 1)).rejects.toMatchObject({ code: 'CLOSED' })
})

test('a damaged log takes nothing, says what it is, follows without end, and gives its LOCK back', async () => {
  const medium = await withBase(true)
  damage(medium, 'log-', '"n":7')
  medium.plant('/store/LOCK', 'somebody was here')
  const writer = await openedReadonly(medium)
  expect(await writer.stats()).toMatchObject({ health: 'readonly', lastSeq: 10 })
  const failed = {
    code: 'STORAGE_FAILED',
    message: expect.stringMatching(
      /^the log is damaged, log-\d+\.jsonl line \d+: .* up to seq 10, .* repair --dir \/store$/,
    ),
    details: { damage: [{ file: expect.stringContaining('log-') }] },
  }
  const write = () => writer.append([row], { expectedSeq: 10, commitId: 'c', durability: 'commit' })
  for (const change of [write, () => writer.saveBase(10, baseRows()), () => writer.truncate(8)]) {
    await expect(change()).rejects.toMatchObject(failed)
  }
  for await (const { ptrs, records: found } of writer.read(9)) expect(writer.fetchSync?.(ptrs)).toEqual(found)
  const stop = new AbortController()
  const followed: number[] = []
  for await (const batch of writer.follow(9, stop.signal)) {
    followed.push(...batch.records.map((_, at) => batch.firstSeq + at))
    if (followed.includes(10)) setImmediate(() => stop.abort())
  }
  expect(followed).toEqual([9, 10])
  for await (const _ of writer.follow(11, AbortSignal.abort())) expect.unreachable('it was aborted before it began')
  await Promise.all([writer.close(), writer.close()])
  expect(medium.file('/store/LOCK').bytes.toString()).toBe('somebody was here')
  await expect(write()).rejects.toMatchObject({ code: 'CLOSED' })
})
