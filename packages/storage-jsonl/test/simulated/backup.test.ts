import { beside, boot, SimClock, SimDisk, SimMedium, seededPick, simMachine } from '@stateward/conformance'
import { type BaseChunk, hasCode, type LogWriter } from '@stateward/contract'
import { expect, test } from 'vitest'
import { backupLog, type CareOptions, type JsonlStorage } from '../../src/index.ts'
import { append, readAll, recordOf, textOf } from '../records.ts'
import { type SimStorageOptions, simStorage } from './sim-storage.ts'

const to = '/copy'
const segmentBytes = 4_096

const texts = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => textOf(recordOf(`commit ${from + at}`, 200)))

/** Time passes for every writer here, so that each says what is durable. */
const clock = new SimClock()

async function put(writer: LogWriter, given: readonly string[]): Promise<void> {
  for (let at = 0; at < given.length; at += 5)
    await append(
      writer,
      given.slice(at, at + 5).map((text) => Buffer.from(text)),
    )
  // The timer of the first batch finds a second one, and is set again.
  clock.pass(20)
  clock.pass(20)
  await append(writer, [])
}

const store = (disk: SimDisk, options: SimStorageOptions = {}): JsonlStorage =>
  simStorage(disk, { clock, timers: clock, segmentBytes, ...options })

/** Whoever waits for a proof that does not come waits no longer than it takes to turn round. */
class HastyClock extends SimClock {
  override after(ms: number, action: () => void): () => void {
    const cancel = super.after(ms, action)
    setImmediate(() => this.pass(ms))
    return cancel
  }
}

function careOf(disk: SimDisk): CareOptions {
  const hasty = new HastyClock()
  return { dir: '/store', fs: disk, clock: hasty, timers: hasty, machine: simMachine }
}

async function* oneRow(upTo: number): AsyncGenerator<BaseChunk> {
  yield { seqs: [upTo], records: [recordOf('row')] }
}

/** What a copy holds, opened as a store of its own, by a writer and by a reader. */
async function contentOf(medium: SimMedium): Promise<string[]> {
  const reader = await store(new SimDisk(medium, medium.process), { dir: to }).openReader()
  const read = await readAll(reader, 1).finally(() => reader.close())
  const copy = medium.copy()
  const { writer, recovery } = await store(boot(copy), { dir: to }).openWriter('other')
  expect(recovery).toMatchObject({ clean: true, quarantined: [], lastSeq: read.length })
  expect(await readAll(writer, 1)).toEqual(read)
  expect((await writer.verify()).ok).toBe(true)
  await writer.close()
  return read
}

test('a backup is a store by itself; the next one copies what is new, also behind a compaction', async () => {
  const medium = new SimMedium()
  const disk = boot(medium)
  const { writer } = await store(disk).openWriter('first')
  await put(writer, texts(1, 50))
  const first = await backupLog({ ...careOf(beside(medium)), to })
  expect(first).toMatchObject({ to, lastSeq: 50, full: true, copiedFiles: first.files })
  expect(await contentOf(medium)).toEqual(texts(1, 50))
  await put(writer, texts(51, 70))
  const second = await backupLog({ ...careOf(beside(medium)), to })
  expect(second).toMatchObject({ lastSeq: 70, full: false })
  expect(second.copiedFiles).toBeLessThan(second.files)
  expect(await contentOf(medium)).toEqual(texts(1, 70))
  expect(await backupLog({ ...careOf(beside(medium)), to })).toMatchObject({ copiedFiles: 0, copiedBytes: 0 })
  await writer.saveBase(70, oneRow(70))
  await writer.truncate(70)
  await put(writer, texts(71, 90))
  await backupLog({ ...careOf(beside(medium)), to })
  expect(await contentOf(medium)).toEqual(texts(1, 90))
  const files = [...medium.files().keys()].filter((path) => path.startsWith('/copy/') && path.endsWith('.jsonl'))
  const listed = [...medium.files().keys()].filter((path) => path.startsWith('/store/') && path.endsWith('.jsonl'))
  expect(files.map((path) => path.slice(6)).sort()).toEqual(listed.map((path) => path.slice(7)).sort())
  await writer.close()
})

test('a backup that is told of survives a power cut; one whose last step fails is none', async () => {
  const medium = new SimMedium()
  const { writer } = await store(boot(medium)).openWriter('first')
  await put(writer, texts(1, 20))
  await writer.close()
  const failing = medium.copy()
  failing.onStep = ({ operation, path }) => {
    if (operation === 'rename' && path.startsWith('/copy') && !path.includes('.json')) return { fail: 'EIO' }
    return undefined
  }
  await expect(backupLog({ ...careOf(boot(failing)), to })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  expect([...failing.files().keys()].filter((path) => path.startsWith('/copy/'))).toEqual([])
  await backupLog({ ...careOf(boot(medium)), to })
  for (let seed = 1; seed <= 8; seed++) {
    const left = medium.afterPowerCut(seededPick(seed))
    expect(await contentOf(left), `seed ${seed}`).toEqual(texts(1, 20))
  }
})

test('a file that is gone each time that it is to be copied is looked for eight times', async () => {
  const medium = new SimMedium()
  const { writer } = await store(boot(medium)).openWriter('first')
  await put(writer, texts(1, 60))
  await writer.close()
  await boot(medium).remove('/store/log-00000001.jsonl')
  let looks = 0
  medium.onCall = ({ call, path }) => {
    if (call === 'open' && path === '/store/log-00000001.jsonl') looks++
  }
  await expect(backupLog({ ...careOf(boot(medium)), to })).rejects.toMatchObject({ details: { disk: 'ENOENT' } })
  expect(looks).toBe(8)
})

test('wherever a backup dies, the one before opens as it was or as the new one, and the next backup is whole', async () => {
  for (const isFirst of [true, false]) {
    for (let at = 0, steps = 1; at < steps; at += isFirst ? 7 : 4) {
      const medium = new SimMedium()
      const { writer } = await store(boot(medium)).openWriter('first')
      await put(writer, texts(1, 30))
      if (!isFirst) await backupLog({ ...careOf(beside(medium)), to })
      await put(writer, texts(31, 45))
      if (!isFirst) {
        await writer.saveBase(45, oneRow(45))
        await writer.truncate(45)
      }
      let seen = 0
      let cut: SimMedium | undefined
      medium.onStep = ({ path }) => {
        if (!path.startsWith(to)) return undefined
        if (seen++ === at) cut = medium.fork()
        return undefined
      }
      await backupLog({ ...careOf(beside(medium)), to })
      medium.onStep = () => undefined
      steps = Math.max(steps, seen)
      const after = cut?.afterPowerCut(seededPick(at))
      if (after === undefined) throw new Error(`step ${at} was not reached`)
      const what = `${isFirst ? 'the first' : 'a later'} backup, step ${at}`
      const hasCopy = [...after.files().keys()].some((path) => path.startsWith(`${to}/manifest`))
      if (hasCopy || !isFirst) {
        const other = after.copy()
        const opened = await store(boot(other), { dir: to }).openWriter('other')
        const found = await readAll(opened.writer, 1)
        expect([texts(1, 30), texts(1, 45)], what).toContainEqual(found)
        await opened.writer.close()
      }
      const { writer: again } = await store(boot(after)).openWriter('again')
      await backupLog({ ...careOf(beside(after)), to })
      expect(await contentOf(after), what).toEqual(texts(1, 45))
      await again.close()
      await writer.close()
    }
  }
})

test('what is no place for a backup is refused, and left as it was', async () => {
  const medium = new SimMedium()
  const { writer } = await store(boot(medium)).openWriter('first')
  await put(writer, texts(1, 5))
  const backUp = (options: Partial<Parameters<typeof backupLog>[0]>): Promise<string> =>
    backupLog({ ...careOf(beside(medium)), to, ...options }).then(
      () => 'done',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'no code'),
    )
  expect(await backUp({ to: '/store' })).toBe('INVALID')
  expect(await backUp({ to: '/store/inner' })).toBe('INVALID')
  expect(await backUp({ dir: '/nowhere' })).toBe('NOT_FOUND')
  expect(await backUp({ signal: AbortSignal.abort() })).toBe('ABORTED')
  expect(await backUp({})).toBe('done')
  const other = await store(boot(medium.copy()), { dir: '/other', seed: 7 }).openWriter('other')
  await other.writer.close()
  const opened = await store(beside(medium), { dir: to, seed: 3 }).openWriter('opened')
  await put(opened.writer, texts(6, 6))
  expect(await backUp({})).toBe('LOCKED')
  await opened.writer.close()
  expect(await backUp({})).toBe('CONFLICT')
  for (const name of ['/mine', '/full.unfinished']) await beside(medium).makeDirectory(name)
  medium.plant('/mine/letters.txt', Buffer.from('Dear'))
  expect(await backUp({ to: '/mine' })).toBe('INVALID')
  medium.plant('/full.unfinished/letters.txt', Buffer.from('Dear'))
  expect(await backUp({ to: '/full' })).toBe('INVALID')
  await writer.close()
})

test('a store that is damaged is not copied over its backup', async () => {
  const medium = new SimMedium()
  const { writer } = await store(boot(medium)).openWriter('first')
  await put(writer, texts(1, 60))
  await writer.close()
  const { medium: whole } = { medium: medium.copy() }
  await backupLog({ ...careOf(beside(whole)), to })
  const file = [...medium.files().keys()].find((path) => path.endsWith('log-00000001.jsonl')) ?? ''
  medium.file(file).rot(500, 3)
  await expect(backupLog({ ...careOf(beside(medium)), to })).rejects.toSatisfy((error) => hasCode(error, 'CORRUPT'))
})

test('a backup that its disk has not kept as it was written is CORRUPT, and the one before stays what it was', async () => {
  const medium = new SimMedium()
  const { writer } = await store(boot(medium)).openWriter('first')
  await put(writer, texts(1, 30))
  await backupLog({ ...careOf(beside(medium)), to })
  await put(writer, texts(31, 60))
  let spoilt = 0
  medium.onStep = ({ operation, path }) => {
    if (operation !== 'datasync' || !path.startsWith(to) || !path.endsWith('.jsonl.tmp')) return undefined
    spoilt++
    medium.file(path).rot(500, 3)
    return undefined
  }
  await expect(backupLog({ ...careOf(beside(medium)), to })).rejects.toMatchObject({ code: 'CORRUPT' })
  expect(spoilt).toBe(1)
  medium.onStep = () => undefined
  expect(await contentOf(medium)).toEqual(texts(1, 30))
  await backupLog({ ...careOf(beside(medium)), to })
  expect(await contentOf(medium)).toEqual(texts(1, 60))
  await writer.close()
})
